/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fakes/counters.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/mail/windows/counters.h"

#define MOST 16u

struct counters {
    const char *const *paths;
    size_t count;
};

static struct {
    const char *path;
    int64_t value;
} set[MOST];
static unsigned set_count;
static int failure;

void fake_counters_set(const char *path, int64_t value)
{
    if (set_count == MOST)
        abort();
    set[set_count].path = path;
    set[set_count++].value = value;
}

void fake_counters_fail(int error)
{
    failure = error;
}

void fake_counters_clear(void)
{
    set_count = 0;
    failure = 0;
}

static bool find(const char *path, int64_t *ret_value)
{
    for (unsigned i = set_count; i > 0; i--) {
        if (strcmp(set[i - 1].path, path) != 0)
            continue;
        *ret_value = set[i - 1].value;
        return true;
    }
    return false;
}

int counters_open(const char *const *paths, size_t count, struct counters **ret_counters)
{
    int64_t value;
    bool any = false;
    for (size_t i = 0; i < count; i++)
        any = any || find(paths[i], &value);
    if (!any)
        return -ENODATA;
    struct counters *counters = malloc(sizeof(*counters));
    if (!counters)
        return -ENOMEM;
    *counters = (struct counters){paths, count};
    *ret_counters = counters;
    return 0;
}

void counters_close(struct counters *counters)
{
    free(counters);
}

int counters_read(struct counters *counters, counters_visit visit, void *context)
{
    int64_t value;
    for (size_t i = 0; i < counters->count && failure == 0; i++)
        if (find(counters->paths[i], &value))
            visit(context, i, value);
    return failure;
}
