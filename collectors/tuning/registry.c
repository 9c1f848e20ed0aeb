/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tuning/registry.h"

#include <stdio.h>

#include "collectors/tuning/reading.h"

const char *registry_type_name(unsigned type)
{
    static const char *const names[] = {"REG_NONE",
                                        "REG_SZ",
                                        "REG_EXPAND_SZ",
                                        "REG_BINARY",
                                        "REG_DWORD",
                                        "REG_DWORD_BIG_ENDIAN",
                                        "REG_LINK",
                                        "REG_MULTI_SZ",
                                        "REG_RESOURCE_LIST",
                                        "REG_FULL_RESOURCE_DESCRIPTOR",
                                        "REG_RESOURCE_REQUIREMENTS_LIST",
                                        "REG_QWORD"};
    return type < sizeof(names) / sizeof(names[0]) ? names[type] : "REG_?";
}

void registry_wrong_type(struct registry_value *value, unsigned type, const char *content)
{
    *value = (struct registry_value){.state = REGISTRY_WRONG_TYPE};
    (void)snprintf(value->text, sizeof(value->text), "%s%.128s%signored: %s where a REG_DWORD of 4 bytes is expected",
                   content ? "\"" : "", content ? content : "", content ? "\", " : "", registry_type_name(type));
}

void registry_put(const struct plan_list *list, const struct registry_value *values, enum tuning_source source,
                  const char *origin, struct builder *builder)
{
    static const enum reading_state states[] = {[REGISTRY_ABSENT] = READING_ABSENT,
                                                [REGISTRY_DWORD] = READING_NUMBERS,
                                                [REGISTRY_WRONG_TYPE] = READING_IGNORED};
    for (size_t i = 0; i < list->count; i++) {
        const struct reading reading = {
            .entry = &list->entries[i],
            .source = source,
            .state = states[values[i].state],
            .numbers = {values[i].number},
            .text = values[i].text,
            .origin = values[i].state == REGISTRY_ABSENT ? NULL : origin,
        };
        reading_put(&reading, builder);
    }
}
