/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <unistd.h>

#include "collectors/mail/program.h"
#include "tests/cmocka.h"
#include "tests/fakes/clock.h"

static int run(struct program *program, const char *script)
{
    const char *const arguments[] = {"/bin/sh", "-c", script, NULL};
    assert_int_equal(program_start(program, arguments), 0);
    int error;
    while ((error = program_wait(program, clock_monotonic())) == -EAGAIN) {
        usleep(5000);
        fake_clock_advance(50 * CLOCK_MILLISECOND);
    }
    return error;
}

static void programs_are_bounded(void **state)
{
    (void)state;
    struct program program = PROGRAM_EMPTY;
    assert_int_equal(run(&program, "echo hello; echo away >&2"), 0);
    assert_string_equal(text_value(&program.output), "hello\n");
    assert_int_equal(run(&program, "exit 3"), -EIO);
    assert_int_equal(run(&program, "kill -9 $$"), -EIO);
    assert_int_equal(run(&program, "yes"), -E2BIG);
    assert_int_equal(run(&program, "sleep 1000 & sleep 1000"), -ETIME);
    assert_int_equal(run(&program, "read x && echo $x; cat"), 0); /* nothing to read */
    program_stop(&program);
    const char *const missing[] = {"/nonexistent/exim", NULL};
    assert_int_equal(program_start(&program, missing), -ENOENT);
    program_stop(&program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(programs_are_bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
