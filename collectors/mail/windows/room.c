/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/room.h"

#include <windows.h>

#include "base/windows/error.h"
#include "base/windows/wide.h"

#define PATH_UNITS 4096u

int room_ask(const char *directory, struct room *ret_room)
{
    wchar_t wide[PATH_UNITS];
    ULARGE_INTEGER free_bytes, all_bytes;
    int error = wide_from_utf8(wide, PATH_UNITS, directory);
    if (error < 0)
        return error;
    if (!GetDiskFreeSpaceExW(wide, &free_bytes, &all_bytes, NULL))
        return error_from_windows(GetLastError());
    *ret_room = (struct room){free_bytes.QuadPart, all_bytes.QuadPart};
    return 0;
}
