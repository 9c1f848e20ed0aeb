/* SPDX-License-Identifier: Apache-2.0
 * The throttle settings of one mail server in one vocabulary, as its configuration tells them: read when that changed,
 * put with every sample. What a mail server calls 0 or leaves out for "no limit" is +Inf here. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_LIMITS_H
#define CHOKEPOINT_COLLECTORS_MAIL_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/arena.h"
#include "snapshot/builder.h"
#include "snapshot/tables/mail_internal.h"
#include "snapshot/tables/mail_limits.h"
#include "snapshot/tables/mail_queues.h"
#include "snapshot/tables/tcp_sockets.h"

/* Most entries of each kind; what is beyond is left out. */
#define LIMITS_MAX 2048u

struct limit_setting {
    enum mail_limit limit;
    const char *scope;
    const char *native;
    double value;
    double fallback;    /* the version's own default; NaN: none */
    const char *origin; /* NULL: nobody set it */
};

/* Which connections a scope is for. */
struct limit_service {
    const char *scope;
    enum tcp_role role;
    const char *address; /* inbound: "*" for every one */
    uint16_t port;       /* inbound */
    const char *process; /* outbound */
};

struct limit_range {
    const char *scope;
    enum mail_range kind;
    struct address_range range;
    bool negated;
};

/* Start with LIMITS_EMPTY. error sticks: 0 or -ENOMEM. */
struct limits {
    struct arena arena;
    struct limit_setting *settings;
    struct limit_service *services;
    struct limit_range *ranges;
    size_t setting_count, service_count, range_count;
    int error;
};

#define LIMITS_EMPTY ((struct limits){.arena = ARENA_EMPTY})

/* Adds a setting; texts are copied. A value that is NaN is left out. */
void limits_add(struct limits *limits, const struct limit_setting *setting);

/* Adds a service; texts are copied. 0.0.0.0 and :: are "*": whoever listens there gets what comes to any address. */
void limits_add_service(struct limits *limits, const struct limit_service *service);

/* Adds a range; the text is copied. */
void limits_add_range(struct limits *limits, const struct limit_range *range);

/* Puts all of them: rows of mail_limits, mail_services and mail_ranges. */
void limits_put(const struct limits *limits, struct builder *builder, enum mail_mta mta, const char *server);

/* Gives the memory back. */
void limits_free(struct limits *limits);

#endif
