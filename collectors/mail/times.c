/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/times.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* Distances up to `end` fall into bins of this width, the first of which has the number `first`. */
static const struct {
    int64_t end;
    int64_t width;
    unsigned first;
} ranges[] = {
    {300 * CLOCK_SECOND, 2 * CLOCK_SECOND, 1},         {3600 * CLOCK_SECOND, 36 * CLOCK_SECOND, 151},
    {21600 * CLOCK_SECOND, 216 * CLOCK_SECOND, 243},   {86400 * CLOCK_SECOND, 864 * CLOCK_SECOND, 327},
    {259200 * CLOCK_SECOND, 2592 * CLOCK_SECOND, 402},
};

#define RANGES (sizeof(ranges) / sizeof(ranges[0]))

void times_begin(struct times_collector *collector, int64_t now, enum times_direction direction)
{
    collector->now = now;
    collector->direction = direction;
    memset(collector->bins, 0, sizeof(collector->bins));
}

/* Bin 0 takes the moments on the other side of now. */
static unsigned bin_of(int64_t distance)
{
    if (distance < 0)
        return 0;
    int64_t start = 0;
    for (size_t i = 0; i < RANGES; i++) {
        if (distance < ranges[i].end)
            return ranges[i].first + (unsigned)((distance - start) / ranges[i].width);
        start = ranges[i].end;
    }
    return TIMES_BINS - 1;
}

int64_t times_moment(int64_t seconds, int64_t nanoseconds)
{
    if (seconds < 0)
        return 0;
    return seconds >= TIMES_LAST / CLOCK_SECOND ? TIMES_LAST : seconds * CLOCK_SECOND + nanoseconds;
}

void times_add(struct times_collector *collector, int64_t moment)
{
    int64_t distance = collector->direction == TIMES_PAST ? collector->now - moment : moment - collector->now;
    struct times_bin *bin = &collector->bins[bin_of(distance)];
    if (bin->count == 0 || moment > bin->latest)
        bin->latest = moment;
    bin->count++;
}

int times_finish(const struct times_collector *collector, struct times *times)
{
    size_t count = 0;
    for (size_t i = 0; i < TIMES_BINS; i++)
        count += collector->bins[i].count > 0;
    struct times_bin *bins = NULL;
    if (count > 0) {
        bins = malloc(count * sizeof(*bins));
        if (!bins)
            return -ENOMEM;
    }
    count = 0;
    for (size_t i = 0; i < TIMES_BINS; i++)
        if (collector->bins[i].count > 0)
            bins[count++] = collector->bins[i];
    free(times->bins);
    *times = (struct times){bins, count};
    return 0;
}

uint64_t times_until(const struct times *times, int64_t moment)
{
    uint64_t count = 0;
    for (size_t i = 0; i < times->count; i++)
        if (times->bins[i].latest <= moment)
            count += times->bins[i].count;
    return count;
}

void times_free(struct times *times)
{
    free(times->bins);
    *times = TIMES_EMPTY;
}
