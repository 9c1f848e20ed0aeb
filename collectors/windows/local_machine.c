/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/windows/local_machine.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <windows.h>

#include "base/windows/error.h"
#include "base/windows/wide.h"

#define WIDE_TEXT 512u

static bool is_text(DWORD type)
{
    return type == REG_SZ || type == REG_EXPAND_SZ;
}

/* What is longer than the buffer is cut: only its beginning is ever shown. */
static int query(HKEY key, const wchar_t *name, struct local_machine_value *value)
{
    wchar_t content[WIDE_TEXT + 1] = {0};
    DWORD type = 0, length = WIDE_TEXT * sizeof(wchar_t);
    LSTATUS status = RegQueryValueExW(key, name, NULL, &type, (BYTE *)content, &length);
    if (status != ERROR_SUCCESS && status != ERROR_MORE_DATA)
        return error_from_windows((unsigned long)status);
    *value = (struct local_machine_value){.type = type, .length = length};
    if (is_text(type))
        return wide_to_utf8(value->content.text, sizeof(value->content.text), content);
    memcpy(&value->content, content, sizeof(value->content.number));
    return 0;
}

int local_machine_read(const char *path, const char *name, struct local_machine_value *ret_value)
{
    wchar_t wide_path[WIDE_TEXT], wide_name[WIDE_TEXT];
    HKEY key;
    struct local_machine_value value;
    int error = wide_from_utf8(wide_path, WIDE_TEXT, path);
    if (error == 0)
        error = wide_from_utf8(wide_name, WIDE_TEXT, name);
    if (error < 0)
        return error;
    LSTATUS status = RegOpenKeyExW(HKEY_LOCAL_MACHINE, wide_path, 0, KEY_QUERY_VALUE | KEY_WOW64_64KEY, &key);
    if (status != ERROR_SUCCESS)
        return error_from_windows((unsigned long)status);
    error = query(key, wide_name, &value);
    (void)RegCloseKey(key);
    if (error == 0)
        *ret_value = value;
    return error == -ENAMETOOLONG ? -EOVERFLOW : error;
}
