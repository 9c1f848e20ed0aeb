/* SPDX-License-Identifier: Apache-2.0
 * What SNMP says of one cell: the scales and types of CHOKEPOINT-MIB. */
#ifndef CHOKEPOINT_EXPORTER_SNMP_VALUE_H
#define CHOKEPOINT_EXPORTER_SNMP_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "exporter/snmp/layout.h"
#include "snapshot/snapshot.h"

/* The types on the wire: INTEGER (enumerations), Unsigned32 and Gauge32 (the same), Counter64, OCTET STRING. */
enum value_type { VALUE_INTEGER, VALUE_UNSIGNED, VALUE_COUNTER64, VALUE_OCTETS };

/* What is infinite reads so; what is finite and too great reads one less. */
#define VALUE_INFINITE UINT32_MAX

#define VALUE_MAX_OCTETS 255u

struct value {
    enum value_type type;
    uint64_t number;
    unsigned char octets[VALUE_MAX_OCTETS + 1];
    size_t length;
};

/* A whole number that saturates. */
void value_set_unsigned(struct value *ret_value, uint64_t number);

/* A number times scale, rounded; false for NaN and for what is below 0, which have no place in an Unsigned32. */
bool value_set_scaled(struct value *ret_value, double number, double scale);

/* Text, cut to 255 octets. */
void value_set_text(struct value *ret_value, const char *text);

/* DateAndTime (RFC 2579) in UTC of a time in seconds since 1970; eight zero octets for 0: not known. */
void value_set_time(struct value *ret_value, double seconds);

/* The number of a WORD's position in the MIB. */
unsigned value_of_word(const struct column *column, uint64_t position);

/* What the column of the MIB says of the row. Keys always have a value: an absent one is empty text, 0 or unknown(0).
 * Returns false where there is none. */
bool value_of_cell(const struct snapshot *snapshot, const struct table *table, size_t row,
                   const struct layout_column *column, struct value *ret_value);

#endif
