/* SPDX-License-Identifier: Apache-2.0
 * The arithmetic of ports that fill: pure numbers. Every connection takes a port; closed on this side first, it leaves
 * a TIME_WAIT that keeps the port for a constant time, or for a second where it may be reused. At a constant rate of
 * entries the TIME_WAITs grow for one of their lives and stand still from then on. */
#ifndef CHOKEPOINT_ANALYSIS_PORT_LEVEL_H
#define CHOKEPOINT_ANALYSIS_PORT_LEVEL_H

#include <stdbool.h>
#include <stdint.h>

/* TIME_WAITs are told apart by age in so many equal parts of their life. */
#define PORT_LEVEL_AGES 6u

/* The ports towards one destination. */
struct port_level {
    uint64_t live;                  /* sockets that are not TIME_WAIT */
    uint64_t ages[PORT_LEVEL_AGES]; /* TIME_WAITs by age, youngest first */
    uint64_t held;                  /* ports that no new connection can have now */
    uint64_t usable;
    double life_seconds; /* of a TIME_WAIT */
    bool reusable;       /* TIME_WAITs here may be reused after a second */
};

/* Seconds that a closed connection keeps its port. */
double port_level_hold(const struct port_level *level);

/* TIME_WAITs entered per second: those in the first part of their life over how long that is. Where they may be reused,
 * new connections end many of them within that part: then at least those of the last second. */
double port_level_rate(const struct port_level *level);

/* The share of usable ports that use settles at while connections go on at this rate. usable is not 0. */
double port_level_demand(const struct port_level *level);

/* Seconds until no port is left at this rate, at most one life; NaN if it will not come to that. */
double port_level_exhaustion(const struct port_level *level);

#endif
