/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/options.h"

#include <errno.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "analysis/findings/finding.h"
#include "analysis/findings/findings.h"
#include "base/clock.h"

static size_t size_of(const struct finding_rule *rule)
{
    const size_t alignment = alignof(max_align_t);
    return (rule->options_size + alignment - 1) / alignment * alignment;
}

static size_t offset_of(size_t rule)
{
    size_t offset = 0;
    for (size_t i = 0; i < rule; i++)
        offset += size_of(finding_rules[i]);
    return offset;
}

const void *options_of(const void *values, size_t rule)
{
    return (const char *)values + offset_of(rule);
}

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name), tail = strlen(end);
    return length >= tail && strcmp(name + length - tail, end) == 0;
}

bool options_threshold(const struct option *option, const void *options, double *ret_value)
{
    const char *place = (const char *)options + option->offset;
    if (ends_with(option->name, "clear") || ends_with(option->name, "hold") || ends_with(option->name, "window"))
        return false;
    if (option->type == OPTION_REAL)
        *ret_value = *(const double *)place;
    else if (option->type == OPTION_COUNT)
        *ret_value = (double)*(const uint64_t *)place;
    else if (option->type == OPTION_DURATION)
        *ret_value = (double)*(const int64_t *)place / (double)CLOCK_SECOND;
    else
        return false;
    return true;
}

static size_t rules_count(void)
{
    size_t count = 0;
    while (finding_rules[count])
        count++;
    return count;
}

int findings_section(struct arena *arena, struct option_section *ret_section)
{
    size_t count = rules_count();
    struct option *groups = arena_allocate(arena, (count + 1) * sizeof(*groups));
    if (!groups)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        groups[i] = (struct option){.name = finding_rules[i]->name,
                                    .type = OPTION_GROUP,
                                    .offset = offset_of(i),
                                    .fields = finding_rules[i]->options,
                                    .record_size = finding_rules[i]->options_size,
                                    .help = finding_rules[i]->help};
    *ret_section = (struct option_section){"findings", groups, offset_of(count)};
    return 0;
}
