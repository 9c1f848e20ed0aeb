/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/inodes.h"

#include <errno.h>
#include <stdlib.h>

#include "collectors/tcp/names.h"

#define FIRST_SLOTS ((size_t)320)
#define LAST_SLOTS  (INODES_MAX / 4 * 5) /* the first ones, doubled again and again */
#define SEEN_BITS   0x7fffu

_Static_assert(LAST_SLOTS % FIRST_SLOTS == 0 && ((LAST_SLOTS / FIRST_SLOTS) & (LAST_SLOTS / FIRST_SLOTS - 1)) == 0,
               "doubling ends at the last size");

static size_t slot_of(const struct inodes *inodes, uint32_t inode)
{
    /* Numbers are given in sequence; the multiplication spreads them (Knuth 6.4). */
    size_t slot = (size_t)((uint64_t)(inode * 2654435761u) * inodes->slots >> 32);
    while (inodes->entries[slot].inode != 0 && inodes->entries[slot].inode != inode)
        slot = slot + 1 < inodes->slots ? slot + 1 : 0;
    return slot;
}

bool inode_wanted(const struct inode_entry *entry)
{
    return entry->resolved == 0;
}

bool inode_is_fresh(const struct inode_entry *entry)
{
    return entry->fresh;
}

/* Walks since the one that saw it last; of one long gone only the low bits. */
static uint32_t unseen(const struct inodes *inodes, const struct inode_entry *entry)
{
    return (inodes->walk - entry->seen) & SEEN_BITS;
}

/* Moves the entries that the newest walk or the one before saw to a table with so many slots. */
static int rebuild(struct inodes *inodes, size_t slots)
{
    struct inodes rebuilt = {.slots = slots, .met = inodes->met, .walk = inodes->walk, .pass = inodes->pass};
    rebuilt.entries = calloc(slots, sizeof(*rebuilt.entries));
    if (!rebuilt.entries)
        return -ENOMEM;
    for (size_t i = 0; i < inodes->slots; i++) {
        const struct inode_entry *entry = &inodes->entries[i];
        if (entry->inode == 0 || unseen(inodes, entry) > 1)
            continue;
        rebuilt.entries[slot_of(&rebuilt, entry->inode)] = *entry;
        rebuilt.count++;
        rebuilt.wanted += inode_wanted(entry);
    }
    free(inodes->entries);
    *inodes = rebuilt;
    return 0;
}

void inodes_begin(struct inodes *inodes)
{
    bool some_are_gone = inodes->met < inodes->count;
    inodes->walk++;
    inodes->met = 0;
    if (some_are_gone && inodes->count * 2 > inodes->slots)
        (void)rebuild(inodes, inodes->slots); /* short memory: the old table still serves */
}

static int make_room(struct inodes *inodes)
{
    if (inodes->count * 5 < inodes->slots * 4)
        return 0;
    if (inodes->slots >= LAST_SLOTS)
        return -ENOSPC;
    return rebuild(inodes, inodes->slots ? inodes->slots * 2 : FIRST_SLOTS);
}

struct inode_entry *inodes_see(struct inodes *inodes, uint32_t inode, uint32_t now)
{
    struct inode_entry *entry = inodes_find(inodes, inode);
    if (!entry) {
        if (make_room(inodes) < 0)
            return NULL;
        entry = &inodes->entries[slot_of(inodes, inode)];
        *entry =
            (struct inode_entry){.inode = inode, .process = NAME_UNKNOWN, .asked = (uint16_t)inodes->pass, .fresh = 1};
        inodes->count++;
        inodes->wanted++;
        inodes->met++;
        entry->seen = inodes->walk & SEEN_BITS;
        return entry;
    }
    if (!inode_wanted(entry) && now - entry->resolved >= INODES_REFRESH_SECONDS) {
        entry->resolved = 0;
        entry->asked = (uint16_t)inodes->pass;
        inodes->wanted++;
    }
    inodes->met += unseen(inodes, entry) != 0;
    entry->fresh = entry->fresh && unseen(inodes, entry) == 0;
    entry->seen = inodes->walk & SEEN_BITS;
    return entry;
}

struct inode_entry *inodes_find(const struct inodes *inodes, uint32_t inode)
{
    if (inodes->slots == 0)
        return NULL;
    struct inode_entry *entry = &inodes->entries[slot_of(inodes, inode)];
    return entry->inode == inode && inode != 0 ? entry : NULL;
}

void inodes_resolve(struct inodes *inodes, struct inode_entry *entry, uint32_t process, uint32_t now)
{
    inodes->wanted -= inode_wanted(entry);
    entry->process = process;
    entry->resolved = now ? now : 1;
}

void inodes_give_up(struct inodes *inodes, uint32_t now)
{
    for (size_t i = 0; i < inodes->slots && inodes->wanted > 0; i++) {
        struct inode_entry *entry = &inodes->entries[i];
        if (entry->inode != 0 && inode_wanted(entry) && entry->asked != (uint16_t)inodes->pass)
            inodes_resolve(inodes, entry, NAME_UNKNOWN, now);
    }
}

void inodes_free(struct inodes *inodes)
{
    free(inodes->entries);
    *inodes = (struct inodes){0};
}
