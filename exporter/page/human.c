/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/page/human.h"

static void write_real(struct text *text, enum column_unit unit, double number)
{
    switch (unit) {
    case UNIT_BYTES:
        human_bytes(text, number);
        break;
    case UNIT_SECONDS:
        human_duration(text, number);
        break;
    case UNIT_TIMESTAMP_SECONDS:
        human_timestamp(text, number);
        break;
    case UNIT_RATIO:
        human_ratio(text, number);
        break;
    case UNIT_PER_SECOND:
        human_real(text, number);
        text_string(text, "/s");
        break;
    case UNIT_NONE:
        human_real(text, number);
        break;
    }
}

void human_cell(struct text *text, const struct snapshot *snapshot, const struct table *table, size_t row,
                unsigned column)
{
    const struct column *declared = &table->columns[column];
    if (!snapshot_has(snapshot, table, row, column))
        return;
    if (column_is_text(declared) || declared->type == COLUMN_WORD)
        human_visible(text, snapshot_text(snapshot, table, row, column));
    else if (declared->type == COLUMN_BOOLEAN)
        text_string(text, snapshot_number(snapshot, table, row, column) ? "yes" : "no");
    else if (declared->type == COLUMN_PORT)
        text_unsigned(text, snapshot_number(snapshot, table, row, column));
    else if (declared->type != COLUMN_REAL && declared->unit == UNIT_NONE)
        human_count(text, snapshot_number(snapshot, table, row, column));
    else
        write_real(text, declared->unit, snapshot_real(snapshot, table, row, column));
}

void human_part(struct text *text, const struct snapshot *snapshot, const struct table *table, size_t row,
                unsigned part, unsigned whole)
{
    human_cell(text, snapshot, table, row, part);
    if (!snapshot_has(snapshot, table, row, part) || !snapshot_has(snapshot, table, row, whole))
        return;
    text_string(text, " of ");
    human_cell(text, snapshot, table, row, whole);
}
