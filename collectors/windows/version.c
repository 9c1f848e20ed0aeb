/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/windows/version.h"

#include <errno.h>
#include <string.h>

#include "collectors/windows/local_machine.h"

static const char path[] = "SOFTWARE\\" WINDOWS_VERSION_KEY;

static int read_number(void *context, const char *name, uint32_t *ret_number)
{
    struct local_machine_value value;
    int error = local_machine_read(path, name, &value);
    (void)context;
    if (error < 0)
        return error;
    if (value.type != LOCAL_MACHINE_DWORD || value.length != 4)
        return -EINVAL;
    *ret_number = value.content.number;
    return 0;
}

static int read_text(void *context, const char *name, char *ret_text, size_t size)
{
    struct local_machine_value value;
    int error = local_machine_read(path, name, &value);
    (void)context;
    if (error < 0)
        return error;
    if (value.type != LOCAL_MACHINE_TEXT || strlen(value.content.text) >= size)
        return -EINVAL;
    memcpy(ret_text, value.content.text, strlen(value.content.text) + 1);
    return 0;
}

int windows_version_read(struct windows_version *ret_version)
{
    static const struct windows_version_values live = {.number = read_number, .text = read_text};
    return windows_version_find(&live, ret_version);
}
