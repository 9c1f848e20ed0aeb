/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/snmp/value.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "exporter/snmp/address.h"

/* How many of its units a column's unit has in the MIB. */
static const double scales[] = {
    [UNIT_NONE] = 1,      [UNIT_BYTES] = 1,         [UNIT_SECONDS] = 1000, [UNIT_TIMESTAMP_SECONDS] = 1,
    [UNIT_RATIO] = 10000, [UNIT_PER_SECOND] = 1000,
};

enum { TRUTH_VALUE_TRUE = 1, TRUTH_VALUE_FALSE = 2 };

static void set_number(struct value *ret_value, enum value_type type, uint64_t number)
{
    ret_value->type = type;
    ret_value->number = number;
}

static void set_octets(struct value *ret_value, const void *octets, size_t length)
{
    if (length > VALUE_MAX_OCTETS)
        length = VALUE_MAX_OCTETS;
    ret_value->type = VALUE_OCTETS;
    ret_value->length = length;
    memcpy(ret_value->octets, octets, length);
}

void value_set_unsigned(struct value *ret_value, uint64_t number)
{
    set_number(ret_value, VALUE_UNSIGNED, number < VALUE_INFINITE ? number : VALUE_INFINITE - 1);
}

bool value_set_scaled(struct value *ret_value, double number, double scale)
{
    if (isnan(number) || number < 0)
        return false;
    if (isinf(number))
        set_number(ret_value, VALUE_UNSIGNED, VALUE_INFINITE);
    else if (number * scale >= (double)(VALUE_INFINITE - 1))
        set_number(ret_value, VALUE_UNSIGNED, VALUE_INFINITE - 1);
    else
        set_number(ret_value, VALUE_UNSIGNED, (uint64_t)llround(number * scale));
    return true;
}

void value_set_text(struct value *ret_value, const char *text)
{
    set_octets(ret_value, text, strlen(text));
}

void value_set_time(struct value *ret_value, double seconds)
{
    unsigned char octets[11] = {0};
    struct tm utc;
    /* Whole tenths first: 1.99 s is not second 1 and tenth 10. */
    int64_t tenths = isfinite(seconds) && fabs(seconds) < 1e15 ? llround(seconds * 10) : 0;
    time_t whole = tenths / 10;
    if (tenths <= 0 || !gmtime_r(&whole, &utc) || utc.tm_year > UINT16_MAX - 1900) {
        set_octets(ret_value, octets, 8);
        return;
    }
    unsigned year = (unsigned)utc.tm_year + 1900;
    const unsigned fields[] = {year >> 8,
                               year & 255,
                               (unsigned)utc.tm_mon + 1,
                               (unsigned)utc.tm_mday,
                               (unsigned)utc.tm_hour,
                               (unsigned)utc.tm_min,
                               (unsigned)utc.tm_sec,
                               (unsigned)(tenths % 10),
                               '+'};
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        octets[i] = (unsigned char)fields[i];
    set_octets(ret_value, octets, sizeof(octets));
}

unsigned value_of_word(const struct column *column, uint64_t position)
{
    return column->numbers ? column->numbers[position] : (unsigned)position + 1;
}

static void set_absent_key(struct value *ret_value, const struct column *column, enum layout_part part)
{
    if (part == LAYOUT_ADDRESS || (part == LAYOUT_WHOLE && column->type == COLUMN_TEXT))
        value_set_text(ret_value, "");
    else if (part == LAYOUT_ADDRESS_PORT || column->type == COLUMN_PORT)
        value_set_unsigned(ret_value, 0);
    else
        set_number(ret_value, VALUE_INTEGER, 0);
}

static void set_address(struct value *ret_value, const char *text, bool endpoint, enum layout_part part)
{
    struct address address;
    if (endpoint)
        address_read_endpoint(text, &address);
    else
        address_read(text, &address);
    if (part == LAYOUT_ADDRESS)
        set_octets(ret_value, address.octets, address.length);
    else if (part == LAYOUT_ADDRESS_TYPE)
        set_number(ret_value, VALUE_INTEGER, address.type);
    else
        value_set_unsigned(ret_value, address.port);
}

/* A gauge or a real number: by its unit. */
static bool set_measured(struct value *ret_value, const struct column *column, double real, uint64_t number)
{
    if (column->unit == UNIT_TIMESTAMP_SECONDS) {
        value_set_time(ret_value, real);
        return true;
    }
    if (column->unit == UNIT_BYTES) {
        bool whole = column->type != COLUMN_REAL;
        uint64_t rounded = real >= 0 && real < 0x1p64 ? (uint64_t)nearbyint(real) : UINT64_MAX;
        set_number(ret_value, VALUE_COUNTER64, whole ? number : rounded);
        return whole || real >= 0;
    }
    if (column->type != COLUMN_REAL && column->unit == UNIT_NONE) {
        value_set_unsigned(ret_value, number);
        return true;
    }
    return value_set_scaled(ret_value, real, scales[column->unit]);
}

bool value_of_cell(const struct snapshot *snapshot, const struct table *table, size_t row,
                   const struct layout_column *column, struct value *ret_value)
{
    const struct column *declared = &table->columns[column->column];
    unsigned at = column->column;
    if (!snapshot_has(snapshot, table, row, at)) {
        if (declared->kind == COLUMN_KEY)
            set_absent_key(ret_value, declared, column->part);
        return declared->kind == COLUMN_KEY;
    }
    uint64_t number = snapshot_number(snapshot, table, row, at);
    switch (declared->type) {
    case COLUMN_TEXT:
        value_set_text(ret_value, snapshot_text(snapshot, table, row, at));
        return true;
    case COLUMN_ADDRESS:
    case COLUMN_ENDPOINT:
        set_address(ret_value, snapshot_text(snapshot, table, row, at), declared->type == COLUMN_ENDPOINT,
                    column->part);
        return true;
    case COLUMN_WORD:
        set_number(ret_value, VALUE_INTEGER, value_of_word(declared, number));
        return true;
    case COLUMN_BOOLEAN:
        set_number(ret_value, VALUE_INTEGER, number ? TRUTH_VALUE_TRUE : TRUTH_VALUE_FALSE);
        return true;
    case COLUMN_PORT:
        value_set_unsigned(ret_value, number);
        return true;
    case COLUMN_COUNTER:
        set_number(ret_value, VALUE_COUNTER64, number);
        return true;
    case COLUMN_GAUGE:
    case COLUMN_REAL:
        return set_measured(ret_value, declared, snapshot_real(snapshot, table, row, at), number);
    }
    return false;
}
