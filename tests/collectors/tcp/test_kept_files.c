/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/linux/kept_files.h"
#include "tests/cmocka.h"

static struct text text = TEXT_EMPTY;

static int read_anew(struct kept_files *files, const char *directory, const char *name)
{
    text_clear(&text);
    return kept_files_read(files, directory, name, 4096, &text);
}

static void what_procfs_makes_up_is_kept_and_read_anew(void **state)
{
    (void)state;
    struct kept_files files = {.root = "/proc", .keeps = true};
    static const char *const names[] = {"first", "second", "the third"};
    for (unsigned i = 0; i < 3; i++) {
        char line[32];
        snprintf(line, sizeof(line), "%s\n", names[i]);
        prctl(PR_SET_NAME, names[i]);
        assert_int_equal(read_anew(&files, "self", "comm"), 0);
        assert_string_equal(text_value(&text), line);
        assert_int_equal(files.count, 1);
    }
    assert_int_equal(read_anew(&files, "self", "statm"), 0);
    assert_int_equal(files.count, 2);
    kept_files_close(&files);
    assert_int_equal(files.count, 0);
}

static void nothing_is_kept_where_it_shall_not(void **state)
{
    (void)state;
    struct kept_files files = {.root = "/proc"};
    assert_int_equal(read_anew(&files, "self", "comm"), 0);
    assert_int_equal(files.count, 0);
}

static void write_file(const char *path, const char *content)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    fclose(file);
}

static void a_file_of_another_system_may_be_another_one_next_time(void **state)
{
    (void)state;
    char root[] = "/tmp/chokepoint-kept-XXXXXX", path[64], directory[64];
    assert_non_null(mkdtemp(root));
    snprintf(directory, sizeof(directory), "%s/net", root);
    snprintf(path, sizeof(path), "%s/net/snmp", root);
    assert_int_equal(mkdir(directory, 0700), 0);
    struct kept_files files = {.root = root, .keeps = true};
    assert_int_equal(read_anew(&files, "net", "snmp"), -ENOENT);
    write_file(path, "one");
    assert_int_equal(read_anew(&files, "net", "snmp"), 0);
    unlink(path);
    write_file(path, "two");
    assert_int_equal(read_anew(&files, "net", "snmp"), 0);
    assert_string_equal(text_value(&text), "two");
    assert_int_equal(files.count, 0);
    unlink(path);
    rmdir(directory);
    rmdir(root);
}

static void one_that_has_gone_is_dropped(void **state)
{
    (void)state;
    struct kept_files files = {.root = "/proc", .keeps = true};
    char directory[16];
    pid_t child = fork();
    if (child == 0)
        for (;;)
            pause();
    snprintf(directory, sizeof(directory), "%d", (int)child);
    assert_int_equal(read_anew(&files, directory, "comm"), 0);
    assert_int_equal(files.count, 1);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    text_string(&text, "before ");
    size_t length = text.length;
    assert_int_equal(kept_files_read(&files, directory, "comm", 4096, &text), -ENOENT);
    assert_int_equal(text.length, length);
    assert_int_equal(files.count, 0);
}

/* A page holds some 50 lines of maps: the kernel gives the rest with the next read. */
static void one_of_many_pages_is_read_whole(void **state)
{
    (void)state;
    enum { PAGES = 200 };
    struct kept_files files = {.root = "/proc", .keeps = true};
    static char first[65536];
    char *memory = mmap(NULL, PAGES * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(memory, MAP_FAILED);
    for (int i = 0; i < PAGES; i += 2)
        assert_int_equal(mprotect(memory + i * 4096, 4096, PROT_READ | PROT_WRITE), 0);
    assert_int_equal(text_reserve(&text, sizeof(first)), 0);
    for (int i = 0; i < 3; i++) {
        text_clear(&text);
        assert_int_equal(kept_files_read(&files, "self", "maps", sizeof(first), &text), 0);
        if (i == 0)
            strncpy(first, text_value(&text), sizeof(first) - 1);
        assert_string_equal(text_value(&text), first);
    }
    assert_true(text.length > 8192);
    kept_files_close(&files);
    munmap(memory, PAGES * 4096);
}

static void limits_hold_for_kept_ones_too(void **state)
{
    (void)state;
    struct kept_files files = {.root = "/proc", .keeps = true};
    assert_int_equal(read_anew(&files, "self", "status"), 0);
    text_clear(&text);
    assert_int_equal(kept_files_read(&files, "self", "status", 100, &text), -EFBIG);
    assert_int_equal(text.length, 0);
    kept_files_close(&files);
    struct dirent **names;
    int count = scandir("/proc/sys/net/ipv4", &names, NULL, alphasort);
    for (int i = 0; i < count; i++)
        (void)kept_files_read(&files, "sys/net/ipv4", names[i]->d_name, 4096, &text);
    assert_int_equal(files.count, KEPT_FILES_MAX);
    kept_files_close(&files);
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_procfs_makes_up_is_kept_and_read_anew),
        cmocka_unit_test(nothing_is_kept_where_it_shall_not),
        cmocka_unit_test(a_file_of_another_system_may_be_another_one_next_time),
        cmocka_unit_test(one_that_has_gone_is_dropped),
        cmocka_unit_test(one_of_many_pages_is_read_whole),
        cmocka_unit_test(limits_hold_for_kept_ones_too),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    text_free(&text);
    return failed;
}
