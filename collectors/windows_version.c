/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/windows_version.h"

#include <errno.h>
#include <stdio.h>

#include "base/parse.h"

#define TEXT_SIZE 64u

/* "5.2": what stands there up to 6.3; later ones keep saying 6.3 and have numbers beside it. */
static int find_old(const struct windows_version_values *values, uint32_t *ret_major, uint32_t *ret_minor)
{
    char text[TEXT_SIZE], end;
    int error = values->text(values->context, "CurrentVersion", text, sizeof(text));
    if (error < 0)
        return error;
    return sscanf(text, "%2u.%2u%c", ret_major, ret_minor, &end) == 2 ? 0 : -EINVAL;
}

static unsigned find_build(const struct windows_version_values *values)
{
    char text[TEXT_SIZE];
    uint64_t number = 0;
    if (values->text(values->context, "CurrentBuildNumber", text, sizeof(text)) == 0)
        (void)parse_unsigned(text, &number);
    return (unsigned)(number < 1000000 ? number : 0);
}

int windows_version_find(const struct windows_version_values *values, struct windows_version *ret_version)
{
    uint32_t major = 0, minor = 0;
    int error = values->number(values->context, "CurrentMajorVersionNumber", &major);
    if (error == 0)
        error = values->number(values->context, "CurrentMinorVersionNumber", &minor);
    else if (error == -ENOENT)
        error = find_old(values, &major, &minor);
    if (error < 0)
        return error;
    /* What no Windows is must not choose advice. */
    if (major == 0 || major > 99 || minor > 99)
        return -EINVAL;
    *ret_version = (struct windows_version){major, minor, find_build(values)};
    return 0;
}

unsigned windows_version_number(const struct windows_version *version)
{
    return 100 * version->major + version->minor;
}

void windows_version_format(const struct windows_version *version, char text[WINDOWS_VERSION_TEXT])
{
    (void)snprintf(text, WINDOWS_VERSION_TEXT, "%u.%u.%u", version->major % 1000, version->minor % 1000,
                   version->build);
}
