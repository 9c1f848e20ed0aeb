/* SPDX-License-Identifier: Apache-2.0
 * What the flows of a count sum up to. Owners of TIME_WAITs that nobody knows are estimated here, a destination at a
 * time instead of a socket at a time. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_SUMS_H
#define CHOKEPOINT_COLLECTORS_TCP_SUMS_H

#include "collectors/tcp/count.h"

/* Compared as bytes: no padding. */
struct group_key {
    struct owner owner;
    uint16_t port;
    uint8_t role;
    uint8_t state;
};

struct holder_key {
    uint32_t destination; /* position in destinations; SUMS_NO_DESTINATION: lost */
    struct owner owner;
};

#define SUMS_NO_DESTINATION UINT32_MAX

struct sums {
    uint64_t states[TCP_STATE_COUNT];
    uint64_t attributed[TCP_STATE_COUNT][TCP_METHOD_COUNT];
    struct tally groups;       /* struct group_key; part: owner by estimate */
    struct tally destinations; /* struct destination_key; part: reusable */
    struct tally live;         /* position in destinations; part: not there before */
    struct tally holders;      /* struct holder_key */
    struct tally_value lost_destinations;
};

/* Sums up; estimates by what history tells. 0 or -ENOMEM; sums_free() in any case. */
int sums_make(struct sums *sums, const struct count *count, const struct history *history);

/* The live sockets towards the destination at this position, and in part those not there before. */
struct tally_value sums_live(const struct sums *sums, size_t position);

/* Notes in history whose live connections go where. */
void sums_remember(const struct count *count, struct history *history);

/* Gives the memory back. */
void sums_free(struct sums *sums);

#endif
