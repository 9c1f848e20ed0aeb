/* SPDX-License-Identifier: Apache-2.0
 * The connect probe: tries a connection to a destination of the user's choice now and then, and tells whether it came
 * to be. It never waits: a sample begins a connection, a later one looks what became of it. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_PROBE_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_PROBE_H

#include "collectors/tcp/options.h"
#include "snapshot/builder.h"

/* How long an attempt may take before it counts as failed. */
#define PROBE_PATIENCE_SECONDS 10

/* What became of the last attempt. */
struct probe {
    const struct tcp_probe_options *options;
    int fd; /* of an attempt under way, else -1 */
    int64_t begun;
    int64_t next; /* when to try again */
    bool known;   /* an attempt has ended; error is its errno, 0 if it succeeded */
    int error;
};

/* Begins without a result. options outlive it. */
void probe_init(struct probe *probe, const struct tcp_probe_options *options);

/* Takes the next step of an attempt and puts the row of tcp_connect_probe once there is a result. Nothing without a
 * target. now: CLOCK_MONOTONIC. */
void probe_step(struct probe *probe, int64_t now, struct builder *builder);

/* Gives up an attempt under way. */
void probe_close(struct probe *probe);

#endif
