/* SPDX-License-Identifier: Apache-2.0
 * How a table is declared: once, as constant data in snapshot/tables/. The Prometheus text, the SNMP tables, the JSON,
 * the page and docs/metrics.md all come from these declarations. */
#ifndef CHOKEPOINT_SNAPSHOT_DECLARATION_H
#define CHOKEPOINT_SNAPSHOT_DECLARATION_H

#include <stdbool.h>
#include <stddef.h>

enum column_kind {
    COLUMN_KEY,   /* identifies the row: a label, and part of the SNMP index */
    COLUMN_VALUE, /* a measured value: a metric when it names one */
    COLUMN_NOTE,  /* text for JSON, page and SNMP; never a label, never a metric */
};

enum column_type {
    COLUMN_TEXT,     /* UTF-8 of at most `bound` octets; the builder makes it so */
    COLUMN_WORD,     /* one of `words`, stored as its position */
    COLUMN_PORT,     /* a port number; a key only; absent where there is none */
    COLUMN_ADDRESS,  /* an IP address as text, without brackets, or "*" or "other" */
    COLUMN_ENDPOINT, /* address:port or [address]:port as text, or "*" or "other" */
    COLUMN_GAUGE,    /* a whole number that goes up and down */
    COLUMN_COUNTER,  /* a whole number that only grows; the builder sees to that in bounded tables */
    COLUMN_REAL,     /* a number with a fraction; may be infinite */
    COLUMN_BOOLEAN,  /* 0 or 1 */
};

enum column_unit { UNIT_NONE, UNIT_BYTES, UNIT_SECONDS, UNIT_TIMESTAMP_SECONDS, UNIT_RATIO, UNIT_PER_SECOND };

/* What becomes of a cell when its row is folded into the row `other`. */
enum column_fold {
    FOLD_ABSENT, /* left out: keys become empty, values absent */
    FOLD_OTHER,  /* text keys: "other" */
    FOLD_KEEP,   /* keys: kept, so there is one `other` row for each value */
    FOLD_SUM,
    FOLD_MAX,
    FOLD_MIN,
};

struct column {
    const char *name; /* snake_case, unique in the table; the label's name for keys */
    enum column_kind kind;
    enum column_type type;
    enum column_unit unit;
    enum column_fold fold;
    const char *metric; /* VALUE: family name; NULL: not a metric. "chokepoint_" goes before it unless it starts
                         * with "process_". A name that ends in _total is a counter, every other a gauge */
    bool detail;        /* VALUE: a metric only where detail is asked for; always in JSON, page and SNMP */
    const char *label;  /* a fixed extra label that sets several columns of one family apart; NULL: none */
    const char *label_value;
    unsigned bound;           /* TEXT, ADDRESS, ENDPOINT: most octets; 0 means 255 */
    const char *const *words; /* WORD: the spellings, NULL-ended */
    const unsigned *numbers;  /* WORD: the numbers in the MIB, as many as words; NULL: position + 1 */
    unsigned mib;     /* column number in the MIB, 1 to 99; 0: not in the MIB. An ADDRESS or ENDPOINT also takes the
                       * number before (InetAddressType), an ENDPOINT the number after (InetPortNumber) too */
    const char *help; /* one sentence; the metric's HELP, the same for all columns of one family */
};

/* What bounds a table. max_rows 0: as many rows as there are, never folded. */
struct table_bound {
    unsigned max_rows; /* rows shown, `other` apart; a configuration may change it */
    unsigned rank_by;  /* the column whose greatest values are shown */
    unsigned always;   /* so many of the greatest are shown even if marked weak (builder_weak) */
    bool uncut;        /* max_series leaves this table alone: what it tells must not be lost where room is short */
};

struct table {
    const char *name; /* snake_case; the key in JSON */
    const char *help; /* one sentence */
    const struct column *columns;
    unsigned column_count; /* at most TABLE_MAX_COLUMNS */
    struct table_bound bound;
    bool internal;          /* lives only while a sample is made: input of the analysis, never published */
    bool indexed_by_row;    /* SNMP: the keys do not fit an OID; a stable row number is the index */
    unsigned mib;           /* table number in the MIB; 0: not in the MIB */
    const char *not_in_mib; /* why not, where mib is 0 */
};

#define TABLE_MAX_COLUMNS     64u
#define COLUMN_COUNT(columns) ((unsigned)(sizeof(columns) / sizeof((columns)[0])))

/* Every table, NULL-ended, in the order in which they are printed: snapshot/tables/tables.c. */
extern const struct table *const tables[];

/* How many tables there are. */
size_t tables_count(void);

/* The table's position in tables[], or tables_count() if it is none of them. */
size_t tables_position(const struct table *table);

/* The bound of a text-like column in octets. */
unsigned column_bound(const struct column *column);

/* What the name of a counter's metric ends in. */
#define METRIC_TOTAL "_total"

/* Whether the metric is a counter: by its name. */
bool metric_is_counter(const char *metric);

/* What goes before the metric's name: "chokepoint_", or "" for the standard process_* ones. */
const char *metric_prefix(const char *metric);

/* Whether cells of this column hold text. */
bool column_is_text(const struct column *column);

#endif
