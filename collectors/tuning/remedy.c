/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tuning/remedy.h"

#include <stdio.h>
#include <string.h>

/* Sorts after Debian's 99-sysctl.conf, so that nothing in the usual places overrides it. */
#define PERSIST_START "/etc/sysctl.d/99-zz-"

#define CONTROL_SET "HKLM\\SYSTEM\\CurrentControlSet\\"

/* A note too long for its place would be cut in the middle of a command: rather none. */
static void format(char *buffer, const char *before, const char *middle, const char *after)
{
    int length = snprintf(buffer, REMEDY_SIZE, "%s%s%s", before, middle, after);
    if (length < 0 || length >= (int)REMEDY_SIZE)
        buffer[0] = '\0';
}

static bool has_advice(const struct tuning_entry *entry)
{
    int64_t recommended;
    for (unsigned i = 0; i < entry->field_count; i++)
        if (advice_recommended(&entry->fields[i], &recommended) || entry->fields[i].advice.kind == ADVICE_TEXT)
            return true;
    return false;
}

/* Writes numbers as sysctl.conf has them. */
static void join(const int64_t *numbers, unsigned count, char *buffer, size_t size)
{
    size_t length = 0;
    buffer[0] = '\0';
    for (unsigned i = 0; i < count && length < size; i++)
        length += (size_t)snprintf(buffer + length, size - length, i > 0 ? " %lld" : "%lld", (long long)numbers[i]);
}

/* What a double-quoted word of a shell holds unchanged. */
static bool is_plain(const char *text)
{
    return !strpbrk(text, "\"$`\\\n") && strlen(text) < REMEDY_SIZE;
}

/* What is in force, as sysctl(8) would write it; false where that cannot be copied into a command. */
static bool write_present(const struct reading *reading, char buffer[REMEDY_SIZE])
{
    if (reading->state == READING_NUMBERS) {
        join(reading->numbers, reading->entry->field_count, buffer, REMEDY_SIZE);
        return true;
    }
    if (!is_plain(reading->text))
        return false;
    memcpy(buffer, reading->text, strlen(reading->text) + 1);
    return true;
}

/* What should be; where we advise nothing that is what is. */
static bool write_target(const struct reading *reading, char buffer[REMEDY_SIZE])
{
    const struct tuning_entry *entry = reading->entry;
    const struct advice *advice = &entry->fields[0].advice;
    int64_t numbers[TUNING_MAX_FIELDS];
    if (!has_advice(entry) || (advice->kind == ADVICE_TEXT && reading_judge(reading, 0) == VERDICT_OK))
        return write_present(reading, buffer);
    if (advice->kind == ADVICE_TEXT) {
        (void)snprintf(buffer, REMEDY_SIZE, "%s", advice->text);
        return true;
    }
    for (unsigned i = 0; i < entry->field_count; i++)
        if (reading->state == READING_NUMBERS)
            numbers[i] = advice_target(&entry->fields[i], reading->numbers[i]);
        else if (!advice_recommended(&entry->fields[i], &numbers[i]))
            return false;
    join(numbers, entry->field_count, buffer, REMEDY_SIZE);
    return true;
}

/* The file that keeps a sysctl: its name, slashes apart. */
static void write_file(const char *key, char *buffer, size_t size)
{
    (void)snprintf(buffer, size, PERSIST_START "%s.conf", key);
    for (char *slash = buffer + sizeof(PERSIST_START) - 1; (slash = strchr(slash, '/')) != NULL;)
        *slash = '.';
}

void remedy_sysctl(const struct reading *reading, struct remedy *ret_remedy)
{
    const struct tuning_entry *entry = reading->entry;
    char file[2 * REMEDY_SIZE], target[REMEDY_SIZE], present[REMEDY_SIZE], text[4 * REMEDY_SIZE];
    *ret_remedy = (struct remedy){"", ""};
    if (entry->type == TUNING_STATE || !write_target(reading, target))
        return;
    bool known = write_present(reading, present);
    bool changes = !known || strcmp(present, target) != 0;
    if (!changes && reading->persisted != PERSISTED_NO)
        return;
    write_file(entry->key, file, sizeof(file));
    (void)snprintf(text, sizeof(text), "echo \"%s = %s\" > %s", entry->key, target, file);
    format(ret_remedy->command, text, " && sysctl -p ", file);
    if (!ret_remedy->command[0])
        return;
    text[0] = '\0';
    if (changes && known)
        (void)snprintf(text, sizeof(text), "; sysctl -w %s=\"%s\"", entry->key, present);
    format(ret_remedy->undo, "rm -f ", file, changes && !known ? "; reboot" : text);
}

/* reg.exe with the key and the value's name taken apart. */
static void write_registry(char *buffer, const char *verb, const struct tuning_entry *entry, const char *after)
{
    const char *name = strrchr(entry->key, '\\');
    char text[600];
    if (!name)
        return;
    (void)snprintf(text, sizeof(text), "reg %s \"" CONTROL_SET "%.*s\" /v \"%s\"", verb, (int)(name - entry->key),
                   entry->key, name + 1);
    format(buffer, text, after, " /f");
}

static void write_dword(char *buffer, const struct tuning_entry *entry, int64_t number)
{
    char after[64];
    (void)snprintf(after, sizeof(after), " /t REG_DWORD /d %lld", (long long)number);
    write_registry(buffer, "add", entry, after);
}

void remedy_registry(const struct reading *reading, struct remedy *ret_remedy)
{
    const struct tuning_entry *entry = reading->entry;
    const struct tuning_field *field = &entry->fields[0];
    bool set = reading->state == READING_NUMBERS;
    int64_t target;
    *ret_remedy = (struct remedy){"", ""};
    if (field->advice.kind == ADVICE_DELETE) {
        if (reading->state != READING_ABSENT)
            write_registry(ret_remedy->command, "delete", entry, "");
        if (set)
            write_dword(ret_remedy->undo, entry, reading->numbers[0]);
        return;
    }
    if (!advice_recommended(field, &target) || reading_judge(reading, 0) == VERDICT_OK)
        return;
    write_dword(ret_remedy->command, entry, target);
    if (set)
        write_dword(ret_remedy->undo, entry, reading->numbers[0]);
    else
        write_registry(ret_remedy->undo, "delete", entry, "");
}
