/* SPDX-License-Identifier: Apache-2.0
 * A walk over the whole MIB as text, a line each: place, type, value. */
#ifndef CHOKEPOINT_TESTS_EXPORTER_SNMP_WALK_H
#define CHOKEPOINT_TESTS_EXPORTER_SNMP_WALK_H

#include "base/text.h"
#include "exporter/snmp/mib.h"
#include "tests/cmocka.h"

static inline void walk_write_octets(const struct value *value, struct text *text)
{
    bool printable = true;
    for (size_t i = 0; i < value->length; i++)
        printable = printable && value->octets[i] >= 0x20 && value->octets[i] != 0x7f;
    if (printable)
        text_format(text, "STRING \"%.*s\"\n", (int)value->length, (const char *)value->octets);
    else {
        text_string(text, "HEX");
        for (size_t i = 0; i < value->length; i++)
            text_format(text, " %02x", value->octets[i]);
        text_string(text, "\n");
    }
}

static inline void walk_write_value(const struct value *value, struct text *text)
{
    static const char *const types[] = {
        [VALUE_INTEGER] = "INTEGER", [VALUE_UNSIGNED] = "Gauge32", [VALUE_COUNTER64] = "Counter64"};
    if (value->type == VALUE_OCTETS)
        walk_write_octets(value, text);
    else
        text_format(text, "%s %llu\n", types[value->type], (unsigned long long)value->number);
}

/* Appends everything that the snapshot shows below this root. */
static inline void walk_write(struct snapshot *snapshot, const char *root, struct text *text)
{
    struct object_id at;
    struct mib *mib;
    struct view *view;
    struct value value;
    assert_int_equal(object_id_parse(root, &at), 0);
    assert_int_equal(mib_new(&at, &mib), 0);
    assert_int_equal(view_new(snapshot, &view), 0);
    while (mib_next(mib, view, &at, false, &at, &value) == 0) {
        for (size_t i = 0; i < at.length; i++)
            text_format(text, ".%u", (unsigned)at.parts[i]);
        text_string(text, " ");
        walk_write_value(&value, text);
    }
    view_free(view);
    mib_free(mib);
}

#endif
