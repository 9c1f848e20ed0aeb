/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/windows/version.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>

#include "base/parse.h"
#include "collectors/windows/local_machine.h"

static const char path[] = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";

static int read_number(const char *name, unsigned *ret_number)
{
    struct local_machine_value value;
    int error = local_machine_read(path, name, &value);
    if (error < 0)
        return error;
    if (value.type != LOCAL_MACHINE_DWORD || value.length != 4)
        return -EINVAL;
    *ret_number = value.content.number;
    return 0;
}

static int read_text(const char *name, struct local_machine_value *ret_value)
{
    int error = local_machine_read(path, name, ret_value);
    return error < 0 ? error : ret_value->type == LOCAL_MACHINE_TEXT ? 0 : -EINVAL;
}

/* "5.2": what stands there up to 6.3; later ones keep saying 6.3 and have numbers beside it. */
static int read_old(struct windows_version *version)
{
    struct local_machine_value value;
    char end;
    int error = read_text("CurrentVersion", &value);
    if (error < 0)
        return error;
    return sscanf(value.content.text, "%2u.%2u%c", &version->major, &version->minor, &end) == 2 ? 0 : -EINVAL;
}

int windows_version_read(struct windows_version *ret_version)
{
    struct windows_version version = {0};
    struct local_machine_value build;
    uint64_t number = 0;
    int error = read_number("CurrentMajorVersionNumber", &version.major);
    if (error == 0)
        error = read_number("CurrentMinorVersionNumber", &version.minor);
    else if (error == -ENOENT)
        error = read_old(&version);
    if (error == 0 && read_text("CurrentBuildNumber", &build) == 0)
        (void)parse_unsigned(build.content.text, &number);
    if (error < 0)
        return error;
    version.build = (unsigned)(number < 1000000 ? number : 0);
    *ret_version = version;
    return 0;
}

void windows_version_format(const struct windows_version *version, char text[WINDOWS_VERSION_TEXT])
{
    (void)snprintf(text, WINDOWS_VERSION_TEXT, "%u.%u.%u", version->major % 1000, version->minor % 1000, version->build);
}
