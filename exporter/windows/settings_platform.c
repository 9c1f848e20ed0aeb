/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/settings_place.h"

#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/parse.h"
#include "settings_platform.h"

#define PATH_MOST 240

static bool is_port(const char *text)
{
    uint64_t port;
    return parse_unsigned(text, &port) == 0 && port > 0 && port <= UINT16_MAX;
}

static const char *after(const char *text, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

bool settings_is_control(const char *path)
{
    const char *name = after(path, SETTINGS_CONTROL_PREFIX);
    return !*path || (name && *name && strlen(path) < PATH_MOST && !strpbrk(name, "\\/"));
}

bool settings_is_agentx(const char *address)
{
    const char *v4 = after(address, "tcp:127.0.0.1:"), *v6 = after(address, "tcp6:[::1]:");
    return (v4 && is_port(v4)) || (v6 && is_port(v6));
}

bool settings_is_absolute_path(const char *path)
{
    return isalpha((unsigned char)path[0]) && path[1] == ':' && (path[2] == '\\' || path[2] == '/') &&
           strlen(path) < PATH_MOST;
}
