/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

_Static_assert(sizeof(struct destination_key) == 34, "keys are compared as bytes: no padding");

/* When all places are taken, those of destinations not met for this time are given away. */
#define IDLE_SECONDS 60u

static uint32_t seconds(const struct history *history)
{
    return (uint32_t)(history->now / CLOCK_SECOND);
}

void history_begin(struct history *history, int64_t now, enum history_evidence evidence)
{
    history->elapsed_seconds = history->now ? (double)(now - history->now) / (double)CLOCK_SECOND : 0;
    history->now = now;
    history->evidence = evidence;
}

static bool make_room(struct history *history)
{
    if (history->keys.count < history->capacity)
        return true;
    size_t capacity = history->capacity ? history->capacity * 2 : 16;
    struct history_entry *entries = realloc(history->entries, capacity * sizeof(*entries));
    if (!entries)
        return false;
    history->entries = entries;
    history->capacity = capacity;
    return true;
}

static struct history_entry *find(const struct history *history, const struct destination_key *key)
{
    size_t position = map_find(&history->keys, key, sizeof(*key));
    return position == MAP_NONE ? NULL : &history->entries[position];
}

static struct history_entry *find_or_make(struct history *history, const struct destination_key *key)
{
    struct history_entry *entry = find(history, key);
    if (!entry) {
        if (history->keys.count >= HISTORY_MAX || !make_room(history))
            return NULL;
        size_t position = map_put(&history->keys, key, sizeof(*key));
        if (position == MAP_NONE)
            return NULL;
        entry = &history->entries[position];
        *entry = (struct history_entry){.peak_slot = seconds(history) / HISTORY_SLOT_SECONDS};
    }
    entry->touched = seconds(history);
    return entry;
}

static void note_peak(struct history_entry *entry, uint32_t slot, uint32_t held)
{
    for (uint32_t i = 1; i <= slot - entry->peak_slot && i <= HISTORY_SLOTS; i++)
        entry->peaks[(entry->peak_slot + i) % HISTORY_SLOTS] = 0;
    entry->peak_slot = slot;
    if (held > entry->peaks[slot % HISTORY_SLOTS])
        entry->peaks[slot % HISTORY_SLOTS] = held;
}

/* Two lower bounds of the connections opened since the sample before; the greater one counts. What came and went in
 * between without a TIME_WAIT on this side is missing in both. */
static void note_taken(struct history_entry *entry, const struct history_ports *ports, double elapsed_seconds)
{
    double left = ports->entered_per_second * elapsed_seconds + (double)ports->live - (double)entry->live;
    entry->taken += left > ports->fresh ? left : ports->fresh;
    if (entry->taken > (double)entry->taken_total)
        entry->taken_total = (uint64_t)entry->taken;
}

const struct history_entry *history_note_ports(struct history *history, const struct destination_key *key,
                                               const struct history_ports *ports)
{
    struct history_entry *entry = find_or_make(history, key);
    if (!entry)
        return NULL;
    note_peak(entry, seconds(history) / HISTORY_SLOT_SECONDS, ports->held);
    if (entry->has_ports)
        note_taken(entry, ports, history->elapsed_seconds);
    entry->has_ports = true;
    entry->live = ports->live;
    return entry;
}

static struct history_owner *owner_in(struct history_entry *entry, struct owner owner)
{
    for (unsigned i = 0; i < entry->owner_count; i++)
        if (entry->owners[i].owner.process == owner.process && entry->owners[i].owner.unit == owner.unit)
            return &entry->owners[i];
    if (entry->owner_count == HISTORY_OWNERS) {
        entry->crowded = true;
        return NULL;
    }
    entry->owners[entry->owner_count] = (struct history_owner){.owner = owner};
    return &entry->owners[entry->owner_count++];
}

void history_note_live(struct history *history, const struct destination_key *key, struct owner owner, uint32_t live,
                       uint32_t fresh)
{
    struct history_entry *entry = find_or_make(history, key);
    struct history_owner *seen = entry ? owner_in(entry, owner) : NULL;
    if (!seen)
        return;
    seen->live += live;
    seen->fresh += fresh;
    seen->seen = seconds(history);
}

uint32_t history_peak(const struct history_entry *entry)
{
    uint32_t peak = 0;
    for (unsigned i = 0; i < HISTORY_SLOTS; i++)
        if (entry->peaks[i] > peak)
            peak = entry->peaks[i];
    return peak;
}

/* What all owners whose connections came and went share. A process that was not found is no contradiction: it had
 * closed its connection before we could look. Unless we may not look at every process: then it may be another one. */
static struct owner common_owner(const struct history_entry *entry, bool blind, uint32_t *ret_closed,
                                 uint32_t *ret_named)
{
    struct owner common = OWNER_UNKNOWN;
    bool first = true, disputed = false;
    *ret_closed = *ret_named = 0;
    for (unsigned i = 0; i < entry->owner_count; i++) {
        const struct history_owner *seen = &entry->owners[i];
        if (seen->closed == 0)
            continue;
        bool named = seen->owner.process != NAME_UNKNOWN;
        *ret_closed += seen->closed;
        *ret_named += named ? seen->closed : 0;
        common.unit = first || common.unit == seen->owner.unit ? seen->owner.unit : NAME_NONE;
        first = false;
        if (named && common.process == NAME_UNKNOWN)
            common.process = seen->owner.process;
        else if (named ? common.process != seen->owner.process : blind)
            disputed = true;
    }
    if (disputed)
        common.process = NAME_UNKNOWN;
    return common;
}

struct owner history_owner_of(const struct history *history, const struct destination_key *key)
{
    const struct history_entry *entry = find(history, key);
    uint32_t closed, named;
    if (!entry || entry->crowded || history->evidence == HISTORY_MUTE)
        return OWNER_UNKNOWN;
    struct owner owner = common_owner(entry, history->evidence == HISTORY_BLIND, &closed, &named);
    if (named < HISTORY_EVIDENCE || named * 2 < closed)
        owner.process = NAME_UNKNOWN;
    return closed < HISTORY_EVIDENCE ? OWNER_UNKNOWN : owner;
}

static void end_entry(struct history_entry *entry, uint32_t now)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < entry->owner_count; i++) {
        struct history_owner seen = entry->owners[i];
        if (seen.held + seen.fresh > seen.live) {
            seen.closed += seen.held + seen.fresh - seen.live;
            seen.seen = now;
        }
        seen.held = seen.live;
        seen.live = seen.fresh = 0;
        if (now - seen.seen < HISTORY_WINDOW_SECONDS)
            entry->owners[kept++] = seen;
    }
    entry->owner_count = kept;
    if (kept == 0)
        entry->crowded = false;
}

/* Keeps what was met within so many seconds. */
static void compact(struct history *history, uint32_t most_seconds)
{
    struct map kept = MAP_EMPTY;
    for (size_t i = 0; i < history->keys.count; i++) {
        if (seconds(history) - history->entries[i].touched >= most_seconds)
            continue;
        size_t position = map_put(&kept, history->keys.entries[i].key, sizeof(struct destination_key));
        if (position == MAP_NONE)
            break; /* short memory: the rest is forgotten */
        history->entries[position] = history->entries[i];
    }
    map_free(&history->keys);
    history->keys = kept;
}

void history_end(struct history *history)
{
    uint32_t now = seconds(history);
    bool old = false;
    for (size_t i = 0; i < history->keys.count; i++) {
        end_entry(&history->entries[i], now);
        old = old || now - history->entries[i].touched >= HISTORY_WINDOW_SECONDS;
    }
    if (history->keys.count >= HISTORY_MAX)
        compact(history, IDLE_SECONDS);
    else if (old)
        compact(history, HISTORY_WINDOW_SECONDS);
}

void history_free(struct history *history)
{
    map_free(&history->keys);
    free(history->entries);
    *history = (struct history){0};
}
