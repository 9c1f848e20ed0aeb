/* SPDX-License-Identifier: Apache-2.0
 * What a mail queue is for, by its server's own name for it: that decides when it is late. */
#ifndef CHOKEPOINT_ANALYSIS_FINDINGS_QUEUE_CLASS_H
#define CHOKEPOINT_ANALYSIS_FINDINGS_QUEUE_CLASS_H

#include "snapshot/tables/mail_queues.h"

enum queue_class {
    QUEUE_MOVING,   /* messages pass through within seconds */
    QUEUE_ACTIVE,   /* being delivered: new ones, and old ones that are tried again */
    QUEUE_DEFERRED, /* waits for the next attempt, days if need be */
    QUEUE_HELD,     /* somebody wants it to stay */
    QUEUE_BROKEN,   /* should always be empty */
};

/* The class of this server's queue of this name. */
enum queue_class queue_class_of(enum mail_mta mta, const char *queue);

#endif
