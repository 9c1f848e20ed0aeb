/* SPDX-License-Identifier: Apache-2.0
 * From what is known of a queue to its row in the table mail_queues, and its rows in mail_destinations: the same cells
 * for every mail server. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_QUEUE_ROW_H
#define CHOKEPOINT_COLLECTORS_MAIL_QUEUE_ROW_H

#include "collectors/mail/queue_tree.h"
#include "snapshot/builder.h"
#include "snapshot/tables/mail_queues.h"

struct queue_label {
    enum mail_mta mta;
    const char *server;
    const char *queue;
    const char *directory;
    bool has_due;       /* whether this queue's messages have a next attempt */
    bool has_set_aside; /* whether they may be frozen or held back in it */
    bool no_sizes;      /* the messages are not all of what is in the directory */
};

/* Puts one row. Cells that are not known (sizes not read yet, no arrival found) stay absent; an empty queue has the
 * age 0. Ages are those at builder_wall_now(). */
void queue_row_put(struct builder *builder, const struct queue_label *label, const struct queue_totals *totals);

/* Puts a row for each destination, and one for the messages of which none is known. destinations NULL: no row. */
void queue_row_put_destinations(struct builder *builder, const struct queue_label *label,
                                const struct queue_totals *totals, const struct destinations *destinations);

#endif
