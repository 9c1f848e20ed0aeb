/* SPDX-License-Identifier: Apache-2.0
 * What the page shows first, as data: which tables, which of their cells, worst first. A table that has no view appears
 * by itself, below, as it is declared. */
#ifndef CHOKEPOINT_EXPORTER_PAGE_VIEWS_H
#define CHOKEPOINT_EXPORTER_PAGE_VIEWS_H

#include "base/text.h"
#include "snapshot/snapshot.h"

enum level { LEVEL_PLAIN, LEVEL_GOOD, LEVEL_WARNING, LEVEL_BAD };

/* One field of a view. With write NULL it is the cell of `column`, as human_cell() has it. write appends what people
 * read, as plain text, or nothing. */
struct view_field {
    const char *heading;
    unsigned column;
    void (*write)(const struct snapshot *snapshot, size_t row, struct text *text);
    bool numeric;     /* aligned to the right */
    bool wide;        /* in plain text on lines of its own */
    bool literal;     /* to be copied: a command */
    const char *link; /* on the page the text leads to this path with the text behind it; NULL: to nowhere */
};

struct view {
    const char *title;
    const char *empty; /* what to say when there is no row; NULL: leave the whole view out */
    const struct table *table;
    const struct view_field *fields; /* ended by a heading that is NULL; one without a text in any row is left out */
    bool (*wanted)(const struct snapshot *snapshot, size_t row);  /* NULL: every row */
    double (*rank)(const struct snapshot *snapshot, size_t row);  /* greatest first; NULL: as the snapshot has them */
    double (*share)(const struct snapshot *snapshot, size_t row); /* 0 to 1 for a bar, NaN for none; NULL: no bars */
    unsigned most_rows;                                           /* the rest is only counted; 0: all */
    bool cards; /* on the page each row is a card of its own, as its texts are too long for a line */
};

/* What is wrong with the agent's own sight. */
extern const struct view view_failed_collectors, view_failed_sources;

/* What stands, worst first. */
extern const struct view view_findings;

/* The questions of somebody who was just woken up, in their order. */
extern const struct view view_ports, view_sockets, view_listeners, view_mail, view_mail_connections, view_tuning;

/* Tuning values that are as advised, or without advice. */
extern const struct view view_tuning_rest;

/* How a share of a resource is coloured. NaN: LEVEL_PLAIN. */
enum level view_share_level(double share);

/* Appends sockets by state over all namespaces, most first: "3,000 time_wait, 120 established". */
void view_write_states(const struct snapshot *snapshot, struct text *text);

/* Appends the name that this host gives itself, uname(2). */
void view_write_host(const struct snapshot *snapshot, struct text *text);

/* Appends what runs here: "chokepoint 0.1.0 (0123456789ab)". */
void view_write_version(const struct snapshot *snapshot, struct text *text);

/* Appends when the values were sampled and how often that happens. Not how old they are: answers are cached. */
void view_write_sample(const struct snapshot *snapshot, struct text *text);

/* Appends the verdict in one sentence. */
void view_write_verdict(const struct snapshot *snapshot, struct text *text);

/* Whether every collector ran and every source could be read. */
bool view_is_healthy(const struct snapshot *snapshot);

/* Appends the same as one sentence, with numbers. */
void view_write_health(const struct snapshot *snapshot, struct text *text);

#endif
