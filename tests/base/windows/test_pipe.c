/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/windows/pipe.h"
#include "tests/cmocka.h"

/* Both ends of a pipe of this process. */
struct ends {
    HANDLE server, client;
};

static struct ends make_ends(void)
{
    static unsigned number;
    char name[64];
    struct ends ends;
    snprintf(name, sizeof(name), "\\\\.\\pipe\\chokepoint-test-%lu-%u", GetCurrentProcessId(), number++);
    ends.server =
        CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 4096, 4096, 0, NULL);
    assert_ptr_not_equal(ends.server, INVALID_HANDLE_VALUE);
    ends.client = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    assert_ptr_not_equal(ends.client, INVALID_HANDLE_VALUE);
    return ends;
}

static int64_t soon(void)
{
    return clock_monotonic() + 50 * CLOCK_MILLISECOND;
}

static void what_is_written_is_read_up_to_the_end(void **state)
{
    (void)state;
    struct ends ends = make_ends();
    char buffer[16];
    size_t count = 99;
    int64_t end = clock_monotonic() + 10 * CLOCK_SECOND;
    assert_int_equal(pipe_write(ends.client, NULL, end, "hello", 5), 0);
    assert_int_equal(pipe_read(ends.server, NULL, end, buffer, sizeof(buffer), &count), 0);
    assert_int_equal(count, 5);
    assert_memory_equal(buffer, "hello", 5);
    CloseHandle(ends.client);
    assert_int_equal(pipe_read(ends.server, NULL, end, buffer, sizeof(buffer), &count), 0);
    assert_int_equal(count, 0);
    CloseHandle(ends.server);
}

static void silence_ends_by_time_or_by_the_stop(void **state)
{
    (void)state;
    struct ends ends = make_ends();
    HANDLE stop = CreateEventW(NULL, TRUE, TRUE, NULL);
    char buffer[16];
    size_t count = 99;
    int64_t start = clock_monotonic();
    assert_int_equal(pipe_read(ends.server, NULL, soon(), buffer, sizeof(buffer), &count), -ETIMEDOUT);
    assert_true(clock_monotonic() - start >= 40 * CLOCK_MILLISECOND);
    assert_int_equal(pipe_read(ends.server, stop, INT64_MAX, buffer, sizeof(buffer), &count), -ECANCELED);
    assert_int_equal(count, 99);
    CloseHandle(stop);
    CloseHandle(ends.client);
    CloseHandle(ends.server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_up_to_the_end),
        cmocka_unit_test(silence_ends_by_time_or_by_the_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
