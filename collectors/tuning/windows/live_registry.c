/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tuning/windows/live_registry.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collectors/windows/local_machine.h"

/* Windows takes a DWORD of four bytes and nothing else for one. */
static void take(const struct local_machine_value *found, struct registry_value *value)
{
    bool is_text = found->type == LOCAL_MACHINE_TEXT || found->type == LOCAL_MACHINE_EXPANDABLE;
    if (found->type == LOCAL_MACHINE_DWORD && found->length == 4)
        *value = (struct registry_value){.state = REGISTRY_DWORD, .number = found->content.number};
    else
        registry_wrong_type(value, found->type, is_text ? found->content.text : NULL);
}

static int read_value(const char *key, struct registry_value *value)
{
    char path[320];
    struct local_machine_value found;
    const char *name = strrchr(key, '\\');
    if (!name)
        return -EINVAL;
    (void)snprintf(path, sizeof(path), "SYSTEM\\CurrentControlSet\\%.*s", (int)(name - key), key);
    int error = local_machine_read(path, name + 1, &found);
    *value = (struct registry_value){.state = REGISTRY_ABSENT};
    if (error == 0)
        take(&found, value);
    return error == -ENOENT ? 0 : error;
}

int live_registry_read(const struct plan_list *list, struct registry_value *values, const char **ret_key)
{
    for (size_t i = 0; i < list->count; i++) {
        int error = read_value(list->entries[i].key, &values[i]);
        if (error < 0) {
            *ret_key = list->entries[i].key;
            return error;
        }
    }
    return 0;
}
