/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/collect_all.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "collectors/source.h"
#include "snapshot/tables/collectors.h"

struct member {
    const struct collector *collector;
    const void *options;
    void *state;
    bool open;
    double last_success; /* seconds since 1970; 0: never */
};

struct collection {
    struct collector_paths paths;
    struct member *members;
    size_t count;
};

static int open_member(const struct collection *collection, struct member *member)
{
    if (member->open)
        return 0;
    int error = member->collector->open(&collection->paths, member->options, &member->state);
    member->open = error >= 0;
    return error < 0 ? error : 0;
}

int collection_new(const struct collector_paths *paths, const struct collection_choice *choices,
                   struct collection **ret_collection)
{
    size_t known = 0;
    while (collectors[known])
        known++;
    struct collection *collection = calloc(1, sizeof(*collection));
    struct member *members = calloc(known + 1, sizeof(*members));
    if (!collection || !members) {
        free(collection);
        free(members);
        return -ENOMEM;
    }
    collection->paths = *paths;
    collection->members = members;
    for (size_t i = 0; i < known; i++)
        if (choices[i].enabled)
            members[collection->count++] = (struct member){.collector = collectors[i], .options = choices[i].options};
    *ret_collection = collection;
    return 0;
}

void collection_open(struct collection *collection)
{
    for (size_t i = 0; i < collection->count; i++)
        (void)open_member(collection, &collection->members[i]);
}

void collection_free(struct collection *collection)
{
    if (!collection)
        return;
    for (size_t i = 0; i < collection->count; i++)
        if (collection->members[i].open)
            collection->members[i].collector->close(collection->members[i].state);
    free(collection->members);
    free(collection);
}

static int run(struct collection *collection, struct member *member, struct builder *builder, int64_t deadline)
{
    int error = open_member(collection, member);
    if (error < 0)
        return error;
    return member->collector->collect(member->state, builder, deadline);
}

static void report(struct builder *builder, const struct member *member, int error, int64_t duration)
{
    builder_row(builder, &table_collectors);
    builder_text(builder, COLLECTORS_COLLECTOR, member->collector->name);
    builder_number(builder, COLLECTORS_SUCCESS, error >= 0);
    builder_real(builder, COLLECTORS_DURATION, (double)duration / (double)CLOCK_SECOND);
    if (member->last_success > 0)
        builder_real(builder, COLLECTORS_LAST_SUCCESS, member->last_success);
    if (error < 0)
        builder_text(builder, COLLECTORS_ERROR, source_error_words(error));
}

void collection_sample(struct collection *collection, struct builder *builder, int64_t deadline)
{
    builder_row(builder, &table_host);
    builder_number(builder, HOST_PLATFORM, collectors_platform);
    for (size_t i = 0; i < collection->count; i++) {
        struct member *member = &collection->members[i];
        struct builder_mark mark = builder_mark(builder);
        int64_t start = clock_monotonic();
        int64_t share = deadline > start ? (deadline - start) / (int64_t)(collection->count - i) : 0;
        int error = run(collection, member, builder, start + share);
        if (error == -ENODATA)
            error = 0;
        if (error < 0)
            builder_roll_back(builder, mark);
        else
            member->last_success = (double)builder_wall_now(builder) / (double)CLOCK_SECOND;
        report(builder, member, error, clock_monotonic() - start);
    }
}
