/* SPDX-License-Identifier: Apache-2.0
 * Any object identifier, asked of a snapshot with rows in every table: get and next agree, and next goes on.
 * Input: one octet of flags, then sub-identifiers, each an octet, or 255 and four octets. Flag 2 puts the root before.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/snmp/mib.h"
#include "tests/exporter/snmp/rows.h"

#define FLAG_INCLUSIVE 1u
#define FLAG_ROOT      2u
#define ESCAPE         255u

static const char root_text[] = "1.3.6.1.4.1.8072.9999.9999.421";

struct world {
    struct object_id root;
    struct mib *mib;
    struct snapshot *snapshot;
    struct view *view;
};

static void must(bool condition)
{
    if (!condition)
        abort();
}

static struct world *make_world(void)
{
    static struct world world;
    const struct builder_settings settings = {.interval = 1, .hold = BUILDER_HOLD};
    struct builder *builder;
    if (world.view)
        return &world;
    must(builder_new(&settings, NULL, &builder) == 0);
    rows_fill(builder, 60, 3);
    must(builder_finish(builder, &world.snapshot) == 0);
    builder_free(builder);
    must(object_id_parse(root_text, &world.root) == 0);
    must(mib_new(&world.root, &world.mib) == 0);
    must(view_new(world.snapshot, &world.view) == 0);
    return &world;
}

static void read_id(const struct world *world, const uint8_t *data, size_t size, struct object_id *ret_id)
{
    ret_id->length = 0;
    if (data[0] & FLAG_ROOT)
        *ret_id = world->root;
    for (size_t i = 1; i < size && ret_id->length < OBJECT_ID_MAX; i++) {
        uint32_t part = data[i];
        if (part == ESCAPE && size - i > sizeof(part)) {
            memcpy(&part, data + i + 1, sizeof(part));
            i += sizeof(part);
        }
        ret_id->parts[ret_id->length++] = part;
    }
}

static bool same(const struct value *a, const struct value *b)
{
    if (a->type != b->type)
        return false;
    return a->type == VALUE_OCTETS ? a->length == b->length && memcmp(a->octets, b->octets, a->length) == 0
                                   : a->number == b->number;
}

static void check(const struct world *world, const struct object_id *asked, bool inclusive)
{
    struct object_id found;
    struct value value, again;
    int got = mib_get(world->mib, world->view, asked, &again);
    int error = mib_next(world->mib, world->view, asked, inclusive, &found, &value);
    must(got == 0 || got == -ENOENT || got == -ENODATA);
    must(error == 0 || error == -ENOENT);
    if (error < 0) {
        must(got < 0 || !inclusive);
        return;
    }
    int order = object_id_compare(found.parts, found.length, asked->parts, asked->length);
    must(order > 0 || (order == 0 && inclusive && got == 0));
    must(order == 0 || got < 0 || !inclusive);
    must(mib_get(world->mib, world->view, &found, &again) == 0 && same(&value, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct world *world = make_world();
    struct object_id asked;
    if (size == 0)
        return 0;
    read_id(world, data, size, &asked);
    check(world, &asked, data[0] & FLAG_INCLUSIVE);
    return 0;
}
