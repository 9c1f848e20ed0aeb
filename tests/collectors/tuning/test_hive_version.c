/* SPDX-License-Identifier: Apache-2.0
 * Which Windows a SYSTEM hive is of, by the SOFTWARE hive beside it: there, not there, damaged, and another one. */
#include <sys/stat.h>

#include "base/file.h"
#include "collectors/tuning/linux/hive_version.h"
#include "tests/collectors/tuning/hive_file.h"
#include "tests/collectors/tuning/world.h"

#define CONFIG "mnt/c/Windows/System32/config/"
#define SYSTEM CONFIG "SYSTEM"
#define ORIGIN "/" SYSTEM ": ControlSet001"
#define SOURCE "hive.software"

#define DELAY       "Services\\Tcpip\\Parameters\\TcpTimedWaitDelay"
#define CONNECTIONS "Services\\Tcpip\\Parameters\\TcpNumConnections"
#define USER_PORT   "Services\\Tcpip\\Parameters\\MaxUserPort"

static unsigned opened;

/* The linker puts it in the place of hivex_open(). */
hive_h *__real_hivex_open(const char *path, int flags);
hive_h *__wrap_hivex_open(const char *path, int flags);

hive_h *__wrap_hivex_open(const char *path, int flags)
{
    opened++;
    return __real_hivex_open(path, flags);
}

/* Of 2003, 2012 R2 and 2022, with what is advised there. */
static const struct windows {
    const char *old;
    int major, minor;
    const char *build, *text, *origin, *ports_advice, *connections_words;
    int64_t ports_default;
} releases[] = {
    {"5.2", -1, -1, "3790", "5.2.3790", ORIGIN " of Windows 5.2", "at least 32768", "LOWERS", 5000},
    {"6.3", -1, -1, "9600", "6.3.9600", ORIGIN " of Windows 6.3", "show only", "only misleads", -1},
    {"6.3", 10, 0, "20348", "10.0.20348", ORIGIN " of Windows 10.0", "show only", "only misleads", -1},
};

static const struct windows nobody_told = {.origin = ORIGIN,
                                           .ports_advice = "show only",
                                           .connections_words = "has no documented effect",
                                           .ports_default = -1};

static void path_of(const struct world *world, const char *name, char path[128])
{
    tree_path(path, 128, world->root, CONFIG);
    strncat(path, name, 127 - strlen(path));
}

/* Makes way for another file: one of another number, since two writings may be of the same tick of the clock. */
static void make_way(const char *path)
{
    char aside[160];
    snprintf(aside, sizeof(aside), "%s.old", path);
    (void)rename(path, aside);
}

static void put_software(const struct world *world, const char *name, const struct windows *windows)
{
    char path[128];
    path_of(world, name, path);
    make_way(path);
    hive_file_software(path, windows->old, windows->major, windows->minor, windows->build);
}

/* A world whose SYSTEM hive can be read. */
static void begin(struct world *world)
{
    char path[128];
    path_of(world, "SYSTEM", path);
    hive_file_system(path);
    world->options.hive = "/" SYSTEM;
    world_open(world);
}

/* The values are there whatever the version; the advice is that of the release. */
static void check_advice(const struct snapshot *snapshot, const struct windows *windows)
{
    world_source(snapshot, "hive", true, "");
    assert_int_equal(world_number(snapshot, DELAY, "", TUNING_VALUE), 240);
    assert_string_equal(world_text(snapshot, DELAY, "", TUNING_ORIGIN), windows->origin);
    assert_string_equal(world_text(snapshot, USER_PORT, "", TUNING_ADVICE), windows->ports_advice);
    assert_int_equal(world_number(snapshot, USER_PORT, "", TUNING_DEFAULT_VALUE), windows->ports_default);
    assert_non_null(strstr(world_text(snapshot, CONNECTIONS, "", TUNING_REASON), windows->connections_words));
}

static void expect(struct world *world, const struct windows *windows)
{
    struct snapshot *snapshot = world_sample(world);
    world_source(snapshot, SOURCE, true, "");
    check_advice(snapshot, windows);
    snapshot_release(snapshot);
}

static void expect_failure(struct world *world, const char *words)
{
    struct snapshot *snapshot = world_sample(world);
    world_source(snapshot, SOURCE, false, words);
    world_source(snapshot, SOURCE, false, CONFIG "SOFTWARE");
    check_advice(snapshot, &nobody_told);
    snapshot_release(snapshot);
}

static void expect_nothing_told(struct world *world, const struct windows *windows)
{
    struct snapshot *snapshot = world_sample(world);
    assert_int_equal(sample_find(snapshot, &table_sources, SOURCES_SOURCE, SOURCE), -1);
    check_advice(snapshot, windows);
    snapshot_release(snapshot);
}

static void the_version_is_that_of_the_hive_beside_it(void **state)
{
    struct world *world = *state;
    char path[128], text[WINDOWS_VERSION_TEXT];
    for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++) {
        struct windows_version found = {0};
        struct hive_version *version = NULL;
        tuning_collector.close(world->state);
        world->state = NULL;
        begin(world);
        put_software(world, "SOFTWARE", &releases[i]);
        expect(world, &releases[i]);
        path_of(world, "SYSTEM", path);
        assert_int_equal(hive_version_new(path, &version), 0);
        assert_int_equal(hive_version_refresh(version, &found), 0);
        windows_version_format(&found, text);
        assert_string_equal(text, releases[i].text);
        hive_version_free(version);
    }
}

static void names_are_compared_without_case(void **state)
{
    static const char *const names[] = {"SOFTWARE", "software", "Software", "sOFTWARE"};
    struct world *world = *state;
    char path[128];
    begin(world);
    tree_file(world->root, CONFIG "SOFTWARE.LOG1", "%s", "");
    tree_file(world->root, CONFIG "SOFTWARE2", "%s", "");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        expect_nothing_told(world, &nobody_told);
        put_software(world, names[i], &releases[0]);
        expect(world, &releases[0]);
        path_of(world, names[i], path);
        assert_int_equal(unlink(path), 0);
    }
}

static void without_it_advice_is_that_for_all(void **state)
{
    struct world *world = *state;
    char path[128];
    begin(world);
    expect_nothing_told(world, &nobody_told);
    path_of(world, "software", path);
    assert_int_equal(mkdir(path, 0755), 0); /* of somebody who copied the hive elsewhere */
    expect_nothing_told(world, &nobody_told);
    put_software(world, "SOFTWARE", &releases[2]);
    expect(world, &releases[2]);
}

static void what_tells_no_version_is_a_failure_with_its_reason(void **state)
{
    static const char *const not_there = "CurrentVersion (not a SOFTWARE hive, or a damaged one?)";
    static const struct {
        const char *old;
        int major, minor;
    } odd[] = {
        {"6.3 beta", -1, -1},
        {"", -1, -1},
        {"0.0", -1, -1},
        {"100.1", -1, -1},
        {"6", -1, -1},
        {"-5.2", -1, -1},
        {"6.3", 0, 0},
        {"6.3", 0x3fffffff, 0},
        {"6.3", 10, 100},
        {"6.3", 10, -1},
        {"6.3                                                                ", -1, -1},
    };
    struct world *world = *state;
    char path[128];
    path_of(world, "SOFTWARE", path);
    begin(world);
    tree_file(world->root, CONFIG "SOFTWARE", "%s", "");
    expect_failure(world, "SOFTWARE");
    tree_file(world->root, CONFIG "SOFTWARE", "%s", "this is no hive\n");
    expect_failure(world, "not a registry hive, or a damaged one");
    make_way(path);
    hive_file_seed(path);
    expect_failure(world, not_there);
    make_way(path);
    hive_file_system(path);
    expect_failure(world, not_there);
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        make_way(path);
        hive_file_software(path, odd[i].old, odd[i].major, odd[i].minor, "9600");
        expect_failure(world, not_there);
    }
}

static void values_of_other_types_tell_no_version(void **state)
{
    struct world *world = *state;
    char path[128];
    path_of(world, "SOFTWARE", path);
    begin(world);
    make_way(path);
    hive_file_seed(path);
    hive_h *hive = hive_file_open(path);
    hive_file_dword(hive, HIVE_CURRENT_VERSION "CurrentVersion", 6);
    hive_file_close(hive);
    expect_failure(world, "Invalid argument");
    make_way(path);
    hive_file_seed(path);
    hive = hive_file_open(path);
    hive_file_text(hive, HIVE_CURRENT_VERSION "CurrentVersion", "6.3");
    hive_file_text(hive, HIVE_CURRENT_VERSION "CurrentMajorVersionNumber", "10");
    hive_file_close(hive);
    expect_failure(world, "Invalid argument");
    make_way(path);
    hive_file_seed(path);
    hive = hive_file_open(path);
    hive_file_set(hive, HIVE_CURRENT_VERSION "CurrentVersion", hive_t_REG_SZ, "\0\xd8\0\0", 4);
    hive_file_close(hive);
    expect_failure(world, "CurrentVersion (not");
}

static void what_is_no_file_is_not_opened(void **state)
{
    struct world *world = *state;
    char path[128];
    path_of(world, "SOFTWARE", path);
    begin(world);
    assert_int_equal(mkfifo(path, 0644), 0);
    expect_failure(world, "Invalid argument");
    assert_int_equal(unlink(path), 0);
    put_software(world, "SOFTWARE", &releases[0]);
    assert_int_equal(truncate(path, (off_t)1 << 40), 0);
    expect_failure(world, "File too large");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("SOFTWARE", path), 0);
    expect_failure(world, "symbolic links");
}

/* Another disk is mounted there, or the Windows was upgraded: nothing of the version before stays. */
static void a_change_is_seen(void **state)
{
    struct world *world = *state;
    char path[128];
    path_of(world, "SOFTWARE", path);
    begin(world);
    put_software(world, "SOFTWARE", &releases[0]);
    expect(world, &releases[0]);
    put_software(world, "SOFTWARE", &releases[2]);
    expect(world, &releases[2]);
    put_software(world, "SOFTWARE", &releases[0]);
    expect(world, &releases[0]);
    tree_file(world->root, CONFIG "SOFTWARE", "%s", "this is no hive\n");
    expect_failure(world, "not a registry hive");
    put_software(world, "SOFTWARE", &releases[1]);
    expect(world, &releases[1]);
    assert_int_equal(unlink(path), 0);
    expect_nothing_told(world, &nobody_told);
    put_software(world, "software", &releases[0]);
    expect(world, &releases[0]);
}

static void what_did_not_change_is_not_read_again(void **state)
{
    struct world *world = *state;
    struct text before = TEXT_EMPTY, after = TEXT_EMPTY;
    char path[128];
    path_of(world, "SOFTWARE", path);
    begin(world);
    put_software(world, "SOFTWARE", &releases[1]);
    assert_int_equal(file_read(path, 1 << 20, &before), 0);
    opened = 0;
    for (unsigned i = 0; i < 4; i++)
        expect(world, &releases[1]);
    assert_int_equal(opened, 2); /* SYSTEM and SOFTWARE, once each */
    assert_int_equal(file_read(path, 1 << 20, &after), 0);
    assert_int_equal(before.length, after.length);
    assert_memory_equal(before.data, after.data, before.length);
    text_free(&before);
    text_free(&after);
    tree_file(world->root, CONFIG "SOFTWARE", "%s", "this is no hive\n");
    for (unsigned i = 0; i < 4; i++)
        expect_failure(world, "not a registry hive");
    assert_int_equal(opened, 3);
}

static void what_the_configuration_says_comes_first(void **state)
{
    struct world *world = *state;
    struct arena arena = ARENA_EMPTY;
    struct text why = TEXT_EMPTY;
    const struct option *option = tuning_option_list;
    while (strcmp(option->name, "hive_version") != 0)
        option++;
    assert_int_equal(option_set(option, &world->options, "5.2", &arena, &why), 0);
    begin(world);
    put_software(world, "SOFTWARE", &releases[2]);
    opened = 0;
    expect_nothing_told(world, &releases[0]);
    assert_int_equal(opened, 1);
    tree_file(world->root, CONFIG "SOFTWARE", "%s", "this is no hive\n");
    expect_nothing_told(world, &releases[0]);
    text_free(&why);
    arena_free(&arena);
}

static void advice_of_the_configuration_stays(void **state)
{
    struct option_pair pairs[] = {{USER_PORT, "at least 1025"}, {"Services\\Other\\X", "show only"}};
    struct world *world = *state;
    world->options.advice = (struct option_pairs){pairs, 2};
    begin(world);
    for (unsigned i = 0; i < 3; i++) {
        put_software(world, "SOFTWARE", &releases[i]);
        struct snapshot *snapshot = world_sample(world);
        assert_string_equal(world_text(snapshot, DELAY, "", TUNING_ORIGIN), releases[i].origin);
        assert_string_equal(world_text(snapshot, USER_PORT, "", TUNING_ADVICE), "at least 1025 (configured)");
        assert_string_equal(world_text(snapshot, "Services\\Other\\X", "", TUNING_TEXT), "not set");
        snapshot_release(snapshot);
    }
}

static unsigned long next_random(unsigned long *seed)
{
    *seed = *seed * 6364136223846793005ul + 1442695040888963407ul;
    return *seed >> 33;
}

/* Bytes changed and the end cut off, anywhere: the SYSTEM hive's values stay, and no version is told where the reading
 * failed. */
static void damaged_hives_do_no_harm(void **state)
{
    struct world *world = *state;
    struct text whole = TEXT_EMPTY;
    char path[128];
    unsigned long seed = 20261130;
    unsigned failed = 0;
    path_of(world, "SOFTWARE", path);
    begin(world);
    put_software(world, "SOFTWARE", &releases[0]);
    assert_int_equal(file_read(path, 1 << 20, &whole), 0);
    char *bytes = malloc(whole.length);
    for (unsigned round = 0; round < 600; round++) {
        size_t length = round % 3 == 0 ? next_random(&seed) % whole.length : whole.length;
        memcpy(bytes, whole.data, whole.length);
        for (unsigned long i = next_random(&seed) % 16; i > 0; i--)
            bytes[4096 + next_random(&seed) % 2000] = (char)next_random(&seed);
        assert_int_equal(unlink(path), 0);
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(bytes, 1, length, file), length);
        assert_int_equal(fclose(file), 0);
        struct snapshot *snapshot = world_sample(world);
        world_source(snapshot, "hive", true, "");
        long row = sample_find(snapshot, &table_sources, SOURCES_SOURCE, SOURCE);
        bool success = snapshot_number(snapshot, &table_sources, (size_t)row, SOURCES_SUCCESS);
        const char *origin = world_text(snapshot, DELAY, "", TUNING_ORIGIN);
        assert_int_equal(strstr(origin, " of Windows ") != NULL, success);
        failed += !success;
        snapshot_release(snapshot);
    }
    assert_in_range(failed, 200, 590);
    free(bytes);
    text_free(&whole);
}

int main(void)
{
#define ON_WORLD(test) cmocka_unit_test_setup_teardown(test, world_begin, world_end)
    const struct CMUnitTest tests[] = {
        ON_WORLD(the_version_is_that_of_the_hive_beside_it),
        ON_WORLD(names_are_compared_without_case),
        ON_WORLD(without_it_advice_is_that_for_all),
        ON_WORLD(what_tells_no_version_is_a_failure_with_its_reason),
        ON_WORLD(values_of_other_types_tell_no_version),
        ON_WORLD(what_is_no_file_is_not_opened),
        ON_WORLD(a_change_is_seen),
        ON_WORLD(what_did_not_change_is_not_read_again),
        ON_WORLD(what_the_configuration_says_comes_first),
        ON_WORLD(advice_of_the_configuration_stays),
        ON_WORLD(damaged_hives_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
