/* SPDX-License-Identifier: Apache-2.0
 * Which process holds which socket: inode numbers to process names, within a fixed bound. Sockets that no process has
 * been found for yet are wanted; a walk over /proc answers them. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_INODES_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_INODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Most sockets that are remembered: 16 bytes each, in tables of which at least a fifth is free. Those beyond keep their
 * unit but no process. */
#define INODES_MAX ((size_t)65536)

/* An answer is asked again after this time: a socket may pass to another program (socket activation, exec). */
#define INODES_REFRESH_SECONDS 60u

struct inode_entry {
    uint32_t inode;     /* 0: free */
    uint32_t process;   /* a number of names.h; NAME_UNKNOWN: nobody found */
    uint32_t resolved;  /* seconds of the monotonic clock; 0: wanted */
    uint16_t asked;     /* low half of the number of the pass over /proc during which it became wanted */
    uint16_t seen : 15; /* low bits of the number of the walk that saw it last */
    uint16_t fresh : 1; /* none saw it before */
};

/* Zero to start with. */
struct inodes {
    struct inode_entry *entries;
    size_t slots;
    size_t count;
    size_t wanted;
    size_t met;    /* seen by the newest walk */
    uint32_t walk; /* of the sockets */
    uint32_t pass; /* over /proc; it may take several samples */
};

/* Begins a walk: forgets sockets that the walk before did not see, if there are any and room is needed. */
void inodes_begin(struct inodes *inodes);

/* The entry of a socket seen in this walk, made if it is new; an old answer becomes wanted again but stays readable.
 * NULL beyond the bound or when memory is short. Valid until the next call. */
struct inode_entry *inodes_see(struct inodes *inodes, uint32_t inode, uint32_t now);

/* Whether no walk saw the socket before the one that saw it last. */
bool inode_is_fresh(const struct inode_entry *entry);

/* The entry, or NULL. */
struct inode_entry *inodes_find(const struct inodes *inodes, uint32_t inode);

/* Whether the entry still waits for its answer. */
bool inode_wanted(const struct inode_entry *entry);

/* Answers an entry. */
void inodes_resolve(struct inodes *inodes, struct inode_entry *entry, uint32_t process, uint32_t now);

/* Ends a pass over /proc: answers those that were wanted before it began, for nobody that we may see holds them. */
void inodes_give_up(struct inodes *inodes, uint32_t now);

/* Gives the memory back. */
void inodes_free(struct inodes *inodes);

#endif
