/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char unknown[] = "unknown";

bool owner_is_known(struct owner owner)
{
    return owner.process != NAME_UNKNOWN || owner.unit != NAME_NONE;
}

int names_init(struct names *names)
{
    names->map = MAP_EMPTY;
    /* The key includes the zero byte: it is handed out as a string. */
    if (map_put(&names->map, "", 1) != NAME_NONE || map_put(&names->map, unknown, sizeof(unknown)) != NAME_UNKNOWN)
        return -ENOMEM;
    return 0;
}

void names_free(struct names *names)
{
    map_free(&names->map);
}

static uint32_t put(struct names *names, const char *name, size_t length, uint32_t otherwise)
{
    char text[256];
    if (length >= sizeof(text))
        length = sizeof(text) - 1;
    memcpy(text, name, length);
    text[length] = '\0';
    size_t number = map_put(&names->map, text, length + 1);
    return number == MAP_NONE ? otherwise : (uint32_t)number;
}

uint32_t names_process(struct names *names, const char *name, size_t length)
{
    static const char *const ours[] = {unknown, "other"};
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        if (length == strlen(ours[i]) && memcmp(name, ours[i], length) == 0) {
            char marked[16];
            int written = snprintf(marked, sizeof(marked), "%s*", ours[i]);
            return put(names, marked, (size_t)written, NAME_UNKNOWN);
        }
    }
    return length > 0 ? put(names, name, length, NAME_UNKNOWN) : NAME_UNKNOWN;
}

uint32_t names_unit(struct names *names, const char *name, size_t length)
{
    return length > 0 ? put(names, name, length, NAME_NONE) : NAME_NONE;
}

const char *names_text(const struct names *names, uint32_t number)
{
    return number < names->map.count ? names->map.entries[number].key : unknown;
}
