/* SPDX-License-Identifier: Apache-2.0
 * net-snmp as a whole: put up, asked what happens, taken down. The order in which it wants its settings is here and
 * nowhere else. Only the SNMP thread calls here. */
#ifndef CHOKEPOINT_EXPORTER_SNMP_LIBRARY_H
#define CHOKEPOINT_EXPORTER_SNMP_LIBRARY_H

#include "exporter/snmp/handler.h"
#include "exporter/snmp/master.h"
#include "exporter/snmp/server.h"

/* A lost master is looked for, and one that is there asked for a sign of life, so often. */
#define LIBRARY_RETRY_SECONDS 2

/* What net-snmp tells while it works. */
struct library_events {
    void (*session)(void *context, bool open);        /* the AgentX session with the master */
    void (*message)(void *context, const char *line); /* what it would have logged, a line */
    void (*receiver)(void *context);                  /* one more is sent notifications from now on */
    struct master_events master;
    void *context;
};

/* Puts net-snmp up and registers the handler's MIB. root and listener outlive it. 0, -ENOMEM, -EINVAL where the
 * configuration file has errors (standalone; they were messages), or -EADDRNOTAVAIL where it cannot listen. On failure,
 * too, it wants to be closed. */
int library_open(const struct snmp_server_settings *settings, struct handler *handler, const struct object_id *root,
                 const struct library_events *listener);

/* One turn: waits for something to do, at most so long, or for descriptor wake, and does it. Returns whether wake is
 * readable. */
bool library_turn(int wake, int wait_milliseconds);

/* Takes leave of the master and frees all. */
void library_close(void);

#endif
