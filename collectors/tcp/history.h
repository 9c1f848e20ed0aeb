/* SPDX-License-Identifier: Apache-2.0
 * What is remembered of the destinations of one namespace from sample to sample: whose connections to it were seen to
 * come and go, how many ports it ever took, and its peak of the last minute.
 *
 * Whose TIME_WAIT stands towards a destination nobody can say afterwards. But whose connections were there in one
 * sample and gone in the next is known, and where all of them were one owner's, so are, most likely, those that came
 * and went between two samples. docs/decisions/0004 says when that is good enough. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_HISTORY_H
#define CHOKEPOINT_COLLECTORS_TCP_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/map.h"
#include "collectors/tcp/names.h"
#include "collectors/tcp/socket.h"

/* Most destinations remembered, about 200 bytes each; one that is met when all places are taken stays unknown. */
#define HISTORY_MAX 1024u
/* Owners told apart for each destination; with more of them none is named. */
#define HISTORY_OWNERS 4u
/* How long an owner counts after it was last seen. */
#define HISTORY_WINDOW_SECONDS 300u
/* So many connections must have been seen to come and go. */
#define HISTORY_EVIDENCE 3u
/* The peak is kept in slots of so many seconds; with the one that runs they reach back a minute. */
#define HISTORY_SLOT_SECONDS 10u
#define HISTORY_SLOTS        7u

/* Compared as bytes: no padding. */
struct destination_key {
    struct tcp_address source, destination;
    uint16_t port;
};

struct history_owner {
    struct owner owner;
    uint32_t live;   /* connections in this sample */
    uint32_t fresh;  /* those of them that were not there before */
    uint32_t held;   /* connections in the sample before */
    uint32_t closed; /* seen in one sample and gone in the next */
    uint32_t seen;   /* seconds of the monotonic clock */
};

/* The ports towards a destination in one sample. */
struct history_ports {
    uint32_t live;             /* sockets that are not TIME_WAIT */
    uint32_t fresh;            /* live ones not there before */
    uint32_t held;             /* ports that no new connection can have now */
    double entered_per_second; /* TIME_WAITs */
};

struct history_entry {
    struct history_owner owners[HISTORY_OWNERS];
    unsigned owner_count;
    bool crowded;
    uint32_t touched; /* seconds */
    uint32_t peaks[HISTORY_SLOTS];
    uint32_t peak_slot; /* number of the slot that was filled last */
    bool has_ports;
    uint32_t live;
    double taken;
    uint64_t taken_total;
};

/* What a sample's connections say of those that came and went between samples. */
enum history_evidence {
    HISTORY_TELLS, /* who is seen here is likely who leaves what stands here */
    HISTORY_BLIND, /* some processes may not be looked at: who is not found may be anybody */
    HISTORY_MUTE,  /* nothing: who has no name came before we looked, and others may come since */
};

/* Zero to start with. entries runs beside keys. */
struct history {
    struct map keys;
    struct history_entry *entries;
    size_t capacity;
    int64_t now;
    double elapsed_seconds; /* since the sample before; 0 in the first one */
    enum history_evidence evidence;
};

/* Begins a sample. now: CLOCK_MONOTONIC. */
void history_begin(struct history *history, int64_t now, enum history_evidence evidence);

/* Notes the ports of a destination. Returns what is known of it then, valid until the next call; NULL when there is no
 * place or memory. */
const struct history_entry *history_note_ports(struct history *history, const struct destination_key *key,
                                               const struct history_ports *ports);

/* Notes an owner's connections to a destination that processes hold. */
void history_note_live(struct history *history, const struct destination_key *key, struct owner owner, uint32_t live,
                       uint32_t fresh);

/* The highest of the last minute. */
uint32_t history_peak(const struct history_entry *entry);

/* Who most likely left what stands towards the destination: what all owners seen there share, if enough was seen.
 * OWNER_UNKNOWN where the evidence is not good enough. */
struct owner history_owner_of(const struct history *history, const struct destination_key *key);

/* Ends a sample: sees who is gone, and forgets what is old. */
void history_end(struct history *history);

/* Gives the memory back and forgets all, as when the names begin anew. */
void history_free(struct history *history);

#endif
