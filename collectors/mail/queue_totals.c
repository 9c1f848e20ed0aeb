/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/queue_tree.h"

const int64_t queue_age_seconds[QUEUE_AGES] = {300, 3600, 21600, 86400, 259200};

void queue_totals_add(struct queue_totals *totals, const struct queue_totals *more)
{
    totals->messages += more->messages;
    totals->dated += more->dated;
    totals->oldest = more->oldest < totals->oldest ? more->oldest : totals->oldest;
    totals->methods |= more->methods;
    for (unsigned i = 0; i < QUEUE_AGES; i++)
        totals->aged[i] += more->aged[i];
    totals->files_known = totals->files_known && more->files_known;
    totals->bytes += more->bytes;
    totals->set_aside += more->set_aside;
    totals->due += more->due;
}
