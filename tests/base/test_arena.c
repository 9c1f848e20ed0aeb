/* SPDX-License-Identifier: Apache-2.0 */
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "tests/cmocka.h"

static void fill_an_arena(void)
{
    struct arena arena = ARENA_EMPTY;
    unsigned char *before = NULL;
    for (size_t size = 1; size < 20000; size = size * 3 / 2 + 1) {
        unsigned char *memory = arena_allocate(&arena, size);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xff, size);
        assert_true(!before || before[0] == 0xff);
        before = memory;
    }
    arena_free(&arena);
}

static void memory_is_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    fill_an_arena();
    fill_an_arena(); /* with memory that was used before */
}

static void sizes_that_no_memory_has_are_refused(void **state)
{
    (void)state;
    struct arena arena = ARENA_EMPTY;
    assert_null(arena_allocate(&arena, SIZE_MAX));
    assert_null(arena_allocate(&arena, SIZE_MAX - 64));
    assert_non_null(arena_allocate(&arena, 1));
    arena_free(&arena);
}

static void texts_are_copied_and_formatted(void **state)
{
    (void)state;
    struct arena arena = ARENA_EMPTY;
    char long_name[9000];
    memset(long_name, 'x', sizeof(long_name) - 1);
    long_name[sizeof(long_name) - 1] = '\0';
    assert_string_equal(arena_copy(&arena, "abcdef", 3), "abc");
    assert_string_equal(arena_copy(&arena, "", 0), "");
    assert_string_equal(arena_format(&arena, "%s:%u", "192.0.2.1", 25u), "192.0.2.1:25");
    assert_string_equal(arena_format(&arena, "%s", long_name), long_name);
    arena_free(&arena);
}

static void a_freed_arena_can_be_used_again(void **state)
{
    (void)state;
    struct arena arena = ARENA_EMPTY;
    arena_free(&arena);
    assert_non_null(arena_allocate(&arena, 100));
    arena_free(&arena);
    arena_free(&arena);
    assert_non_null(arena_copy(&arena, "again", 5));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(sizes_that_no_memory_has_are_refused),
        cmocka_unit_test(texts_are_copied_and_formatted),
        cmocka_unit_test(a_freed_arena_can_be_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
