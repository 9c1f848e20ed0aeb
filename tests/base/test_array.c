/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/array.h"
#include "tests/cmocka.h"

static void an_array_grows_and_keeps_what_it_holds(void **state)
{
    (void)state;
    unsigned *numbers = NULL;
    size_t capacity = 0;
    for (unsigned i = 0; i < 1000; i++) {
        void *array = numbers;
        assert_int_equal(array_make_room(&array, &capacity, i, sizeof(*numbers)), 0);
        numbers = array;
        assert_true(capacity > i);
        numbers[i] = i;
    }
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(numbers[i], i);
    free(numbers);
}

static void short_memory_changes_nothing(void **state)
{
    (void)state;
    void *array = NULL;
    size_t capacity = 0;
    assert_int_equal(array_make_room(&array, &capacity, 0, PTRDIFF_MAX / 64 + 1), -ENOMEM);
    assert_null(array);
    assert_int_equal(capacity, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(an_array_grows_and_keeps_what_it_holds),
                                       cmocka_unit_test(short_memory_changes_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
