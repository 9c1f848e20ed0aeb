/* SPDX-License-Identifier: Apache-2.0
 * Lookup without any SNMP: against a plain list of everything that there is, made row by row and sorted. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "exporter/snmp/layout.h"
#include "exporter/snmp/mib.h"
#include "exporter/snmp/row_index.h"
#include "exporter/snmp/scalars.h"
#include "tests/exporter/snmp/rows.h"
#include "tests/snapshot/sample.h"

#define ROOT "1.3.6.1.4.1.8072.9999.9999.421"
#define ROWS 250

struct instance {
    struct object_id id;
    struct value value;
};

struct world {
    struct object_id root;
    struct mib *mib;
    struct snapshot *snapshot;
    struct view *view;
    struct instance *instances; /* in order */
    size_t count;
};

static bool same_value(const struct value *a, const struct value *b)
{
    if (a->type != b->type)
        return false;
    if (a->type != VALUE_OCTETS)
        return a->number == b->number;
    return a->length == b->length && memcmp(a->octets, b->octets, a->length) == 0;
}

static int compare_ids(const struct object_id *a, const struct object_id *b)
{
    return object_id_compare(a->parts, a->length, b->parts, b->length);
}

static int compare_instances(const void *a, const void *b)
{
    return compare_ids(&((const struct instance *)a)->id, &((const struct instance *)b)->id);
}

static struct instance *add(struct world *world, const uint32_t *parts, size_t count)
{
    struct instance *instance = &world->instances[world->count++];
    instance->id = world->root;
    assert_int_equal(object_id_append(&instance->id, parts, count), 0);
    return instance;
}

static void add_cells(struct world *world, const struct table *table)
{
    struct layout layout;
    layout_make(table, &layout);
    for (size_t row = 0; row < snapshot_row_count(world->snapshot, table); row++) {
        uint32_t parts[4 + ROW_INDEX_MAX] = {2, table->mib, 1};
        size_t length = 4 + row_index_write(world->snapshot, table, row, parts + 4);
        for (size_t i = 0; i < layout.count; i++) {
            struct value value;
            parts[3] = layout.columns[i].number;
            if (value_of_cell(world->snapshot, table, row, &layout.columns[i], &value))
                add(world, parts, length)->value = value;
        }
    }
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    struct builder *builder = sample_begin(NULL, 0);
    rows_fill(builder, ROWS, 1);
    world->snapshot = sample_end(builder, NULL);
    assert_int_equal(object_id_parse(ROOT, &world->root), 0);
    assert_int_equal(mib_new(&world->root, &world->mib), 0);
    assert_int_equal(view_new(world->snapshot, &world->view), 0);
    world->instances = calloc(ROWS * 200, sizeof(*world->instances));
    for (uint32_t number = 1; number <= SCALARS_COUNT; number++) {
        const uint32_t parts[] = {1, number, 0};
        scalars_value(world->snapshot, number, &add(world, parts, 3)->value);
    }
    for (size_t i = 0; tables[i]; i++)
        if (tables[i]->mib)
            add_cells(world, tables[i]);
    qsort(world->instances, world->count, sizeof(*world->instances), compare_instances);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    view_free(world->view);
    mib_free(world->mib);
    snapshot_release(world->snapshot);
    free(world->instances);
    free(world);
    return 0;
}

/* What follows by the list; NULL at its end. */
static const struct instance *after(const struct world *world, const struct object_id *id, bool inclusive)
{
    size_t low = 0, high = world->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare_ids(&world->instances[middle].id, id);
        if (order < 0 || (order == 0 && !inclusive))
            low = middle + 1;
        else
            high = middle;
    }
    return low < world->count ? &world->instances[low] : NULL;
}

static void check_next(const struct world *world, const struct object_id *id, bool inclusive)
{
    const struct instance *expected = after(world, id, inclusive);
    struct object_id found;
    struct value value;
    int error = mib_next(world->mib, world->view, id, inclusive, &found, &value);
    assert_int_equal(error, expected ? 0 : -ENOENT);
    if (!expected)
        return;
    assert_int_equal(compare_ids(&found, &expected->id), 0);
    assert_true(same_value(&value, &expected->value));
}

static void no_two_instances_share_a_place(void **state)
{
    const struct world *world = *state;
    assert_true(world->count > 5000);
    for (size_t i = 1; i < world->count; i++)
        assert_true(compare_instances(&world->instances[i - 1], &world->instances[i]) < 0);
}

static void a_walk_finds_everything_in_order(void **state)
{
    const struct world *world = *state;
    struct object_id at = world->root;
    struct value value;
    for (size_t i = 0; i < world->count; i++) {
        assert_int_equal(mib_next(world->mib, world->view, &at, false, &at, &value), 0);
        assert_int_equal(compare_ids(&at, &world->instances[i].id), 0);
        assert_true(same_value(&value, &world->instances[i].value));
    }
    assert_int_equal(mib_next(world->mib, world->view, &at, false, &at, &value), -ENOENT);
}

static void get_finds_each_instance(void **state)
{
    const struct world *world = *state;
    for (size_t i = 0; i < world->count; i++) {
        struct value value;
        assert_int_equal(mib_get(world->mib, world->view, &world->instances[i].id, &value), 0);
        assert_true(same_value(&value, &world->instances[i].value));
        check_next(world, &world->instances[i].id, true);
    }
}

/* One sub-identifier more or less, one changed: wherever somebody may ask. */
static struct object_id disturb(struct object_id id, uint32_t *seed)
{
    size_t at = rows_random(seed) % (id.length + 1);
    switch (rows_random(seed) % 5) {
    case 0:
        id.length = at;
        break;
    case 1:
        if (id.length < OBJECT_ID_MAX)
            id.parts[id.length++] = rows_random(seed) % 3;
        break;
    case 2:
        id.parts[at ? at - 1 : 0] = UINT32_MAX;
        break;
    case 3:
        id.parts[at ? at - 1 : 0]++;
        break;
    default:
        id.parts[at ? at - 1 : 0]--;
        break;
    }
    return id;
}

static void next_is_right_from_anywhere(void **state)
{
    const struct world *world = *state;
    uint32_t seed = 7;
    for (size_t i = 0; i < world->count; i++) {
        struct object_id id = disturb(world->instances[i].id, &seed);
        check_next(world, &id, rows_random(&seed) % 2);
        id = disturb(id, &seed);
        check_next(world, &id, rows_random(&seed) % 2);
    }
}

static int get(const struct world *world, const char *below)
{
    struct object_id id;
    struct value value;
    char text[128];
    snprintf(text, sizeof(text), "%s%s", ROOT, below);
    assert_int_equal(object_id_parse(text, &id), 0);
    return mib_get(world->mib, world->view, &id, &value);
}

static void get_tells_a_missing_object_from_a_missing_instance(void **state)
{
    const struct world *world = *state;
    assert_int_equal(get(world, ".1.1.0"), 0);
    assert_int_equal(get(world, ".1.1"), -ENODATA);
    assert_int_equal(get(world, ".1.1.1"), -ENODATA);
    assert_int_equal(get(world, ".1.1.0.0"), -ENODATA);
    assert_int_equal(get(world, ".1.0.0"), -ENOENT);
    assert_int_equal(get(world, ".1.17.0"), -ENOENT);
    assert_int_equal(get(world, ".2.2.1.7.99"), -ENODATA);
    assert_int_equal(get(world, ".2.2.1.7"), -ENODATA);
    assert_int_equal(get(world, ".2.2.1.99.1"), -ENOENT);
    assert_int_equal(get(world, ".2.2.2.7.1"), -ENOENT);
    assert_int_equal(get(world, ".2.99.1.1.1"), -ENOENT);
    assert_int_equal(get(world, ".2.2.1"), -ENOENT);
    assert_int_equal(get(world, ""), -ENOENT);
    assert_int_equal(get(world, ".0.1"), -ENOENT);
    assert_int_equal(get(world, ".3.1.0"), -ENOENT);
    struct object_id outside;
    struct value value;
    assert_int_equal(object_id_parse("1.3.6.1.2.1.1.1.0", &outside), 0);
    assert_int_equal(mib_get(world->mib, world->view, &outside, &value), -ENOENT);
}

/* Column-major walks over a table whose rows change at each step: they go on and they end. */
static void a_walk_over_changing_rows_goes_on(void **state)
{
    const struct world *world = *state;
    struct object_id at = world->root, before;
    struct value value;
    unsigned steps = 0;
    for (uint32_t seed = 0;; seed++) {
        struct builder *builder = sample_begin(NULL, 0);
        struct view *view;
        rows_fill(builder, 5, seed);
        struct snapshot *snapshot = sample_end(builder, NULL);
        assert_int_equal(view_new(snapshot, &view), 0);
        before = at;
        int error = mib_next(world->mib, view, &at, false, &at, &value);
        view_free(view);
        snapshot_release(snapshot);
        if (error == -ENOENT)
            break;
        assert_true(compare_ids(&at, &before) > 0);
        assert_true(++steps < 100000);
    }
    assert_true(steps > SCALARS_COUNT);
}

static void before_the_first_sample_the_scalars_stand(void **state)
{
    const struct world *world = *state;
    struct view *view;
    struct object_id at = world->root;
    struct value value;
    unsigned found = 0;
    assert_int_equal(view_new(NULL, &view), 0);
    while (mib_next(world->mib, view, &at, false, &at, &value) == 0)
        found++;
    assert_int_equal(found, SCALARS_COUNT);
    view_free(view);
}

static void tables_are_told_apart(void **state)
{
    const struct world *world = *state;
    struct object_id id;
    assert_int_equal(object_id_parse(ROOT ".2.1", &id), 0);
    assert_true(mib_is_table(world->mib, &id));
    assert_int_equal(object_id_parse(ROOT ".1.1.0", &id), 0);
    assert_false(mib_is_table(world->mib, &id));
    assert_false(mib_is_table(world->mib, &world->root));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_two_instances_share_a_place),
        cmocka_unit_test(a_walk_finds_everything_in_order),
        cmocka_unit_test(get_finds_each_instance),
        cmocka_unit_test(next_is_right_from_anywhere),
        cmocka_unit_test(get_tells_a_missing_object_from_a_missing_instance),
        cmocka_unit_test(a_walk_over_changing_rows_goes_on),
        cmocka_unit_test(before_the_first_sample_the_scalars_stand),
        cmocka_unit_test(tables_are_told_apart),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
