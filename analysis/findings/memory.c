/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/memory.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "snapshot/tables/findings.h"

static const struct table *const table = &table_finding_memory;

/* A span without samples is no evidence that anything held meanwhile. */
#define MOST_INTERVALS 3

/* Texts end at a byte that none of them holds. */
#define KEY_SIZE 256
#define KEY_END  '\x1f'

/* Appends as much of a text as there is room for; several keys are made for every row that a rule weighs, which is too
 * often for printf(). */
static size_t append(char buffer[KEY_SIZE], size_t length, const char *text)
{
    while (*text && length < KEY_SIZE - 1)
        buffer[length++] = *text++;
    buffer[length] = KEY_END;
    return length + 1;
}

static size_t write_key(const struct memory_key *key, char buffer[KEY_SIZE])
{
    const char *const texts[] = {key->finding, key->subject, key->netns, key->name};
    size_t length = 0;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && length < KEY_SIZE; i++)
        length = append(buffer, length, texts[i]);
    return length;
}

static struct memory_key key_at(const struct memory *memory, size_t row)
{
    const struct snapshot *previous = memory->previous;
    return (struct memory_key){
        .finding = snapshot_text(previous, table, row, FINDING_MEMORY_FINDING),
        .subject = snapshot_text(previous, table, row, FINDING_MEMORY_SUBJECT),
        .netns = snapshot_text(previous, table, row, FINDING_MEMORY_NETNS),
        .name = snapshot_text(previous, table, row, FINDING_MEMORY_NAME),
    };
}

static double elapsed_seconds(const struct builder *builder, const struct snapshot *previous)
{
    int64_t elapsed = builder_now(builder) - snapshot_monotonic_time(previous);
    int64_t most = MOST_INTERVALS * snapshot_interval(previous);
    return (double)(elapsed < most ? elapsed : most) / (double)CLOCK_SECOND;
}

int memory_begin(struct builder *builder, struct memory *ret_memory)
{
    struct memory memory = {.builder = builder, .previous = builder_previous(builder), .rows = MAP_EMPTY};
    size_t count = memory.previous ? snapshot_row_count(memory.previous, table) : 0;
    int error = 0;
    if (memory.previous)
        memory.elapsed = elapsed_seconds(builder, memory.previous);
    memory.visited = calloc(count + 1, sizeof(*memory.visited));
    if (!memory.visited)
        error = -ENOMEM;
    for (size_t row = 0; row < count && error == 0; row++) {
        char buffer[KEY_SIZE];
        const struct memory_key key = key_at(&memory, row);
        if (map_put(&memory.rows, buffer, write_key(&key, buffer)) == MAP_NONE)
            error = -ENOMEM;
    }
    *ret_memory = memory;
    return error;
}

void memory_end(struct memory *memory)
{
    map_free(&memory->rows);
    free(memory->visited);
}

/* The key's row in the snapshot before, or MAP_NONE: the rows were put in their order, and no key is there twice. */
static size_t find(struct memory *memory, const struct memory_key *key)
{
    char buffer[KEY_SIZE];
    size_t row = map_find(&memory->rows, buffer, write_key(key, buffer));
    if (row != MAP_NONE)
        memory->visited[row] = true;
    return row;
}

static double real_or(const struct memory *memory, size_t row, unsigned column, double fallback)
{
    return snapshot_has(memory->previous, table, row, column) ? snapshot_real(memory->previous, table, row, column)
                                                              : fallback;
}

struct memory_state memory_state(struct memory *memory, const struct memory_key *key)
{
    size_t row = find(memory, key);
    if (row == MAP_NONE)
        return (struct memory_state){.held = -1, .lapsed = -1};
    return (struct memory_state){
        .held = real_or(memory, row, FINDING_MEMORY_HELD, -1),
        .lapsed = real_or(memory, row, FINDING_MEMORY_LAPSED, -1),
        .stands = snapshot_number(memory->previous, table, row, FINDING_MEMORY_STANDS) != 0,
    };
}

bool memory_value(struct memory *memory, const struct memory_key *key, struct memory_value *ret_value)
{
    size_t row = find(memory, key);
    if (row == MAP_NONE)
        return false;
    *ret_value = (struct memory_value){
        .last = real_or(memory, row, FINDING_MEMORY_LAST, 0),
        .reference = real_or(memory, row, FINDING_MEMORY_REFERENCE, 0),
        .reference_age = real_or(memory, row, FINDING_MEMORY_REFERENCE_AGE, 0),
        .next = real_or(memory, row, FINDING_MEMORY_NEXT, 0),
    };
    return true;
}

static bool put_key(struct memory *memory, const struct memory_key *key)
{
    if (memory->put >= MEMORY_MOST)
        return false;
    memory->put++;
    builder_row(memory->builder, table);
    builder_text(memory->builder, FINDING_MEMORY_FINDING, key->finding);
    builder_text(memory->builder, FINDING_MEMORY_SUBJECT, key->subject);
    builder_text(memory->builder, FINDING_MEMORY_NETNS, key->netns);
    builder_text(memory->builder, FINDING_MEMORY_NAME, key->name);
    return true;
}

void memory_put_state(struct memory *memory, const struct memory_key *key, const struct memory_state *state)
{
    if ((state->held < 0 && !state->stands) || !put_key(memory, key))
        return;
    if (state->held >= 0)
        builder_real(memory->builder, FINDING_MEMORY_HELD, state->held);
    builder_number(memory->builder, FINDING_MEMORY_STANDS, state->stands);
    if (state->lapsed >= 0)
        builder_real(memory->builder, FINDING_MEMORY_LAPSED, state->lapsed);
}

void memory_put_value(struct memory *memory, const struct memory_key *key, const struct memory_value *value)
{
    if (!put_key(memory, key))
        return;
    builder_real(memory->builder, FINDING_MEMORY_LAST, value->last);
    builder_real(memory->builder, FINDING_MEMORY_REFERENCE, value->reference);
    builder_real(memory->builder, FINDING_MEMORY_REFERENCE_AGE, value->reference_age);
    builder_real(memory->builder, FINDING_MEMORY_NEXT, value->next);
}

bool memory_next_left(struct memory *memory, const char *finding, size_t *row, struct memory_key *ret_key)
{
    size_t count = memory->previous ? snapshot_row_count(memory->previous, table) : 0;
    for (; *row < count; (*row)++) {
        const struct memory_key key = key_at(memory, *row);
        if (memory->visited[*row] || strcmp(key.finding, finding) != 0 ||
            snapshot_number(memory->previous, table, *row, FINDING_MEMORY_STANDS) == 0)
            continue;
        *ret_key = key;
        (*row)++;
        return true;
    }
    return false;
}
