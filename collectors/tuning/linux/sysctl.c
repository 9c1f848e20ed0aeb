/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tuning/linux/sysctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/parse.h"
#include "collectors/source.h"
#include "collectors/tuning/port_list.h"
#include "collectors/tuning/reading.h"
#include "collectors/tuning/sysctl_name.h"

/* The longest list of reserved ports, every second one, is 190 kB. */
#define VALUE_LIMIT (256u << 10)

#define BLANKS " \t\n"

int sysctl_numbers(const char *text, int64_t *numbers, unsigned count)
{
    unsigned found = 0;
    for (text += strspn(text, BLANKS); *text && found < count; text += strspn(text, BLANKS), found++) {
        char *end;
        errno = 0;
        long long number = strtoll(text, &end, 0);
        if (end == text || errno != 0 || (*end && !strchr(BLANKS, *end)))
            return -EINVAL;
        numbers[found] = number;
        text = end;
    }
    return (int)found;
}

/* Fewer numbers than fields leave the last ones at their default. */
static enum reading_persisted numbers_persisted(const struct reading *reading, const char *value)
{
    const struct tuning_entry *entry = reading->entry;
    int64_t numbers[TUNING_MAX_FIELDS];
    int found = sysctl_numbers(value, numbers, entry->field_count);
    if (found < 1)
        return *value ? PERSISTED_NO : PERSISTED_UNKNOWN;
    for (unsigned i = 0; i < entry->field_count; i++) {
        int64_t number = (int)i < found ? numbers[i] : entry->fields[i].standard;
        if (number == TUNING_VARIES)
            return PERSISTED_UNKNOWN;
        if (number != reading->numbers[i])
            return PERSISTED_NO;
    }
    return PERSISTED_YES;
}

static enum reading_persisted text_persisted(const struct reading *reading, const char *value)
{
    struct port_list wanted, found;
    bool same = advice_same_text(value, reading->text);
    if (reading->entry->type == TUNING_PORTS && port_list_parse(value, &wanted) == 0 &&
        port_list_parse(reading->text, &found) == 0)
        same = memcmp(&wanted, &found, sizeof(wanted)) == 0;
    return same ? PERSISTED_YES : PERSISTED_NO;
}

/* Nothing sets it at boot: it is as a boot leaves it if it has its default. */
static enum reading_persisted default_persisted(const struct reading *reading)
{
    const struct tuning_entry *entry = reading->entry;
    if (entry->type == TUNING_PORTS)
        return reading->text[0] ? PERSISTED_NO : PERSISTED_YES;
    for (unsigned i = 0; i < entry->field_count; i++)
        if (entry->fields[i].standard != TUNING_VARIES && reading->numbers[i] != entry->fields[i].standard)
            return PERSISTED_NO;
    for (unsigned i = 0; i < entry->field_count; i++)
        if (entry->fields[i].standard == TUNING_VARIES)
            return PERSISTED_UNKNOWN;
    return PERSISTED_YES;
}

static void judge_persistence(struct reading *reading, const struct boot *boot, const char *path, char *origin,
                              size_t size)
{
    if (!boot || reading->entry->type == TUNING_STATE)
        return;
    const struct boot_setting *setting = boot_find(boot, path);
    if (!setting) {
        reading->persisted = default_persisted(reading);
        return;
    }
    (void)snprintf(origin, size, "%s:%u", setting->file, setting->line);
    reading->origin = origin;
    reading->persisted = reading->state == READING_NUMBERS ? numbers_persisted(reading, setting->value)
                                                           : text_persisted(reading, setting->value);
}

/* Says how the text in the buffer is to be taken. */
static int interpret(struct reading *reading)
{
    const struct tuning_entry *entry = reading->entry;
    int64_t numbers[2];
    reading->state = READING_TEXT;
    if (entry->type == TUNING_PORTS)
        return 0;
    if (entry->type == TUNING_FREE) {
        if (sysctl_numbers(reading->text, numbers, 2) != 1)
            return 0;
        reading->numbers[0] = numbers[0];
    } else if (sysctl_numbers(reading->text, reading->numbers, entry->field_count) != (int)entry->field_count) {
        return -EINVAL;
    }
    reading->state = READING_NUMBERS;
    return 0;
}

/* The path of the value's file, and where in it the part below sys/ begins. */
static int make_path(const struct sysctl_reader *reader, const char *key, char *path, const char **ret_below)
{
    char name[256];
    int error = sysctl_name_path(name, sizeof(name), key);
    if (error == 0)
        error = file_path_format(path, FILE_PATH_MAX, reader->procfs, "sys/%s", name);
    if (error == 0)
        *ret_below = path + strlen(path) - strlen(name);
    return error;
}

static int put_entry(struct sysctl_reader *reader, const struct tuning_entry *entry, char *path,
                     struct builder *builder)
{
    struct reading reading = {.entry = entry, .source = TUNING_SYSCTL, .netns = reader->netns};
    char origin[FILE_PATH_MAX + 16];
    const char *below = "";
    path[0] = '\0';
    int error = make_path(reader, entry->key, path, &below);
    if (error < 0)
        return error;
    text_clear(&reader->buffer);
    error = file_read(path, VALUE_LIMIT, &reader->buffer);
    if (error < 0)
        return error;
    reading.text = reader->buffer.data ? parse_trim(reader->buffer.data) : "";
    error = interpret(&reading);
    if (error < 0)
        return error;
    judge_persistence(&reading, reader->boot, below, origin, sizeof(origin));
    reading_put(&reading, builder);
    return 0;
}

/* One that the configuration names is a source of its own: no other value is missing for it. */
static void report_configured(const struct tuning_entry *entry, const char *path, int error, struct builder *builder)
{
    char name[300], subject[FILE_PATH_MAX + 16];
    (void)snprintf(name, sizeof(name), "sysctl:%s", entry->key);
    (void)snprintf(subject, sizeof(subject), "tuning.advice: %s", path);
    source_report(builder, &(struct source){"tuning", name, subject}, builder_mark(builder), error);
}

int sysctl_put(struct sysctl_reader *reader, const struct plan_list *list, struct builder *builder)
{
    char path[FILE_PATH_MAX];
    int first = 0;
    size_t rows = 0;
    for (size_t i = 0; i < list->count; i++) {
        int error = put_entry(reader, &list->entries[i], path, builder);
        rows += error == 0;
        if (error == -ENOMEM)
            return error;
        if (list->entries[i].configured) {
            report_configured(&list->entries[i], path, error, builder);
        } else if (error < 0 && error != -ENOENT && first == 0) {
            first = error;
            memcpy(reader->subject, path, sizeof(path));
        }
    }
    if (rows > 0 || first < 0)
        return first;
    (void)file_path(reader->subject, sizeof(reader->subject), reader->procfs, "sys");
    return -ENOENT;
}
