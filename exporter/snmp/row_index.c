/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/snmp/row_index.h"

#include <string.h>

#include "exporter/snmp/address.h"
#include "exporter/snmp/value.h"

struct writer {
    uint32_t *parts;
    size_t length;
};

/* Beyond the room nothing is written: two rows would share an index, but nothing overflows. */
static void put(struct writer *writer, uint32_t part)
{
    if (writer->length < ROW_INDEX_MAX)
        writer->parts[writer->length++] = part;
}

static void put_octets(struct writer *writer, const void *octets, size_t length)
{
    const unsigned char *octet = octets;
    put(writer, (uint32_t)length);
    for (size_t i = 0; i < length; i++)
        put(writer, octet[i]);
}

static void put_address(struct writer *writer, const char *text, bool endpoint)
{
    struct address address;
    if (endpoint)
        address_read_endpoint(text, &address);
    else
        address_read(text, &address);
    put(writer, address.type);
    put_octets(writer, address.octets, address.length);
    if (endpoint)
        put(writer, address.port);
}

/* An absent key is empty or 0, as its column reads. */
static void put_key(struct writer *writer, const struct snapshot *snapshot, const struct table *table, size_t row,
                    unsigned at)
{
    const struct column *column = &table->columns[at];
    const char *text = snapshot_text(snapshot, table, row, at);
    bool there = snapshot_has(snapshot, table, row, at);
    uint64_t number = snapshot_number(snapshot, table, row, at);
    switch (column->type) {
    case COLUMN_TEXT:
        put_octets(writer, text, strlen(text));
        break;
    case COLUMN_ADDRESS:
    case COLUMN_ENDPOINT:
        put_address(writer, text, column->type == COLUMN_ENDPOINT);
        break;
    case COLUMN_WORD:
        put(writer, there ? value_of_word(column, number) : 0);
        break;
    default:
        put(writer, (uint32_t)number);
        break;
    }
}

size_t row_index_write(const struct snapshot *snapshot, const struct table *table, size_t row, uint32_t *parts)
{
    struct writer writer = {parts, 0};
    if (table->indexed_by_row)
        put(&writer, snapshot_row_number(snapshot, table, row));
    for (unsigned i = 0; !table->indexed_by_row && i < table->column_count; i++)
        if (table->columns[i].kind == COLUMN_KEY)
            put_key(&writer, snapshot, table, row, i);
    return writer.length;
}
