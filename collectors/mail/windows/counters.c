/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/windows/counters.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include <windows.h>

#include <pdh.h>
#include <pdhmsg.h>

#include "base/windows/error.h"
#include "base/windows/wide.h"

#define PATH_UNITS 1024u

/* What the values of all instances of one counter may take. */
#define VALUES_BYTES (1u << 20)

struct counters {
    PDH_HQUERY query;
    PDH_HCOUNTER *items; /* NULL: this host has none */
    size_t count;
};

/* PDH has statuses of its own beside those of the system. */
static int failure(PDH_STATUS status)
{
    switch ((DWORD)status) {
    case PDH_CSTATUS_NO_OBJECT:
    case PDH_CSTATUS_NO_COUNTER:
    case PDH_CSTATUS_NO_INSTANCE:
    case PDH_CSTATUS_BAD_COUNTERNAME:
    case PDH_NO_DATA:
        return -ENODATA;
    case PDH_ACCESS_DENIED:
        return -EACCES;
    case PDH_MEMORY_ALLOCATION_FAILURE:
        return -ENOMEM;
    default:
        return error_from_windows((unsigned long)status);
    }
}

/* A counter that this host does not have is left out. */
static int add(struct counters *counters, size_t position, const char *path, bool *ret_any)
{
    wchar_t wide[PATH_UNITS];
    int error = wide_from_utf8(wide, PATH_UNITS, path);
    if (error < 0)
        return error;
    PDH_STATUS status = PdhAddEnglishCounterW(counters->query, wide, 0, &counters->items[position]);
    if (status == ERROR_SUCCESS)
        *ret_any = true;
    else
        counters->items[position] = NULL;
    return 0;
}

static int open_query(struct counters *counters, const char *const *paths)
{
    bool any = false;
    PDH_STATUS status = PdhOpenQueryW(NULL, 0, &counters->query);
    if (status != ERROR_SUCCESS) {
        counters->query = NULL;
        return failure(status);
    }
    for (size_t i = 0; i < counters->count; i++) {
        int error = add(counters, i, paths[i], &any);
        if (error < 0)
            return error;
    }
    return any ? 0 : -ENODATA;
}

int counters_open(const char *const *paths, size_t count, struct counters **ret_counters)
{
    struct counters *counters = calloc(1, sizeof(*counters));
    if (!counters)
        return -ENOMEM;
    counters->count = count;
    counters->items = calloc(count + 1, sizeof(*counters->items));
    int error = counters->items ? open_query(counters, paths) : -ENOMEM;
    if (error < 0)
        counters_close(counters);
    else
        *ret_counters = counters;
    return error;
}

void counters_close(struct counters *counters)
{
    if (!counters)
        return;
    if (counters->query)
        (void)PdhCloseQuery(counters->query);
    free(counters->items);
    free(counters);
}

static bool is_valid(const PDH_FMT_COUNTERVALUE *value)
{
    return value->CStatus == PDH_CSTATUS_VALID_DATA || value->CStatus == PDH_CSTATUS_NEW_DATA;
}

/* The size is asked first; between the two calls an instance may come. Then the next sample has it. */
static int read_counter(PDH_HCOUNTER counter, size_t position, counters_visit visit, void *context)
{
    DWORD size = 0, count = 0;
    PDH_STATUS status = PdhGetFormattedCounterArrayW(counter, PDH_FMT_LARGE, &size, &count, NULL);
    if ((DWORD)status != PDH_MORE_DATA || size == 0 || size > VALUES_BYTES)
        return 0;
    PDH_FMT_COUNTERVALUE_ITEM_W *values = malloc(size);
    if (!values)
        return -ENOMEM;
    status = PdhGetFormattedCounterArrayW(counter, PDH_FMT_LARGE, &size, &count, values);
    for (DWORD i = 0; status == ERROR_SUCCESS && i < count; i++)
        if (is_valid(&values[i].FmtValue))
            visit(context, position, values[i].FmtValue.largeValue);
    free(values);
    return 0;
}

int counters_read(struct counters *counters, counters_visit visit, void *context)
{
    PDH_STATUS status = PdhCollectQueryData(counters->query);
    if (status != ERROR_SUCCESS)
        return failure(status);
    for (size_t i = 0; i < counters->count; i++) {
        int error = counters->items[i] ? read_counter(counters->items[i], i, visit, context) : 0;
        if (error < 0)
            return error;
    }
    return 0;
}
