/* SPDX-License-Identifier: Apache-2.0
 * The collector on a host made of files: what the tests of the whole share. */
#ifndef CHOKEPOINT_TESTS_COLLECTORS_TUNING_WORLD_H
#define CHOKEPOINT_TESTS_COLLECTORS_TUNING_WORLD_H

#include "collectors/collector.h"
#include "collectors/tuning/options.h"
#include "snapshot/tables/all.h"
#include "tests/snapshot/sample.h"
#include "tests/tree.h"

extern const struct collector tuning_collector;

struct world {
    char root[64];
    char procfs[80];
    struct collector_paths paths;
    struct tuning_options options;
    void *state;
};

static inline int world_begin(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    tree_make(world->root, sizeof(world->root));
    snprintf(world->procfs, sizeof(world->procfs), "%s/proc", world->root);
    world->paths = (struct collector_paths){world->procfs, "/nonexistent", world->root};
    tree_file(world->root, "proc/sys/net/ipv4/ip_local_port_range", "%s", "32768\t60999\n");
    tree_file(world->root, "proc/sys/net/ipv4/ip_local_reserved_ports", "%s", "\n");
    tree_file(world->root, "proc/sys/net/ipv4/tcp_tw_reuse", "%s", "2\n");
    tree_file(world->root, "proc/sys/net/ipv4/tcp_fin_timeout", "%s", "60\n");
    tree_file(world->root, "proc/sys/net/ipv4/tcp_rmem", "%s", "4096\t131072\t6291456\n");
    tree_file(world->root, "proc/sys/net/core/somaxconn", "%s", "128\n");
    tree_file(world->root, "proc/sys/fs/file-max", "%s", "9223372036854775807\n");
    tree_file(world->root, "proc/sys/fs/file-nr", "%s", "1234\t0\t9223372036854775807\n");
    *state = world;
    return 0;
}

static inline int world_end(void **state)
{
    struct world *world = *state;
    tuning_collector.close(world->state);
    tree_remove(world->root);
    free(world);
    return 0;
}

static inline void world_open(struct world *world)
{
    assert_int_equal(tuning_collector.open(&world->paths, &world->options, &world->state), 0);
}

/* One sample of its own; give it back with snapshot_release(). */
static inline struct snapshot *world_sample(struct world *world)
{
    struct builder *builder = sample_begin(NULL, 0);
    assert_int_equal(tuning_collector.collect(world->state, builder, INT64_MAX), 0);
    return sample_end(builder, NULL);
}

/* The row with this key and field ("" for none), or -1. */
static inline long world_row(const struct snapshot *snapshot, const char *key, const char *field)
{
    for (size_t i = 0; i < snapshot_row_count(snapshot, &table_tuning); i++)
        if (strcmp(snapshot_text(snapshot, &table_tuning, i, TUNING_KEY), key) == 0 &&
            strcmp(snapshot_text(snapshot, &table_tuning, i, TUNING_FIELD), field) == 0)
            return (long)i;
    return -1;
}

static inline long world_found(const struct snapshot *snapshot, const char *key, const char *field)
{
    long row = world_row(snapshot, key, field);
    if (row < 0)
        fail_msg("no row %s %s", key, field);
    return row;
}

static inline const char *world_text(const struct snapshot *snapshot, const char *key, const char *field,
                                     unsigned column)
{
    return snapshot_text(snapshot, &table_tuning, (size_t)world_found(snapshot, key, field), column);
}

/* A whole number, or -1 where the cell is absent. */
static inline int64_t world_number(const struct snapshot *snapshot, const char *key, const char *field, unsigned column)
{
    size_t row = (size_t)world_found(snapshot, key, field);
    if (!snapshot_has(snapshot, &table_tuning, row, column))
        return -1;
    return (int64_t)snapshot_real(snapshot, &table_tuning, row, column);
}

/* Checks whether a source succeeded, and if not what it says. */
static inline void world_source(const struct snapshot *snapshot, const char *source, bool success, const char *error)
{
    long row = sample_find(snapshot, &table_sources, SOURCES_SOURCE, source);
    if (row < 0)
        fail_msg("no source %s", source);
    assert_int_equal(snapshot_number(snapshot, &table_sources, (size_t)row, SOURCES_SUCCESS), success);
    const char *said = snapshot_text(snapshot, &table_sources, (size_t)row, SOURCES_ERROR);
    if (!strstr(said, error) || (success && *said))
        fail_msg("%s says '%s' instead of '%s'", source, said, error);
}

#endif
