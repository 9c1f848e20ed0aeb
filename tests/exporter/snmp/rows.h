/* SPDX-License-Identifier: Apache-2.0
 * Rows for every table of the MIB, made from the declarations alone: what the tests of SNMP and its fuzzer ask about.
 */
#ifndef CHOKEPOINT_TESTS_EXPORTER_SNMP_ROWS_H
#define CHOKEPOINT_TESTS_EXPORTER_SNMP_ROWS_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "snapshot/builder.h"

/* A generator of our own: the same rows everywhere. */
static inline uint32_t rows_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Names of very different lengths, up to the bound, so that the order of an index differs from that of the text. */
static inline void rows_put_text(struct builder *builder, const struct column *column, unsigned at, uint32_t *seed)
{
    char text[256];
    unsigned bound = column_bound(column) < 255 ? column_bound(column) : 255;
    unsigned length = rows_random(seed) % 4 == 0 ? bound : rows_random(seed) % (bound < 12 ? bound + 1 : 12);
    for (unsigned i = 0; i < length; i++)
        text[i] = (char)(rows_random(seed) % 3 == 0 ? 0x21 + rows_random(seed) % 0x5e : 'a' + rows_random(seed) % 3);
    builder_bytes(builder, at, text, length);
}

static inline void rows_put_address(struct builder *builder, const struct column *column, unsigned at, uint32_t *seed)
{
    char text[64];
    const char *port = column->type == COLUMN_ENDPOINT ? ":25" : "";
    unsigned a = rows_random(seed) % 256, b = rows_random(seed) % 256;
    switch (rows_random(seed) % 4) {
    case 0:
        snprintf(text, sizeof(text), "*");
        break;
    case 1:
        snprintf(text, sizeof(text), *port ? "[2001:db8::%x:%x]%s" : "2001:db8::%x:%x%s", a, b, port);
        break;
    default:
        snprintf(text, sizeof(text), "192.0.%u.%u%s", a, b, port);
        break;
    }
    builder_text(builder, at, text);
}

static inline void rows_put_cell(struct builder *builder, const struct column *column, unsigned at, uint32_t *seed)
{
    static const double reals[] = {0, 0.0319, 1, 4294967.295, 1e12, INFINITY, -1};
    unsigned words = 0;
    if (rows_random(seed) % 5 == 0)
        return; /* absent */
    switch (column->type) {
    case COLUMN_TEXT:
        rows_put_text(builder, column, at, seed);
        break;
    case COLUMN_ADDRESS:
    case COLUMN_ENDPOINT:
        rows_put_address(builder, column, at, seed);
        break;
    case COLUMN_WORD:
        while (column->words[words])
            words++;
        builder_number(builder, at, rows_random(seed) % words);
        break;
    case COLUMN_REAL:
        builder_real(builder, at, reals[rows_random(seed) % 7]);
        break;
    case COLUMN_BOOLEAN:
        builder_number(builder, at, rows_random(seed) % 2);
        break;
    default:
        builder_number(builder, at, rows_random(seed) % 65536);
        break;
    }
}

/* count rows for each table that has a place in the MIB. */
static inline void rows_fill(struct builder *builder, unsigned count, uint32_t seed)
{
    for (size_t t = 0; tables[t]; t++) {
        for (unsigned row = 0; tables[t]->mib && row < count; row++) {
            builder_row(builder, tables[t]);
            for (unsigned at = 0; at < tables[t]->column_count; at++)
                rows_put_cell(builder, &tables[t]->columns[at], at, &seed);
        }
    }
}

#endif
