/* SPDX-License-Identifier: Apache-2.0
 * A host's day, played sample by sample on the fake clock through analysis and findings, from the rows that collectors
 * put. Connections follow a model: whoever closes a connection leaves a TIME_WAIT for a minute. */
#ifndef CHOKEPOINT_TESTS_ANALYSIS_REPLAY_H
#define CHOKEPOINT_TESTS_ANALYSIS_REPLAY_H

#include "tests/analysis/findings_scene.h"

#define REPLAY_HOUR 3600.0
#define REPLAY_DAY  (24 * REPLAY_HOUR)

/* A host as it should be, and a worse one that must be told. put() is given SCENE_GOOD or SCENE_BAD. */
struct replay_host {
    const char *name;
    void (*put)(struct builder *builder, enum scene_state state, double seconds);
    const char *finding; /* what the worse one raises, */
    enum finding_severity severity;
};

/* Plays 24 hours of each host: nothing above this severity in any sample. Then the worse one of each, until its finding
 * is raised, for at most 24 hours. */
void replay_hosts(const struct replay_host *hosts, size_t count, enum finding_severity most);

/* Who connects to one destination. */
struct replay_flow {
    const char *destination;
    const char *process;
    double live;                         /* connections that stay */
    double (*per_second)(double second); /* connections opened and closed from here at that time of the day */
};

/* What holds for the ports of a host. */
struct replay_ports {
    unsigned low;
    unsigned high;
    bool reuse; /* tcp_tw_reuse=1 */
};

/* Puts what the collectors tcp and tuning would: flows of this host, its range, counters, owners, and tcp_tw_reuse with
 * the advice on it. */
void replay_put_flows(struct builder *builder, const struct replay_ports *ports, const struct replay_flow *flows,
                      size_t count, double seconds);

/* Puts the collectors themselves, all of which work. */
void replay_put_collectors(struct builder *builder);

/* A number between 1 - spread and 1 + spread, different for each second and always the same for one. */
double replay_noise(double seconds, double spread);

/* How busy people are at this second of the day, from 0.2 at night to 1. */
double replay_busy(double seconds);

/* Whether the second of the day is within so many seconds after this hour. */
bool replay_within(double seconds, double hour, double duration);

#endif
