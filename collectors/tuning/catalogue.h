/* SPDX-License-Identifier: Apache-2.0
 * The tuning values that bound connections, as data: what they mean, their default and our advice. One entry a value;
 * the command and its undo follow from the entry (remedy.h). */
#ifndef CHOKEPOINT_COLLECTORS_TUNING_CATALOGUE_H
#define CHOKEPOINT_COLLECTORS_TUNING_CATALOGUE_H

#include <stddef.h>
#include <stdint.h>

#include "collectors/tuning/advice.h"

#define TUNING_MAX_FIELDS 3u

/* A default that memory or the kernel's version decides. */
#define TUNING_VARIES INT64_MIN

enum tuning_type {
    TUNING_NUMBERS, /* as many whole numbers as there are fields; further ones in the file are not shown */
    TUNING_PORTS,   /* a list of ports and ranges, "8080,9000-9100"; one field */
    TUNING_FREE,    /* a whole number or any text, as the configuration found it; one field */
    TUNING_STATE,   /* like TUNING_NUMBERS, but a reading that nobody sets */
};

struct tuning_field {
    const char *name; /* low, high, min, default, max; NULL where the value has one number */
    int64_t standard; /* the default, or TUNING_VARIES */
    struct advice advice;
};

struct tuning_entry {
    const char *key; /* dotted sysctl name, registry path below CurrentControlSet with the value's name, netsh's words */
    enum tuning_type type;
    unsigned field_count;
    struct tuning_field fields[TUNING_MAX_FIELDS];
    const char *reason; /* each text at most 255 octets: what a note holds */
    const char *caveat; /* may be NULL */
    bool configured;    /* the advice is the user's, not ours */
};

extern const struct tuning_entry catalogue_sysctl[];
extern const size_t catalogue_sysctl_count;

/* DWORDs below HKLM\SYSTEM\CurrentControlSet, for live registries and offline hives. */
extern const struct tuning_entry catalogue_registry[];
extern const size_t catalogue_registry_count;

/* What holds for some versions only, in place of the entry of the same key. Versions by 100 * major + minor: 502 is
 * Server 2003, 600 Vista and Server 2008. */
struct tuning_variant {
    unsigned since, until;
    struct tuning_entry entry;
};

extern const struct tuning_variant catalogue_variants[];
extern const size_t catalogue_variant_count;

/* What netsh and PowerShell tell of a live Windows: two words or more. */
extern const struct tuning_entry catalogue_netsh[];
extern const size_t catalogue_netsh_count;

#endif
