/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/port_level.h"

#include <math.h>

/* net.ipv4.tcp_tw_reuse_delay: a constant second before it became a setting. */
#define REUSE_SECONDS 1.0

double port_level_hold(const struct port_level *level)
{
    return level->reusable ? REUSE_SECONDS : level->life_seconds;
}

/* Those that may not be reused yet, over how long that lasts. */
static double fresh_rate(const struct port_level *level)
{
    return level->held > level->live ? (double)(level->held - level->live) / REUSE_SECONDS : 0;
}

double port_level_rate(const struct port_level *level)
{
    double rate = (double)level->ages[0] * PORT_LEVEL_AGES / level->life_seconds;
    return level->reusable ? fmax(rate, fresh_rate(level)) : rate; /* many end before that part of their life does */
}

double port_level_demand(const struct port_level *level)
{
    return ((double)level->live + port_level_rate(level) * port_level_hold(level)) / (double)level->usable;
}

/* Part by part of a life: as many enter as now, and those leave that are that old. */
static double time_to_fill(const struct port_level *level, double room)
{
    const double part_seconds = level->life_seconds / PORT_LEVEL_AGES;
    const double entering = (double)level->ages[0];
    for (unsigned part = 0; part < PORT_LEVEL_AGES; part++) {
        double growth = entering - (double)level->ages[PORT_LEVEL_AGES - 1 - part];
        if (growth >= room)
            return part_seconds * (part + room / growth);
        room -= growth;
    }
    return level->life_seconds; /* rounding: it fills in the very moment in which the first leave */
}

double port_level_exhaustion(const struct port_level *level)
{
    double room = level->usable > level->held ? (double)(level->usable - level->held) : 0;
    if (!(port_level_demand(level) > 1))
        return NAN;
    if (room == 0)
        return 0;
    if (level->reusable)
        return fmin(room / port_level_rate(level), level->life_seconds);
    return time_to_fill(level, room);
}
