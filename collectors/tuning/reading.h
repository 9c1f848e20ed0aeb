/* SPDX-License-Identifier: Apache-2.0
 * One value as it was found, whatever its source, and the rows that it makes. */
#ifndef CHOKEPOINT_COLLECTORS_TUNING_READING_H
#define CHOKEPOINT_COLLECTORS_TUNING_READING_H

#include <stdbool.h>

#include "collectors/tuning/catalogue.h"
#include "snapshot/builder.h"
#include "snapshot/tables/tuning.h"

/* What is there. */
enum reading_state {
    READING_NUMBERS, /* numbers[] */
    READING_TEXT,    /* text alone: a list of ports, or a value that was added and is no number */
    READING_ABSENT,  /* not set: the default rules */
    READING_IGNORED, /* set, but in a form that the system does not take: the default rules. text says what it is */
};

enum reading_persisted { PERSISTED_UNKNOWN, PERSISTED_NO, PERSISTED_YES };

struct reading {
    const struct tuning_entry *entry;
    enum tuning_source source;
    const char *netns; /* NULL where there is no such thing */
    enum reading_state state;
    int64_t numbers[TUNING_MAX_FIELDS];
    const char *text; /* the whole value, blanks at the ends removed; "" when ABSENT */
    enum reading_persisted persisted;
    const char *origin; /* where it is set for good, or NULL */
};

/* Judges one field of it. */
enum verdict reading_judge(const struct reading *reading, unsigned field);

/* Puts one row for each field of the entry. */
void reading_put(const struct reading *reading, struct builder *builder);

#endif
