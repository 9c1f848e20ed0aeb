/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <windows.h>

#include "base/file.h"
#include "base/windows/wide.h"
#include "tests/cmocka.h"

static void check_path(const char *root, const char *path, const char *expected)
{
    char buffer[64];
    assert_int_equal(file_path(buffer, sizeof(buffer), root, path), 0);
    assert_string_equal(buffer, expected);
}

static void a_drive_stands_for_itself_or_below_a_root(void **state)
{
    (void)state;
    check_path("/", "C:\\Windows\\System32", "C:\\Windows\\System32");
    check_path("", "c:/x", "c:/x");
    check_path("Z:\\tmp\\root\\", "C:\\Windows", "Z:\\tmp\\root/C/Windows");
    check_path("Z:/tmp", "etc/x", "Z:/tmp/etc/x");
    check_path("Z:/tmp/", "\\etc", "Z:/tmp/etc");
    char small[8];
    assert_int_equal(file_path(small, sizeof(small), "Z:/tmp", "C:\\Windows"), -ENAMETOOLONG);
}

/* A name that no code page has whole. */
static void make_file(char path[MAX_PATH], const char *content)
{
    wchar_t folder[MAX_PATH], name[MAX_PATH];
    DWORD written;
    assert_true(GetTempPathW(MAX_PATH - 32, folder) > 0);
    (void)swprintf(name, MAX_PATH, L"%lschokepoint-%lu-\u00e9\u0436\u4e2d.txt", folder, GetCurrentProcessId());
    HANDLE file = CreateFileW(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    assert_ptr_not_equal(file, INVALID_HANDLE_VALUE);
    assert_true(WriteFile(file, content, (DWORD)strlen(content), &written, NULL));
    CloseHandle(file);
    assert_int_equal(wide_to_utf8(path, MAX_PATH, name), 0);
}

static void files_are_read_as_they_are(void **state)
{
    (void)state;
    static const char content[] = "one\r\ntwo\n\x1athree";
    char path[MAX_PATH];
    wchar_t wide[MAX_PATH];
    struct text text = TEXT_EMPTY;
    make_file(path, content);
    text_string(&text, "before ");
    assert_int_equal(file_read(path, 100, &text), 0);
    assert_int_equal(text.length, strlen("before ") + strlen(content));
    assert_string_equal(text_value(&text) + strlen("before "), content);
    assert_int_equal(file_read(path, 5, &text), -EFBIG);
    assert_int_equal(text.length, strlen("before ") + strlen(content));
    assert_int_equal(file_read("C:\\windows", 100, &text), -EISDIR);
    assert_int_equal(file_read("C:\\nonexistent\\file", 100, &text), -ENOENT);
    assert_int_equal(file_read("C:\\\xff\xfe", 100, &text), -EILSEQ);
    assert_int_equal(file_read("NUL", 100, &text), -EINVAL);
    text_free(&text);
    assert_int_equal(wide_from_utf8(wide, MAX_PATH, path), 0);
    assert_true(DeleteFileW(wide));
}

static void text_between_widths(void **state)
{
    (void)state;
    wchar_t wide[4], unpaired[] = {0xd800, 'x', 0};
    char narrow[8];
    assert_int_equal(wide_from_utf8(wide, 4, "\xc3\xa9\xe4\xb8\xad"), 0);
    assert_int_equal(wide[0], 0xe9);
    assert_int_equal(wide[1], 0x4e2d);
    assert_int_equal(wide_from_utf8(wide, 4, "abcd"), -ENAMETOOLONG);
    assert_int_equal(wide_to_utf8(narrow, sizeof(narrow), unpaired), 0);
    assert_string_equal(narrow, "\xef\xbf\xbdx");
    assert_int_equal(wide_to_utf8(narrow, 3, L"abc"), -ENAMETOOLONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_drive_stands_for_itself_or_below_a_root),
        cmocka_unit_test(files_are_read_as_they_are),
        cmocka_unit_test(text_between_widths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
