/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "tests/cmocka.h"

static void numbers_are_dense_and_stable(void **state)
{
    (void)state;
    struct map map = MAP_EMPTY;
    char key[32];
    for (size_t i = 0; i < 50000; i++) {
        int length = snprintf(key, sizeof(key), "key %zu", i);
        assert_int_equal(map_put(&map, key, (size_t)length), i);
    }
    for (size_t i = 0; i < 50000; i++) {
        int length = snprintf(key, sizeof(key), "key %zu", i);
        assert_int_equal(map_put(&map, key, (size_t)length), i);
        assert_int_equal(map_find(&map, key, (size_t)length), i);
        assert_memory_equal(map.entries[i].key, key, (size_t)length);
    }
    assert_int_equal(map.count, 50000);
    assert_true(map_find(&map, "key", 3) == MAP_NONE);
    map_clear(&map);
    assert_true(map_find(&map, "key 1", 5) == MAP_NONE);
    assert_int_equal(map_put(&map, "key 1", 5), 0);
    map_free(&map);
}

static void keys_may_be_empty_or_hold_zeroes(void **state)
{
    (void)state;
    struct map map = MAP_EMPTY;
    assert_true(map_find(&map, "", 0) == MAP_NONE);
    assert_int_equal(map_put(&map, "", 0), 0);
    assert_int_equal(map_put(&map, "\0", 1), 1);
    assert_int_equal(map_put(&map, "\0\0", 2), 2);
    assert_int_equal(map_find(&map, "\0", 1), 1);
    map_free(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_dense_and_stable),
        cmocka_unit_test(keys_may_be_empty_or_hold_zeroes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
