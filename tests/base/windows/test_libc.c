/* SPDX-License-Identifier: Apache-2.0
 * What portable code takes from GNU's C library, as the build for Windows has it. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/condition.h"
#include "base/windows/error.h"
#include "tests/cmocka.h"

#include <windows.h>

static void strings(void **state)
{
    (void)state;
    const char text[] = "abcabc";
    assert_ptr_equal(strchrnul(text, 'c'), text + 2);
    assert_ptr_equal(strchrnul(text, 'x'), text + 6);
    assert_ptr_equal(strcasestr(text, "CA"), text + 2);
    assert_ptr_equal(strcasestr(text, ""), text);
    assert_null(strcasestr(text, "abcabcd"));
    char list[] = "a,,b", *rest = list;
    assert_string_equal(strsep(&rest, ","), "a");
    assert_string_equal(strsep(&rest, ","), "");
    assert_string_equal(strsep(&rest, ","), "b");
    assert_null(strsep(&rest, ","));
    char *copy = strndup("abcdef", 3);
    assert_string_equal(copy, "abc");
    free(copy);
}

static void errors_have_words(void **state)
{
    (void)state;
    assert_string_equal(strerrordesc_np(ECONNREFUSED), "Connection refused");
    assert_string_equal(strerrordesc_np(ENOENT), "No such file or directory");
    assert_int_equal(error_from_windows(ERROR_FILE_NOT_FOUND), -ENOENT);
    assert_int_equal(error_from_windows(10048), -EADDRINUSE);
    assert_int_equal(error_from_windows(0), -EIO);
    assert_int_equal(error_from_windows(0xffffffff), -EIO);
}

static int compare(const void *a, const void *b, void *context)
{
    ++*(int *)context;
    return *(const int *)a - *(const int *)b;
}

static void sorting_hands_the_context_on(void **state)
{
    (void)state;
    int numbers[] = {3, 1, 2}, calls = 0;
    qsort_r(numbers, 3, sizeof(numbers[0]), compare, &calls);
    assert_int_equal(numbers[0], 1);
    assert_int_equal(numbers[1], 2);
    assert_int_equal(numbers[2], 3);
    assert_true(calls >= 2);
}

static int compare_tens(const void *a, const void *b, void *context)
{
    (void)context;
    return *(const int *)a / 10 - *(const int *)b / 10;
}

static void equals_keep_their_order(void **state)
{
    (void)state;
    int numbers[101], expected = -1;
    for (int i = 0; i < 101; i++)
        numbers[i] = (100 - i) % 10 * 10 + i / 11;
    qsort_r(numbers, 101, sizeof(numbers[0]), compare_tens, NULL);
    for (int i = 0; i < 101; i++) {
        assert_true(numbers[i] >= expected);
        expected = numbers[i];
    }
    qsort_r(numbers, 0, sizeof(numbers[0]), compare_tens, NULL);
}

static void calendar(void **state)
{
    (void)state;
    struct tm utc = {.tm_year = 2024 - 1900, .tm_mon = 1, .tm_mday = 29};
    assert_int_equal(timegm(&utc), 1709164800);
    struct tm parts = {0};
    const char *rest = strptime("2024-02-29T12:30:05.25Z", "%Y-%m-%dT%H:%M:%S", &parts);
    assert_string_equal(rest, ".25Z");
    assert_int_equal(timegm(&parts), 1709209805);
    assert_null(strptime("2024-02-29 12:30:05", "%Y-%m-%dT%H:%M:%S", &parts));
    assert_null(strptime("2024-xx", "%Y-%m", &parts));
    assert_null(strptime("2024", "%j", &parts));
}

static void a_condition_waits_on_the_monotonic_clock(void **state)
{
    (void)state;
    pthread_cond_t condition;
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    condition_init(&condition);
    pthread_mutex_lock(&mutex);
    int64_t start = clock_monotonic();
    int result = 0;
    while (result == 0)
        result = condition_wait_until(&condition, &mutex, start + 50 * CLOCK_MILLISECOND);
    assert_int_equal(result, -ETIMEDOUT);
    assert_true(clock_monotonic() - start >= 40 * CLOCK_MILLISECOND);
    assert_int_equal(condition_wait_until(&condition, &mutex, start), -ETIMEDOUT);
    pthread_mutex_unlock(&mutex);
    pthread_cond_destroy(&condition);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings),
        cmocka_unit_test(errors_have_words),
        cmocka_unit_test(sorting_hands_the_context_on),
        cmocka_unit_test(equals_keep_their_order),
        cmocka_unit_test(calendar),
        cmocka_unit_test(a_condition_waits_on_the_monotonic_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
