/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/life.h"

#include "tests/cmocka.h"

/* A kernel whose TIME_WAITs live so long, walked every five seconds; one entered every `pause` walks, a second before.
 */
static uint32_t measured(uint32_t kernel_ms, unsigned pause, unsigned walks)
{
    struct life life = {0};
    uint32_t left = 0;
    for (unsigned walk = 0; walk < walks; walk++) {
        left = left > 5000 ? left - 5000 : 0;
        if (walk % pause == 0)
            left = kernel_ms - 1000;
        life_note(&life, left, walk == 0 ? LIFE_USUAL_MS : 5000);
    }
    return life_ms(&life);
}

static void the_usual_life_needs_no_proof(void **state)
{
    (void)state;
    assert_int_equal(measured(60000, 1, 0), 60000);
    assert_int_equal(measured(60000, 1, 50), 60000);
    assert_int_equal(measured(60000, 9, 200), 60000);  /* now and then one */
    assert_int_equal(measured(60000, 40, 200), 60000); /* none most of the time */
}

static void another_kernels_life_is_believed_when_seen(void **state)
{
    (void)state;
    assert_int_equal(measured(20000, 1, 50), 19000);
    assert_int_equal(measured(20000, 9, 200), 19000);
    assert_int_equal(measured(20000, 1, 2), 60000); /* not yet */
    assert_int_equal(measured(240000, 1, 1), 239000);
    assert_int_equal(measured(58500, 1, 50), 60000); /* within what a walk can tell */
}

static void a_longer_one_corrects_it(void **state)
{
    (void)state;
    struct life life = {.measured_ms = 20000};
    life_note(&life, 59500, 5000);
    assert_int_equal(life_ms(&life), 60000);
    life_note(&life, 0, 5000);
    assert_int_equal(life_ms(&life), 60000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_usual_life_needs_no_proof),
        cmocka_unit_test(another_kernels_life_is_believed_when_seen),
        cmocka_unit_test(a_longer_one_corrects_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
