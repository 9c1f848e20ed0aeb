/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "collectors/tuning/remedy.h"

static const char dynamic_port[] = " dynamicport tcp";
static const char autotuning[] = "tcp autotuninglevel";

static bool ends_in(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length > tail && strcmp(text + length - tail, end) == 0;
}

static void write_range(char buffer[REMEDY_SIZE], const char *key, int64_t low, int64_t high)
{
    (void)snprintf(buffer, REMEDY_SIZE, "netsh int %.4s set dynamicport tcp start=%lld num=%lld", key, (long long)low,
                   (long long)(high - low + 1));
}

static void remedy_range(const struct reading *reading, struct remedy *remedy)
{
    const struct tuning_field *fields = reading->entry->fields;
    int64_t low = advice_target(&fields[0], reading->numbers[0]);
    int64_t high = advice_target(&fields[1], reading->numbers[1]);
    if (low >= high || (reading_judge(reading, 0) != VERDICT_AGAINST && reading_judge(reading, 1) != VERDICT_AGAINST))
        return;
    write_range(remedy->command, reading->entry->key, low, high);
    write_range(remedy->undo, reading->entry->key, reading->numbers[0], reading->numbers[1]);
}

static void write_level(char buffer[REMEDY_SIZE], const char *level)
{
    (void)snprintf(buffer, REMEDY_SIZE, "netsh int tcp set global autotuninglevel=%.32s", level);
}

void remedy_netsh(const struct reading *reading, struct remedy *ret_remedy)
{
    const struct advice *advice = &reading->entry->fields[0].advice;
    *ret_remedy = (struct remedy){"", ""};
    if (reading->state == READING_NUMBERS && ends_in(reading->entry->key, dynamic_port))
        remedy_range(reading, ret_remedy);
    if (reading->state == READING_TEXT && strcmp(reading->entry->key, autotuning) == 0 &&
        advice->kind == ADVICE_TEXT && reading_judge(reading, 0) == VERDICT_AGAINST) {
        write_level(ret_remedy->command, advice->text);
        write_level(ret_remedy->undo, reading->text);
    }
}
