/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "collectors/windows/version.h"
#include "tests/cmocka.h"
#include "tests/fakes/local_machine.h"

static const char path[] = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";

static int tear_down(void **state)
{
    (void)state;
    fake_local_machine_clear();
    return 0;
}

static void expect(const char *wanted)
{
    struct windows_version version;
    char text[WINDOWS_VERSION_TEXT];
    assert_int_equal(windows_version_read(&version), 0);
    windows_version_format(&version, text);
    assert_string_equal(text, wanted);
}

static void old_versions_say_it_in_a_text(void **state)
{
    (void)state;
    fake_local_machine_text(path, "CurrentVersion", 1, "5.2");
    fake_local_machine_text(path, "CurrentBuildNumber", 1, "3790");
    expect("5.2.3790");
    fake_local_machine_text(path, "CurrentVersion", 1, "6.3");
    fake_local_machine_text(path, "CurrentBuildNumber", 1, "9600");
    expect("6.3.9600");
}

static void newer_ones_have_numbers_and_keep_the_text(void **state)
{
    (void)state;
    fake_local_machine_text(path, "CurrentVersion", 1, "6.3");
    fake_local_machine_text(path, "CurrentBuildNumber", 1, "20348");
    fake_local_machine_number(path, "CurrentMajorVersionNumber", 10);
    fake_local_machine_number(path, "CurrentMinorVersionNumber", 0);
    expect("10.0.20348");
}

static void what_is_no_version_is_unknown(void **state)
{
    struct windows_version version = {1, 2, 3};
    (void)state;
    assert_int_equal(windows_version_read(&version), -ENOENT);
    fake_local_machine_text(path, "CurrentVersion", 1, "6.3 beta");
    assert_int_equal(windows_version_read(&version), -EINVAL);
    fake_local_machine_fail(-EACCES);
    assert_int_equal(windows_version_read(&version), -EACCES);
    assert_int_equal(version.build, 3);
}

static void expect_none(int error)
{
    struct windows_version version = {1, 2, 3};
    assert_int_equal(windows_version_read(&version), error);
    assert_int_equal(version.major, 1);
}

/* Advice is chosen by the number: what is no Windows must not choose. */
static void what_is_no_windows_chooses_nothing(void **state)
{
    (void)state;
    fake_local_machine_text(path, "CurrentVersion", 1, "6.3");
    fake_local_machine_number(path, "CurrentMajorVersionNumber", 10);
    expect_none(-ENOENT); /* half of it: not the 6.3 that newer ones keep */
    fake_local_machine_number(path, "CurrentMinorVersionNumber", 100);
    expect_none(-EINVAL);
    fake_local_machine_number(path, "CurrentMinorVersionNumber", 0);
    expect("10.0.0");
    fake_local_machine_number(path, "CurrentMajorVersionNumber", 0);
    expect_none(-EINVAL);
    fake_local_machine_number(path, "CurrentMajorVersionNumber", UINT32_MAX / 100 + 6);
    expect_none(-EINVAL);
    fake_local_machine_text(path, "CurrentMajorVersionNumber", 1, "10");
    expect_none(-EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(old_versions_say_it_in_a_text, tear_down),
        cmocka_unit_test_teardown(newer_ones_have_numbers_and_keep_the_text, tear_down),
        cmocka_unit_test_teardown(what_is_no_version_is_unknown, tear_down),
        cmocka_unit_test_teardown(what_is_no_windows_chooses_nothing, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
