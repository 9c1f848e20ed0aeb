/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tuning/reading.h"

#include <stdio.h>
#include <string.h>

#include "collectors/tuning/port_list.h"
#include "collectors/tuning/remedy.h"

static enum verdict judge_text(const struct reading *reading)
{
    const struct advice *advice = &reading->entry->fields[0].advice;
    struct port_list wanted, found;
    if (advice->kind == ADVICE_SHOW_ONLY)
        return VERDICT_NONE;
    if (advice->kind != ADVICE_TEXT)
        return VERDICT_AGAINST; /* a number was wanted */
    bool same = advice_same_text(reading->text, advice->text);
    if (reading->entry->type == TUNING_PORTS && port_list_parse(advice->text, &wanted) == 0 &&
        port_list_parse(reading->text, &found) == 0)
        same = memcmp(&wanted, &found, sizeof(wanted)) == 0;
    return same ? VERDICT_OK : VERDICT_AGAINST;
}

static enum verdict judge_absent(const struct tuning_field *field)
{
    if (field->advice.kind == ADVICE_DELETE)
        return VERDICT_OK;
    return field->standard == TUNING_VARIES ? VERDICT_NONE : advice_judge(field, field->standard);
}

enum verdict reading_judge(const struct reading *reading, unsigned field)
{
    const struct tuning_field *judged = &reading->entry->fields[field];
    switch (reading->state) {
    case READING_NUMBERS:
        return judged->advice.kind == ADVICE_TEXT ? VERDICT_AGAINST : advice_judge(judged, reading->numbers[field]);
    case READING_TEXT:
        return judge_text(reading);
    case READING_ABSENT:
        return judge_absent(judged);
    case READING_IGNORED:
        break;
    }
    return judged->advice.kind == ADVICE_SHOW_ONLY ? VERDICT_NONE : VERDICT_AGAINST;
}

static void put_text(const struct reading *reading, unsigned field, struct builder *builder)
{
    const struct tuning_field *shown = &reading->entry->fields[field];
    char text[64];
    if (reading->state == READING_TEXT || reading->state == READING_IGNORED) {
        builder_text(builder, TUNING_TEXT, reading->text);
        return;
    }
    if (reading->state == READING_NUMBERS)
        (void)snprintf(text, sizeof(text), "%lld", (long long)reading->numbers[field]);
    else if (shown->standard == TUNING_VARIES)
        (void)snprintf(text, sizeof(text), "not set");
    else
        (void)snprintf(text, sizeof(text), "not set (default %lld)", (long long)shown->standard);
    builder_text(builder, TUNING_TEXT, text);
}

static void put_values(const struct reading *reading, unsigned field, struct builder *builder)
{
    const struct tuning_field *shown = &reading->entry->fields[field];
    enum verdict verdict = reading_judge(reading, field);
    int64_t recommended;
    if (reading->state == READING_NUMBERS)
        builder_real(builder, TUNING_VALUE, (double)reading->numbers[field]);
    if (verdict != VERDICT_NONE)
        builder_number(builder, TUNING_OK, verdict == VERDICT_OK);
    if (shown->standard != TUNING_VARIES)
        builder_real(builder, TUNING_DEFAULT_VALUE, (double)shown->standard);
    if (advice_recommended(shown, &recommended))
        builder_real(builder, TUNING_RECOMMENDED_VALUE, (double)recommended);
    if (reading->persisted != PERSISTED_UNKNOWN)
        builder_number(builder, TUNING_PERSISTED, reading->persisted == PERSISTED_YES);
    put_text(reading, field, builder);
}

static void put_notes(const struct reading *reading, unsigned field, const struct remedy *remedy,
                      struct builder *builder)
{
    const struct tuning_entry *entry = reading->entry;
    char words[256], advice[300];
    advice_describe(&entry->fields[field].advice, words, sizeof(words));
    (void)snprintf(advice, sizeof(advice), "%s%s", words, entry->configured ? " (configured)" : "");
    builder_text(builder, TUNING_ADVICE, advice);
    builder_text(builder, TUNING_REASON, entry->reason);
    builder_text(builder, TUNING_CAVEAT, entry->caveat);
    builder_text(builder, TUNING_COMMAND, remedy->command[0] ? remedy->command : NULL);
    builder_text(builder, TUNING_UNDO, remedy->undo[0] ? remedy->undo : NULL);
    builder_text(builder, TUNING_ORIGIN, reading->origin);
}

void reading_put(const struct reading *reading, struct builder *builder)
{
    struct remedy remedy = {"", ""};
    switch (reading->source) {
    case TUNING_SYSCTL:
        remedy_sysctl(reading, &remedy);
        break;
    case TUNING_REGISTRY:
    case TUNING_HIVE:
        remedy_registry(reading, &remedy);
        break;
    case TUNING_NETSH:
        remedy_netsh(reading, &remedy);
        break;
    case TUNING_POWERSHELL:
        break;
    }
    for (unsigned field = 0; field < reading->entry->field_count; field++) {
        builder_row(builder, &table_tuning);
        builder_number(builder, TUNING_SOURCE, reading->source);
        builder_text(builder, TUNING_KEY, reading->entry->key);
        builder_text(builder, TUNING_FIELD, reading->entry->fields[field].name);
        builder_text(builder, TUNING_NETNS, reading->netns);
        put_values(reading, field, builder);
        put_notes(reading, field, &remedy, builder);
    }
}
