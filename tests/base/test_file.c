/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/cmocka.h"

static void check_path(const char *root, const char *path, const char *expected)
{
    char buffer[64];
    assert_int_equal(file_path(buffer, sizeof(buffer), root, path), 0);
    assert_string_equal(buffer, expected);
}

static void paths_join_with_one_slash(void **state)
{
    (void)state;
    check_path("/proc", "net/tcp", "/proc/net/tcp");
    check_path("/proc/", "/net/tcp", "/proc/net/tcp");
    check_path("/", "/etc/postfix", "/etc/postfix");
    check_path("", "/etc/postfix", "/etc/postfix");
    char small[8];
    assert_int_equal(file_path(small, sizeof(small), "/proc", "net/tcp"), -ENAMETOOLONG);
    char formatted[64];
    assert_int_equal(file_path_format(formatted, sizeof(formatted), "/proc", "%d/fd", 42), 0);
    assert_string_equal(formatted, "/proc/42/fd");
}

static void only_whole_regular_files_are_read(void **state)
{
    (void)state;
    char directory[] = "/tmp/chokepoint-file-XXXXXX", path[128], fifo[128];
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof(path), "%s/file", directory);
    snprintf(fifo, sizeof(fifo), "%s/fifo", directory);
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 3000; i++)
        fprintf(file, "line %d\n", i);
    long size = ftell(file);
    fclose(file);
    assert_int_equal(mkfifo(fifo, 0600), 0);

    struct text text = TEXT_EMPTY;
    text_string(&text, "before ");
    assert_int_equal(file_read(path, 1000000, &text), 0);
    assert_int_equal(text.length, strlen("before ") + (size_t)size);
    size_t length = text.length;
    assert_int_equal(file_read(path, 100, &text), -EFBIG);
    assert_int_equal(text.length, length);
    assert_int_equal(file_read(fifo, 100, &text), -EINVAL);
    assert_int_equal(file_read(directory, 100, &text), -EISDIR);
    assert_int_equal(file_read("/nonexistent/file", 100, &text), -ENOENT);
    /* Files of procfs say that they are empty. */
    text_clear(&text);
    assert_int_equal(file_read("/proc/self/stat", 65536, &text), 0);
    assert_true(text.length > 50);
    text_free(&text);
    unlink(path);
    unlink(fifo);
    rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_join_with_one_slash),
        cmocka_unit_test(only_whole_regular_files_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
