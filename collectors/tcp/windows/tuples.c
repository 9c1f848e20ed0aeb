/* SPDX-License-Identifier: Apache-2.0
 * A hash table with linear probing. Tags stand for 36 bytes of addresses and ports: two of a full table are alike once
 * in a thousand million, and then one socket gets the other's owner. */
#include "collectors/tcp/windows/tuples.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"

#define TENTH (CLOCK_SECOND / 10)

_Static_assert((TUPLES_SLOTS & (TUPLES_SLOTS - 1)) == 0, "slots are found by a mask");

/* Compared as bytes: no padding. */
struct tuple_key {
    struct tcp_address local, remote;
    uint16_t local_port, remote_port;
    uint16_t half;
};

static uint64_t tag_of(const struct tcp_socket *socket)
{
    struct tuple_key key = {socket->local, socket->remote, socket->local_port, socket->remote_port, 0};
    uint64_t high = map_hash(&key, sizeof(key));
    key.half = 1;
    uint64_t tag = high << 32 | map_hash(&key, sizeof(key));
    return tag ? tag : 1;
}

static size_t home_of(uint64_t tag)
{
    return (size_t)(tag & (TUPLES_SLOTS - 1));
}

/* The entry with this tag, or the free one in which it belongs. */
static struct tuple_entry *place_of(const struct tuples *tuples, uint64_t tag)
{
    size_t slot = home_of(tag);
    while (tuples->slots[slot].tag != 0 && tuples->slots[slot].tag != tag)
        slot = (slot + 1) % TUPLES_SLOTS;
    return &tuples->slots[slot];
}

int tuples_begin(struct tuples *tuples, int64_t now)
{
    if (!tuples->slots)
        tuples->slots = calloc(TUPLES_SLOTS, sizeof(*tuples->slots));
    if (!tuples->slots)
        return -ENOMEM;
    uint32_t before = tuples->now;
    tuples->sample++;
    tuples->now = (uint32_t)(now / TENTH) + 1;
    tuples->elapsed = tuples->began ? tuples->now - before : 0;
    return 0;
}

/* The entry of this tag, made if it is new. NULL beyond the bound. */
static struct tuple_entry *find_or_make(struct tuples *tuples, uint64_t tag, bool *ret_fresh)
{
    struct tuple_entry *entry = place_of(tuples, tag);
    *ret_fresh = entry->tag == 0;
    if (!*ret_fresh)
        return entry;
    if (tuples->count >= TUPLES_MAX)
        return NULL;
    tuples->count++;
    *entry = (struct tuple_entry){.tag = tag, .owner = OWNER_UNKNOWN, .sample = tuples->sample};
    return entry;
}

/* Any age below most, the same for the same connection: in great numbers they are spread evenly. */
static uint32_t any_age(uint64_t tag, uint32_t most)
{
    return (uint32_t)((tag >> 20) % (most + 1));
}

static void note_life(const struct tuples *tuples, const struct tuple_entry *entry, struct lives *lives)
{
    uint32_t gone = tuples->now - tuples->elapsed / 2; /* at some moment since the sample before */
    if (entry->entered != 0 && entry->entered_known && gone > entry->entered)
        lives_note(lives, (gone - entry->entered) * 100);
}

static void note_state(struct tuples *tuples, struct tuple_entry *entry, bool waits, uint32_t life_ms)
{
    if (!waits) {
        entry->entered = 0;
        return;
    }
    if (entry->entered != 0)
        return;
    /* It came at some moment since the sample before; or it was there before us. */
    uint32_t age = any_age(entry->tag, tuples->began ? tuples->elapsed : life_ms / 100);
    entry->entered = tuples->now > age ? tuples->now - age : 1;
    entry->entered_known = tuples->began;
}

struct tuple_seen tuples_see(struct tuples *tuples, const struct tcp_socket *socket, struct owner owner,
                             uint32_t life_ms)
{
    uint64_t tag = tag_of(socket);
    bool fresh, waits = socket->state == TCP_STATE_TIME_WAIT;
    struct tuple_entry *entry = find_or_make(tuples, tag, &fresh);
    if (!entry)
        return (struct tuple_seen){OWNER_UNKNOWN, false, false, any_age(tag, life_ms / 100) * 100};
    entry->sample = tuples->sample;
    if (owner_is_known(owner)) {
        entry->owner = owner;
        entry->from_event = false;
    }
    note_state(tuples, entry, waits, life_ms);
    return (struct tuple_seen){entry->owner, entry->from_event, fresh, waits ? (tuples->now - entry->entered) * 100 : 0};
}

void tuples_note_event(struct tuples *tuples, const struct tcp_socket *socket, struct owner owner)
{
    bool fresh;
    struct tuple_entry *entry = owner_is_known(owner) ? find_or_make(tuples, tag_of(socket), &fresh) : NULL;
    if (!entry)
        return;
    entry->owner = owner;
    entry->from_event = true;
    entry->entered = 0; /* a new connection between the same ends */
}

/* Takes an entry out and closes the gap, so that those behind it are still found. */
static void take_out(struct tuples *tuples, size_t gap)
{
    for (size_t slot = (gap + 1) % TUPLES_SLOTS; tuples->slots[slot].tag != 0; slot = (slot + 1) % TUPLES_SLOTS) {
        size_t home = home_of(tuples->slots[slot].tag);
        if ((slot - home) % TUPLES_SLOTS < (slot - gap) % TUPLES_SLOTS)
            continue; /* it belongs behind the gap */
        tuples->slots[gap] = tuples->slots[slot];
        gap = slot;
    }
    tuples->slots[gap].tag = 0;
    tuples->count--;
}

void tuples_end(struct tuples *tuples, struct lives *lives)
{
    for (size_t slot = 0; slot < TUPLES_SLOTS; slot++) {
        while (tuples->slots[slot].tag != 0 && tuples->slots[slot].sample != tuples->sample) {
            note_life(tuples, &tuples->slots[slot], lives);
            take_out(tuples, slot); /* may put another one here */
        }
    }
    tuples->began = true;
}

void tuples_forget_owners(struct tuples *tuples)
{
    for (size_t slot = 0; tuples->slots && slot < TUPLES_SLOTS; slot++)
        tuples->slots[slot].owner = OWNER_UNKNOWN;
}

void tuples_free(struct tuples *tuples)
{
    free(tuples->slots);
    *tuples = (struct tuples){0};
}
