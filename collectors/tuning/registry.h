/* SPDX-License-Identifier: Apache-2.0
 * The values of a Windows registry, live or from an offline hive: what a reader of either fills in, and their rows. */
#ifndef CHOKEPOINT_COLLECTORS_TUNING_REGISTRY_H
#define CHOKEPOINT_COLLECTORS_TUNING_REGISTRY_H

#include <stdint.h>

#include "collectors/tuning/plan.h"
#include "snapshot/builder.h"
#include "snapshot/tables/tuning.h"

#define REGISTRY_TEXT_SIZE 256u

enum registry_state {
    REGISTRY_ABSENT,
    REGISTRY_DWORD,      /* number */
    REGISTRY_WRONG_TYPE, /* text says what is there: Windows ignores it where it expects a DWORD */
};

struct registry_value {
    enum registry_state state;
    uint32_t number;
    char text[REGISTRY_TEXT_SIZE];
};

/* The registry's names of its types, by number; "REG_?" for others. [MS-RRP] 3.1.1.5 */
const char *registry_type_name(unsigned type);

/* Says in value that something else than a DWORD is there; content may be NULL where it is no text. */
void registry_wrong_type(struct registry_value *value, unsigned type, const char *content);

/* Puts the rows of list, values[i] being that of entry i. origin: where they were read. */
void registry_put(const struct plan_list *list, const struct registry_value *values, enum tuning_source source,
                  const char *origin, struct builder *builder);

#endif
