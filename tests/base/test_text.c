/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "tests/cmocka.h"

static void check_real(double number, const char *expected)
{
    struct text text = TEXT_EMPTY;
    text_real(&text, number);
    assert_string_equal(text_value(&text), expected);
    text_free(&text);
}

static void reals_are_the_shortest_that_round_trip(void **state)
{
    (void)state;
    check_real(0, "0");
    check_real(1, "1");
    check_real(28232, "28232");
    check_real(0.603, "0.603");
    check_real(0.1, "0.1");
    check_real(1.0 / 3, "0.3333333333333333");
    check_real(-2.5, "-2.5");
    check_real(1767225600.25, "1767225600.25");
    check_real(9223372036854775807.0, "9.223372036854776e+18");
    check_real(INFINITY, "+Inf");
    check_real(-INFINITY, "-Inf");
    check_real(NAN, "NaN");
}

static void reals_read_back_equal(void **state)
{
    (void)state;
    srand(7);
    for (int i = 0; i < 20000; i++) {
        union {
            uint64_t bits;
            double number;
        } random = {.bits = ((uint64_t)rand() << 42) ^ ((uint64_t)rand() << 21) ^ (uint64_t)rand()};
        if (!isfinite(random.number))
            continue;
        struct text text = TEXT_EMPTY;
        text_real(&text, random.number);
        assert_true(strtod(text_value(&text), NULL) == random.number);
        text_free(&text);
    }
}

static void appending_grows_and_ends_in_zero(void **state)
{
    (void)state;
    struct text text = TEXT_EMPTY;
    for (unsigned i = 0; i < 5000; i++)
        text_format(&text, "%u,", i);
    text_unsigned(&text, UINT64_MAX);
    assert_int_equal(text.error, 0);
    assert_int_equal(strlen(text.data), text.length);
    assert_non_null(strstr(text.data, ",4999,18446744073709551615"));
    text_clear(&text);
    assert_string_equal(text_value(&text), "");
    text_free(&text);
}

static void arena_keeps_what_it_gave(void **state)
{
    (void)state;
    struct arena arena = ARENA_EMPTY;
    char *texts[2000];
    for (int i = 0; i < 2000; i++)
        texts[i] = arena_format(&arena, "text number %d", i);
    unsigned char *large = arena_allocate(&arena, 1 << 20);
    assert_non_null(large);
    for (size_t i = 0; i < 1 << 20; i += 4096)
        assert_int_equal(large[i], 0);
    for (int i = 0; i < 2000; i++) {
        char expected[32];
        snprintf(expected, sizeof(expected), "text number %d", i);
        assert_string_equal(texts[i], expected);
        assert_int_equal((uintptr_t)arena_allocate(&arena, 1) % 16, 0);
    }
    assert_null(arena_allocate(&arena, SIZE_MAX - 8));
    arena_free(&arena);
    assert_null(arena.newest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reals_are_the_shortest_that_round_trip),
        cmocka_unit_test(reals_read_back_equal),
        cmocka_unit_test(appending_grows_and_ends_in_zero),
        cmocka_unit_test(arena_keeps_what_it_gave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
