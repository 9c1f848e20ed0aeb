/* SPDX-License-Identifier: Apache-2.0 */
#include "base/windows/wide.h"

#include <errno.h>
#include <limits.h>

#include <windows.h>

static int bounded(size_t size)
{
    return size > INT_MAX ? INT_MAX : (int)size;
}

static int failure(void)
{
    return GetLastError() == ERROR_NO_UNICODE_TRANSLATION ? -EILSEQ : -ENAMETOOLONG;
}

int wide_from_utf8(wchar_t *buffer, size_t size, const char *text)
{
    return MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, buffer, bounded(size)) > 0 ? 0 : failure();
}

int wide_to_utf8(char *buffer, size_t size, const wchar_t *text)
{
    return WideCharToMultiByte(CP_UTF8, 0, text, -1, buffer, bounded(size), NULL, NULL) > 0 ? 0 : failure();
}
