/* SPDX-License-Identifier: Apache-2.0
 * Names of processes and units as small numbers, so that counting compares integers. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_NAMES_H
#define CHOKEPOINT_COLLECTORS_TCP_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/map.h"

/* The numbers that every table of names begins with. */
#define NAME_NONE    UINT32_C(0) /* "" */
#define NAME_UNKNOWN UINT32_C(1) /* "unknown" */

struct names {
    struct map map;
};

/* An owner: who, and in which unit or container. */
struct owner {
    uint32_t process;
    uint32_t unit;
};

#define OWNER_UNKNOWN ((struct owner){NAME_UNKNOWN, NAME_NONE})

/* Whether anything is known of the owner. */
bool owner_is_known(struct owner owner);

/* Prepares the table with the two names above. 0 or -ENOMEM; names_free() in any case. */
int names_init(struct names *names);

/* Gives the memory back. */
void names_free(struct names *names);

/* The number of a real process's name. One that is called like our own words ("unknown", "other") gets a '*' after it.
 * NAME_UNKNOWN when memory is short. */
uint32_t names_process(struct names *names, const char *name, size_t length);

/* The number of a unit's name; NAME_NONE when memory is short. */
uint32_t names_unit(struct names *names, const char *name, size_t length);

/* The name with this number. */
const char *names_text(const struct names *names, uint32_t number);

#endif
