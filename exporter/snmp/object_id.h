/* SPDX-License-Identifier: Apache-2.0
 * Object identifiers as SNMP has them: at most 128 sub-identifiers (RFC 2578, 3.5). */
#ifndef CHOKEPOINT_EXPORTER_SNMP_OBJECT_ID_H
#define CHOKEPOINT_EXPORTER_SNMP_OBJECT_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OBJECT_ID_MAX 128u

struct object_id {
    uint32_t parts[OBJECT_ID_MAX];
    size_t length;
};

/* Reads "1.3.6.1" or ".1.3.6.1". 0, or -EINVAL for what is no object identifier of 2 to 128 sub-identifiers. */
int object_id_parse(const char *text, struct object_id *ret_id);

/* Adds sub-identifiers at the end. 0, or -ENOSPC where there would be more than 128; then nothing is added. */
int object_id_append(struct object_id *id, const uint32_t *parts, size_t count);

/* Writes its sub-identifiers as net-snmp has them, there is room for OBJECT_ID_MAX. Returns how many. */
size_t object_id_widen(const struct object_id *id, unsigned long *ret_parts);

/* Lexicographic order: below, at or above 0. What is a prefix of the other comes first. */
int object_id_compare(const uint32_t *a, size_t a_length, const uint32_t *b, size_t b_length);

/* Whether a root can be served from: well-formed, and short enough that the longest index of all tables still fits. */
bool object_id_is_root(const char *text);

#endif
