/* SPDX-License-Identifier: Apache-2.0
 * The registry from an offline hive: real ones, damaged ones, and none. */
#include <errno.h>

#include "base/file.h"
#include "tests/collectors/tuning/hive_file.h"
#include "tests/collectors/tuning/world.h"

#define HIVE "mnt/c/Windows/System32/config/SYSTEM"

#define DELAY       "Services\\Tcpip\\Parameters\\TcpTimedWaitDelay"
#define CONNECTIONS "Services\\Tcpip\\Parameters\\TcpNumConnections"
#define USER_PORT   "Services\\Tcpip\\Parameters\\MaxUserPort"
#define STRICT      "Services\\Tcpip\\Parameters\\StrictTimeWaitSeqCheck"

static void hive_path(const struct world *world, char *path, size_t size)
{
    tree_path(path, size, world->root, HIVE);
}

static void world_open_hive(struct world *world)
{
    world->options.hive = "/" HIVE;
    world_open(world);
}

static unsigned registry_rows(const struct snapshot *snapshot)
{
    unsigned rows = 0;
    for (size_t i = 0; i < snapshot_row_count(snapshot, &table_tuning); i++)
        rows += snapshot_number(snapshot, &table_tuning, i, TUNING_SOURCE) == TUNING_HIVE;
    return rows;
}

static void an_old_list_of_tweaks_is_judged(void **state)
{
    struct world *world = *state;
    char path[128];
    hive_path(world, path, sizeof(path));
    hive_file_system(path);
    world_open_hive(world);
    struct snapshot *snapshot = world_sample(world);
    world_source(snapshot, "hive", true, "");
    assert_string_equal(world_text(snapshot, DELAY, "", TUNING_SOURCE), "hive");
    assert_int_equal(world_number(snapshot, DELAY, "", TUNING_VALUE), 240);
    assert_int_equal(world_number(snapshot, DELAY, "", TUNING_OK), 0);
    assert_int_equal(world_number(snapshot, DELAY, "", TUNING_DEFAULT_VALUE), 120);
    assert_int_equal(world_number(snapshot, DELAY, "", TUNING_RECOMMENDED_VALUE), 30);
    assert_string_equal(world_text(snapshot, DELAY, "", TUNING_ADVICE), "30 to 60");
    assert_string_equal(world_text(snapshot, DELAY, "", TUNING_ORIGIN), "/" HIVE ": ControlSet001");
    assert_int_equal(world_number(snapshot, CONNECTIONS, "", TUNING_VALUE), 65534);
    assert_int_equal(world_number(snapshot, CONNECTIONS, "", TUNING_OK), 0);
    assert_string_equal(world_text(snapshot, CONNECTIONS, "", TUNING_ADVICE), "delete it");
    assert_non_null(strstr(world_text(snapshot, CONNECTIONS, "", TUNING_COMMAND), "reg delete"));
    /* A text where a number is expected: shown, not taken for a value, and not judged where there is no advice. */
    assert_int_equal(world_number(snapshot, USER_PORT, "", TUNING_VALUE), -1);
    assert_int_equal(world_number(snapshot, USER_PORT, "", TUNING_OK), -1);
    assert_string_equal(world_text(snapshot, USER_PORT, "", TUNING_TEXT),
                        "\"65534\", ignored: REG_SZ where a REG_DWORD of 4 bytes is expected");
    assert_int_equal(world_number(snapshot, STRICT, "", TUNING_VALUE), -1);
    assert_string_equal(world_text(snapshot, STRICT, "", TUNING_TEXT), "not set");
    assert_string_equal(world_text(snapshot, STRICT, "", TUNING_ORIGIN), "");
    assert_int_equal(registry_rows(snapshot), 6);
    snapshot_release(snapshot);
}

/* The same hive as of three Windows: what to do depends on whose it is. */
static void advice_is_that_of_the_version_that_was_named(void **state)
{
    static const struct {
        const char *version, *origin;
        int64_t delay_default, ports_default, ports_ok, connections_default;
        const char *ports_advice, *connections_words;
    } known[] = {
        {"5.2", "/" HIVE ": ControlSet001 of Windows 5.2", 120, 5000, 0, 16777214, "at least 32768", "LOWERS"},
        {"6.3", "/" HIVE ": ControlSet001 of Windows 6.3", 120, -1, -1, -1, "show only", "only misleads"},
        {"10.0", "/" HIVE ": ControlSet001 of Windows 10.0", 120, -1, -1, -1, "show only", "only misleads"},
        {"5.0", "/" HIVE ": ControlSet001 of Windows 5.0", 240, 5000, 0, 16777214, "at least 32768", "LOWERS"},
        {"unknown", "/" HIVE ": ControlSet001", 120, -1, -1, 16777214, "show only", "has no documented effect"},
    };
    struct world *world = *state;
    struct arena arena = ARENA_EMPTY;
    struct text why = TEXT_EMPTY;
    char path[128];
    hive_path(world, path, sizeof(path));
    hive_file_system(path);
    const struct option *option = tuning_option_list;
    while (strcmp(option->name, "hive_version") != 0)
        option++;
    assert_int_equal(option_set(option, &world->options, "6.9", &arena, &why), -EINVAL);
    assert_non_null(strstr(text_value(&why), "6.3"));
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        tuning_collector.close(world->state);
        world->state = NULL;
        assert_int_equal(option_set(option, &world->options, known[i].version, &arena, &why), 0);
        world_open_hive(world);
        struct snapshot *snapshot = world_sample(world);
        assert_string_equal(world_text(snapshot, DELAY, "", TUNING_ORIGIN), known[i].origin);
        assert_int_equal(world_number(snapshot, DELAY, "", TUNING_DEFAULT_VALUE), known[i].delay_default);
        assert_int_equal(world_number(snapshot, DELAY, "", TUNING_OK), 0);
        assert_string_equal(world_text(snapshot, USER_PORT, "", TUNING_ADVICE), known[i].ports_advice);
        assert_int_equal(world_number(snapshot, USER_PORT, "", TUNING_DEFAULT_VALUE), known[i].ports_default);
        assert_int_equal(world_number(snapshot, USER_PORT, "", TUNING_OK), known[i].ports_ok);
        assert_int_equal(world_number(snapshot, CONNECTIONS, "", TUNING_DEFAULT_VALUE), known[i].connections_default);
        assert_string_equal(world_text(snapshot, CONNECTIONS, "", TUNING_ADVICE), "delete it");
        assert_non_null(strstr(world_text(snapshot, CONNECTIONS, "", TUNING_REASON), known[i].connections_words));
        snapshot_release(snapshot);
    }
    text_free(&why);
    arena_free(&arena);
}

/* A hive of this one control set and nothing else of ours. */
static void make_bare(const char *path, uint32_t current, const char *key)
{
    hive_file_seed(path);
    hive_h *hive = hive_file_open(path);
    hive_file_dword(hive, "Select\\Current", current);
    hive_file_dword(hive, key, 1);
    hive_file_close(hive);
}

static void what_is_not_set_has_its_default(void **state)
{
    struct world *world = *state;
    char path[128];
    hive_path(world, path, sizeof(path));
    make_bare(path, 3, "ControlSet003\\Services\\Other\\X");
    world_open_hive(world);
    struct snapshot *snapshot = world_sample(world);
    world_source(snapshot, "hive", true, "");
    assert_int_equal(world_number(snapshot, DELAY, "", TUNING_VALUE), -1);
    assert_string_equal(world_text(snapshot, DELAY, "", TUNING_TEXT), "not set (default 120)");
    assert_int_equal(world_number(snapshot, DELAY, "", TUNING_OK), 0);
    assert_non_null(strstr(world_text(snapshot, DELAY, "", TUNING_UNDO), "reg delete"));
    assert_int_equal(world_number(snapshot, CONNECTIONS, "", TUNING_OK), 1);
    assert_string_equal(world_text(snapshot, CONNECTIONS, "", TUNING_COMMAND), "");
    snapshot_release(snapshot);
}

static void wrong_types_are_against_the_advice(void **state)
{
    static const struct {
        hive_type type;
        const char *data;
        size_t size;
        const char *text;
    } wrong[] = {
        {hive_t_REG_SZ, "3\0000\0\0", 6, "\"30\", ignored: REG_SZ where"},
        {hive_t_REG_DWORD, "\x1e\0", 2, "ignored: REG_DWORD where a REG_DWORD of 4 bytes"},
        {hive_t_REG_BINARY, "\x1e\0\0\0", 4, "ignored: REG_BINARY where"},
        {hive_t_REG_QWORD, "\x1e\0\0\0\0\0\0", 8, "ignored: REG_QWORD where"},
        {hive_t_REG_DWORD_BIG_ENDIAN, "\0\0\0\x1e", 4, "ignored: REG_DWORD_BIG_ENDIAN where"},
        {(hive_type)200, "\x1e\0\0\0", 4, "ignored: REG_? where"},
        {hive_t_REG_SZ, "\0\xd8\0\0", 4, "ignored: REG_SZ where"}, /* half a surrogate pair */
    };
    struct world *world = *state;
    char path[128];
    hive_path(world, path, sizeof(path));
    world_open_hive(world);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        make_bare(path, 1, "ControlSet001\\Services\\Tcpip\\Parameters\\MaxFreeTcbs");
        hive_h *hive = hive_file_open(path);
        hive_file_set(hive, HIVE_PARAMETERS "TcpTimedWaitDelay", wrong[i].type, wrong[i].data, wrong[i].size);
        hive_file_close(hive);
        struct snapshot *snapshot = world_sample(world);
        world_source(snapshot, "hive", true, "");
        if (!strstr(world_text(snapshot, DELAY, "", TUNING_TEXT), wrong[i].text))
            fail_msg("type %d shows as %s", (int)wrong[i].type, world_text(snapshot, DELAY, "", TUNING_TEXT));
        assert_int_equal(world_number(snapshot, DELAY, "", TUNING_VALUE), -1);
        assert_int_equal(world_number(snapshot, DELAY, "", TUNING_OK), 0);
        snapshot_release(snapshot);
    }
}

static void look_ups_ignore_case_and_numbers_are_unsigned(void **state)
{
    struct world *world = *state;
    char path[128];
    hive_path(world, path, sizeof(path));
    hive_file_seed(path);
    hive_h *hive = hive_file_open(path);
    hive_file_dword(hive, "SELECT\\current", 1);
    hive_file_dword(hive, "controlset001\\SERVICES\\tcpip\\PARAMETERS\\tcptimedwaitdelay", 0xffffffff);
    hive_file_close(hive);
    world_open_hive(world);
    struct snapshot *snapshot = world_sample(world);
    assert_int_equal(world_number(snapshot, DELAY, "", TUNING_VALUE), 4294967295);
    snapshot_release(snapshot);
}

static void check_failure(struct world *world, const char *error)
{
    struct snapshot *snapshot = world_sample(world);
    world_source(snapshot, "hive", false, error);
    world_source(snapshot, "hive", false, HIVE);
    assert_int_equal(registry_rows(snapshot), 0);
    /* What has nothing to do with it is there. */
    world_source(snapshot, "sysctl", true, "");
    assert_int_equal(snapshot_row_count(snapshot, &table_tuning), 11);
    snapshot_release(snapshot);
}

static void what_is_no_hive_is_a_failure_with_its_reason(void **state)
{
    struct world *world = *state;
    char path[128];
    hive_path(world, path, sizeof(path));
    world_open_hive(world);
    check_failure(world, "No such file");
    tree_file(world->root, HIVE, "%s", "");
    check_failure(world, "SYSTEM");
    tree_file(world->root, HIVE, "%s", "this is no hive\n");
    check_failure(world, "not a registry hive, or a damaged one");
    hive_file_seed(path);
    check_failure(world, "Select\\Current (not a SYSTEM hive?)");
    make_bare(path, 7, "ControlSet001\\Services\\X");
    check_failure(world, "the control set that Select\\Current names");
    make_bare(path, 1000, "ControlSet1000\\Services\\X"); /* no number that Windows gives */
    check_failure(world, "Select\\Current (not a SYSTEM hive?)");
    assert_int_equal(truncate(path, (off_t)1 << 40), 0);
    check_failure(world, "File too large");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0755), 0);
    check_failure(world, "Is a directory");
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(mkfifo(path, 0644), 0);
    check_failure(world, "Invalid argument");
    assert_int_equal(unlink(path), 0);
    hive_file_system(path);
    struct snapshot *snapshot = world_sample(world);
    world_source(snapshot, "hive", true, "");
    snapshot_release(snapshot);
}

static void a_change_is_seen(void **state)
{
    struct world *world = *state;
    char path[128];
    hive_path(world, path, sizeof(path));
    hive_file_system(path);
    world_open_hive(world);
    snapshot_release(world_sample(world));
    hive_h *hive = hive_file_open(path);
    hive_file_dword(hive, "Select\\Current", 2);
    hive_file_close(hive);
    struct snapshot *snapshot = world_sample(world);
    assert_int_equal(world_number(snapshot, DELAY, "", TUNING_VALUE), 30);
    assert_int_equal(world_number(snapshot, DELAY, "", TUNING_OK), 1);
    assert_string_equal(world_text(snapshot, DELAY, "", TUNING_ORIGIN), "/" HIVE ": ControlSet002");
    snapshot_release(snapshot);
    assert_int_equal(unlink(path), 0);
    check_failure(world, "No such file");
}

static void the_hive_is_never_written(void **state)
{
    struct world *world = *state;
    struct text before = TEXT_EMPTY, after = TEXT_EMPTY;
    char path[128];
    struct stat status;
    hive_path(world, path, sizeof(path));
    hive_file_system(path);
    assert_int_equal(stat(path, &status), 0);
    const struct timespec modified = status.st_mtim;
    assert_int_equal(file_read(path, 1 << 20, &before), 0);
    world_open_hive(world);
    snapshot_release(world_sample(world));
    assert_int_equal(file_read(path, 1 << 20, &after), 0);
    assert_int_equal(before.length, after.length);
    assert_memory_equal(before.data, after.data, before.length);
    assert_int_equal(stat(path, &status), 0);
    assert_memory_equal(&modified, &status.st_mtim, sizeof(modified));
    text_free(&before);
    text_free(&after);
}

static unsigned long next_random(unsigned long *seed)
{
    *seed = *seed * 6364136223846793005ul + 1442695040888963407ul;
    return *seed >> 33;
}

static void write_bytes(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* The header's sum of its first 127 words, so that damage further down is looked at. */
static void mend_sum(char *bytes)
{
    uint32_t sum = 0, word;
    for (unsigned i = 0; i < 508; i += 4) {
        memcpy(&word, bytes + i, 4);
        sum ^= word;
    }
    memcpy(bytes + 508, &sum, 4);
}

/* Bytes changed and the end cut off, anywhere: either a failure without rows, or all rows. */
static void damaged_hives_do_no_harm(void **state)
{
    struct world *world = *state;
    struct text whole = TEXT_EMPTY;
    char path[128];
    unsigned long seed = 20240607;
    unsigned failed = 0;
    hive_path(world, path, sizeof(path));
    hive_file_system(path);
    assert_int_equal(file_read(path, 1 << 20, &whole), 0);
    char *bytes = malloc(whole.length);
    world_open_hive(world);
    for (unsigned round = 0; round < 1500; round++) {
        size_t length = round % 3 == 0 ? next_random(&seed) % whole.length : whole.length;
        memcpy(bytes, whole.data, whole.length);
        for (unsigned long i = next_random(&seed) % 8; i > 0; i--)
            bytes[next_random(&seed) % 2000 + (i % 2 ? 4096 : 0)] = (char)next_random(&seed);
        mend_sum(bytes);
        assert_true(unlink(path) == 0);
        write_bytes(path, bytes, length);
        struct snapshot *snapshot = world_sample(world);
        long row = sample_find(snapshot, &table_sources, SOURCES_SOURCE, "hive");
        bool success = snapshot_number(snapshot, &table_sources, (size_t)row, SOURCES_SUCCESS);
        assert_int_equal(registry_rows(snapshot), success ? 6 : 0);
        failed += !success;
        snapshot_release(snapshot);
    }
    assert_in_range(failed, 500, 1490);
    free(bytes);
    text_free(&whole);
}

int main(void)
{
#define ON_WORLD(test) cmocka_unit_test_setup_teardown(test, world_begin, world_end)
    const struct CMUnitTest tests[] = {
        ON_WORLD(an_old_list_of_tweaks_is_judged),
        ON_WORLD(advice_is_that_of_the_version_that_was_named),
        ON_WORLD(what_is_not_set_has_its_default),
        ON_WORLD(wrong_types_are_against_the_advice),
        ON_WORLD(look_ups_ignore_case_and_numbers_are_unsigned),
        ON_WORLD(what_is_no_hive_is_a_failure_with_its_reason),
        ON_WORLD(a_change_is_seen),
        ON_WORLD(the_hive_is_never_written),
        ON_WORLD(damaged_hives_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
