/* SPDX-License-Identifier: Apache-2.0
 * Every entry is well-formed and its remedy can be copied: a note cut short would be a wrong command. */
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "collectors/tuning/reading.h"
#include "collectors/tuning/remedy.h"
#include "collectors/tuning/sysctl_name.h"
#include "tests/cmocka.h"

#define NOTE_BOUND 255

static void check_note(const char *note)
{
    assert_in_range(strlen(note), 1, NOTE_BOUND);
    assert_true(utf8_valid(note, strlen(note)));
    assert_null(strpbrk(note, "\n\t"));
}

static void check_field(const struct tuning_entry *entry, unsigned number)
{
    static const char *const names[] = {"low", "high", "min", "default", "max"};
    const struct tuning_field *field = &entry->fields[number];
    int64_t recommended;
    bool known = entry->field_count == 1;
    for (size_t i = 0; field->name && i < sizeof(names) / sizeof(names[0]); i++)
        known = known || strcmp(names[i], field->name) == 0;
    assert_true(known);
    assert_int_equal(field->name != NULL, entry->field_count > 1);
    /* What we recommend satisfies what we demand. */
    if (advice_recommended(field, &recommended))
        assert_int_equal(advice_judge(field, recommended), VERDICT_OK);
    if (field->advice.kind == ADVICE_LEAVE_ALONE)
        assert_int_not_equal(field->standard, TUNING_VARIES);
    if (field->advice.kind == ADVICE_ONE_OF)
        assert_in_range(field->advice.count, 1, ADVICE_MAX_NUMBERS);
    if (field->advice.kind == ADVICE_BETWEEN)
        assert_true(field->advice.numbers[0] <= field->advice.numbers[1]);
}

static void check_entries(const struct tuning_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct tuning_entry *entry = &entries[i];
        assert_in_range(entry->field_count, 1, TUNING_MAX_FIELDS);
        assert_in_range(strlen(entry->key), 3, column_bound(&table_tuning.columns[TUNING_KEY]));
        assert_non_null(entry->reason);
        check_note(entry->reason);
        if (entry->caveat)
            check_note(entry->caveat);
        for (unsigned field = 0; field < entry->field_count; field++)
            check_field(entry, field);
        for (size_t other = 0; other < i; other++)
            assert_int_not_equal(strcasecmp(entry->key, entries[other].key), 0);
    }
}

static void every_entry_is_well_formed(void **state)
{
    (void)state;
    check_entries(catalogue_sysctl, catalogue_sysctl_count);
    check_entries(catalogue_registry, catalogue_registry_count);
    for (size_t i = 0; i < catalogue_sysctl_count; i++)
        assert_true(sysctl_name_valid(catalogue_sysctl[i].key));
    for (size_t i = 0; i < catalogue_registry_count; i++)
        assert_non_null(strchr(catalogue_registry[i].key, '\\'));
}

/* A reading that goes against each advice of the entry; false where it gives none. */
static bool against(const struct tuning_entry *entry, struct reading *ret_reading)
{
    static const int64_t tried[] = {0, 1, 3, 1000000000};
    bool advised = false;
    *ret_reading = (struct reading){.entry = entry, .text = ""};
    for (unsigned field = 0; field < entry->field_count; field++)
        for (size_t i = 0; i < sizeof(tried) / sizeof(tried[0]); i++)
            if (advice_judge(&entry->fields[field], tried[i]) == VERDICT_AGAINST) {
                ret_reading->numbers[field] = tried[i];
                advised = true;
            }
    return advised;
}

static void where_there_is_advice_there_is_a_command_and_its_undo(void **state)
{
    (void)state;
    unsigned advised = 0;
    for (size_t i = 0; i < catalogue_sysctl_count + catalogue_registry_count; i++) {
        bool registry = i >= catalogue_sysctl_count;
        const struct tuning_entry *entry =
            registry ? &catalogue_registry[i - catalogue_sysctl_count] : &catalogue_sysctl[i];
        struct reading reading;
        struct remedy remedy;
        bool expected = against(entry, &reading);
        (registry ? remedy_registry : remedy_sysctl)(&reading, &remedy);
        assert_int_equal(remedy.command[0] != '\0', expected);
        assert_int_equal(remedy.undo[0] != '\0', expected);
        advised += expected;
        if (!expected)
            continue;
        check_note(remedy.command);
        check_note(remedy.undo);
        assert_non_null(strstr(remedy.command, registry ? strrchr(entry->key, '\\') + 1 : entry->key));
    }
    assert_int_equal(advised, 9);
}

static const struct tuning_entry *sysctl_entry(const char *key)
{
    for (size_t i = 0; i < catalogue_sysctl_count; i++)
        if (strcmp(catalogue_sysctl[i].key, key) == 0)
            return &catalogue_sysctl[i];
    fail_msg("%s is not in the catalogue", key);
    return NULL;
}

static const struct tuning_entry *registry_entry(const char *key)
{
    for (size_t i = 0; i < catalogue_registry_count; i++)
        if (strcmp(catalogue_registry[i].key, key) == 0)
            return &catalogue_registry[i];
    fail_msg("%s is not in the catalogue", key);
    return NULL;
}

static void check_sysctl(const char *key, int64_t first, int64_t second, enum reading_persisted persisted,
                         const char *command, const char *undo)
{
    const struct reading reading = {
        .entry = sysctl_entry(key), .text = "", .numbers = {first, second}, .persisted = persisted};
    struct remedy remedy;
    remedy_sysctl(&reading, &remedy);
    assert_string_equal(remedy.command, command);
    assert_string_equal(remedy.undo, undo);
}

static void sysctl_remedies(void **state)
{
    (void)state;
    check_sysctl("net.ipv4.tcp_tw_reuse", 2, 0, PERSISTED_YES,
                 "echo \"net.ipv4.tcp_tw_reuse = 1\" > /etc/sysctl.d/99-zz-net.ipv4.tcp_tw_reuse.conf && "
                 "sysctl -p /etc/sysctl.d/99-zz-net.ipv4.tcp_tw_reuse.conf",
                 "rm -f /etc/sysctl.d/99-zz-net.ipv4.tcp_tw_reuse.conf; sysctl -w net.ipv4.tcp_tw_reuse=\"2\"");
    /* A range that is wide enough on one side keeps that side. */
    check_sysctl("net.ipv4.ip_local_port_range", 1024, 5000, PERSISTED_YES,
                 "echo \"net.ipv4.ip_local_port_range = 1024 65535\" > "
                 "/etc/sysctl.d/99-zz-net.ipv4.ip_local_port_range.conf && "
                 "sysctl -p /etc/sysctl.d/99-zz-net.ipv4.ip_local_port_range.conf",
                 "rm -f /etc/sysctl.d/99-zz-net.ipv4.ip_local_port_range.conf; "
                 "sysctl -w net.ipv4.ip_local_port_range=\"1024 5000\"");
    /* As advised: nothing to do, unless the next boot forgets it. */
    check_sysctl("net.ipv4.tcp_tw_reuse", 1, 0, PERSISTED_YES, "", "");
    check_sysctl("net.ipv4.tcp_tw_reuse", 1, 0, PERSISTED_NO,
                 "echo \"net.ipv4.tcp_tw_reuse = 1\" > /etc/sysctl.d/99-zz-net.ipv4.tcp_tw_reuse.conf && "
                 "sysctl -p /etc/sysctl.d/99-zz-net.ipv4.tcp_tw_reuse.conf",
                 "rm -f /etc/sysctl.d/99-zz-net.ipv4.tcp_tw_reuse.conf");
    check_sysctl("net.ipv4.tcp_keepalive_time", 600, 0, PERSISTED_NO,
                 "echo \"net.ipv4.tcp_keepalive_time = 600\" > /etc/sysctl.d/99-zz-net.ipv4.tcp_keepalive_time.conf && "
                 "sysctl -p /etc/sysctl.d/99-zz-net.ipv4.tcp_keepalive_time.conf",
                 "rm -f /etc/sysctl.d/99-zz-net.ipv4.tcp_keepalive_time.conf");
    check_sysctl("fs.file-nr", 600, 0, PERSISTED_NO, "", "");
}

static void check_registry(const char *key, enum reading_state was, int64_t number, const char *command,
                           const char *undo)
{
    const struct reading reading = {
        .entry = registry_entry(key), .source = TUNING_HIVE, .state = was, .numbers = {number}, .text = ""};
    struct remedy remedy;
    remedy_registry(&reading, &remedy);
    assert_string_equal(remedy.command, command);
    assert_string_equal(remedy.undo, undo);
}

#define REG_KEY " \"HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters\" /v "

static void registry_remedies(void **state)
{
    (void)state;
    const char *delay = "Services\\Tcpip\\Parameters\\TcpTimedWaitDelay";
    const char *connections = "Services\\Tcpip\\Parameters\\TcpNumConnections";
    const char *set = "reg add" REG_KEY "\"TcpTimedWaitDelay\" /t REG_DWORD /d 30 /f";
    const char *remove = "reg delete" REG_KEY "\"TcpTimedWaitDelay\" /f";
    check_registry(delay, READING_NUMBERS, 240, set, "reg add" REG_KEY "\"TcpTimedWaitDelay\" /t REG_DWORD /d 240 /f");
    check_registry(delay, READING_ABSENT, 0, set, remove);
    check_registry(delay, READING_IGNORED, 0, set, remove);
    check_registry(delay, READING_NUMBERS, 60, "", "");
    check_registry(connections, READING_NUMBERS, 65534, "reg delete" REG_KEY "\"TcpNumConnections\" /f",
                   "reg add" REG_KEY "\"TcpNumConnections\" /t REG_DWORD /d 65534 /f");
    check_registry(connections, READING_ABSENT, 0, "", "");
}

/* Text from the kernel goes into a command only where a shell leaves it as it is. */
static void a_text_that_a_shell_would_take_apart_is_not_copied(void **state)
{
    (void)state;
    const struct tuning_entry entry = {
        .key = "kernel.core_pattern",
        .type = TUNING_FREE,
        .field_count = 1,
        .fields = {{.standard = TUNING_VARIES, .advice = {.kind = ADVICE_TEXT, .text = "core"}}}};
    struct reading reading = {.entry = &entry, .state = READING_TEXT, .text = "|/bin/x \"$(reboot)\""};
    struct remedy remedy;
    remedy_sysctl(&reading, &remedy);
    assert_non_null(strstr(remedy.command, "kernel.core_pattern = core"));
    assert_string_equal(remedy.undo, "rm -f /etc/sysctl.d/99-zz-kernel.core_pattern.conf; reboot");
    reading.text = "|/bin/x %p";
    remedy_sysctl(&reading, &remedy);
    assert_non_null(strstr(remedy.undo, "; sysctl -w kernel.core_pattern=\"|/bin/x %p\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entry_is_well_formed),
        cmocka_unit_test(where_there_is_advice_there_is_a_command_and_its_undo),
        cmocka_unit_test(sysctl_remedies),
        cmocka_unit_test(registry_remedies),
        cmocka_unit_test(a_text_that_a_shell_would_take_apart_is_not_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
