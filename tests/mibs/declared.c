/* SPDX-License-Identifier: Apache-2.0
 * Prints what the MIB must say of the declared tables and of the scalars, a line each, for test_mib.py. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "exporter/snmp/layout.h"
#include "exporter/snmp/row_index.h"
#include "exporter/snmp/scalars.h"

/* "oldest_age" as "OldestAge". */
static void print_camel(const char *name, bool first)
{
    for (; *name; name++) {
        if (*name == '_')
            first = true;
        else
            putchar(first ? toupper((unsigned char)*name) : *name);
        first = *name == '_';
    }
}

static const char *syntax_of_number(const struct column *column)
{
    switch (column->unit) {
    case UNIT_BYTES:
        return "ChokepointGauge64";
    case UNIT_SECONDS:
        return "ChokepointSeconds";
    case UNIT_TIMESTAMP_SECONDS:
        return "DateAndTime";
    case UNIT_RATIO:
        return "ChokepointRatio";
    case UNIT_PER_SECOND:
        return "ChokepointRate";
    case UNIT_NONE:
        break;
    }
    return column->type == COLUMN_REAL ? "ChokepointNumber" : "Gauge32";
}

static void print_words(const struct column *column)
{
    fputs("INTEGER", stdout);
    if (column->kind == COLUMN_KEY && column->fold != FOLD_KEEP)
        fputs(" other=0", stdout);
    for (unsigned i = 0; column->words[i]; i++) {
        putchar(' ');
        print_camel(column->words[i], false);
        printf("=%u", value_of_word(column, i));
    }
}

static void print_syntax(const struct column *column, enum layout_part part)
{
    if (part != LAYOUT_WHOLE)
        fputs(part == LAYOUT_ADDRESS_TYPE ? "InetAddressType"
              : part == LAYOUT_ADDRESS    ? "InetAddress"
                                          : "InetPortNumber",
              stdout);
    else if (column->type == COLUMN_WORD)
        print_words(column);
    else if (column->type == COLUMN_TEXT)
        printf("SnmpAdminString 0..%u", column_bound(column));
    else if (column->type == COLUMN_PORT)
        fputs("InetPortNumber", stdout);
    else if (column->type == COLUMN_BOOLEAN)
        fputs("TruthValue", stdout);
    else
        fputs(column->type == COLUMN_COUNTER ? "Counter64" : syntax_of_number(column), stdout);
}

static void print_column(const struct layout *layout, const struct layout_column *place)
{
    const struct column *column = &layout->table->columns[place->column];
    printf("column\t%u\t%u\t", layout->table->mib, place->number);
    print_camel(column->name, true);
    fputs(place->part == LAYOUT_ADDRESS_TYPE ? "Type" : place->part == LAYOUT_ADDRESS_PORT ? "Port" : "", stdout);
    printf("\t%s\t", column->kind == COLUMN_KEY ? "key" : "value");
    print_syntax(column, place->part);
    putchar('\n');
}

static void print_table(const struct table *table)
{
    struct layout layout;
    layout_make(table, &layout);
    printf("table\t%u\t%s\t%s\t%zu\n", table->mib, table->name, table->indexed_by_row ? "row" : "keys",
           layout_index_bound(table));
    for (size_t i = 0; i < layout.count; i++)
        print_column(&layout, &layout.columns[i]);
}

int main(void)
{
    static const char *const types[] = {[VALUE_INTEGER] = "Enumeration",
                                        [VALUE_UNSIGNED] = "Unsigned32",
                                        [VALUE_COUNTER64] = "Unsigned64",
                                        [VALUE_OCTETS] = "OctetString"};
    printf("room\t%u\n", ROW_INDEX_MAX);
    for (size_t i = 0; tables[i]; i++) {
        const struct table *table = tables[i];
        if (table->mib)
            print_table(table);
        else if (!table->not_in_mib || !table->not_in_mib[0])
            printf("undecided\t%s\n", table->name);
        for (unsigned at = 0; !table->mib && at < table->column_count; at++)
            if (table->columns[at].mib)
                printf("undecided\t%s.%s\n", table->name, table->columns[at].name);
    }
    for (unsigned number = 1; number <= SCALARS_COUNT; number++) {
        struct value value;
        scalars_value(NULL, number, &value);
        printf("scalar\t%u\t%s\n", number, types[value.type]);
    }
    return 0;
}
