/* SPDX-License-Identifier: Apache-2.0
 * The YAML section `tcp` and its flags, the same on every platform. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_OPTIONS_H
#define CHOKEPOINT_COLLECTORS_TCP_OPTIONS_H

#include "base/address.h"
#include "base/option.h"

/* One item of process_names. */
struct tcp_process_name {
    const char *match;
    const char *name;
};

/* Positions of the words of `events` and `netns`. */
enum { TCP_EVENTS_AUTO, TCP_EVENTS_OFF, TCP_EVENTS_ON };
enum { TCP_NETNS_OWN, TCP_NETNS_ALL };

/* connect_probe. */
struct tcp_probe_options {
    bool enabled;
    const char *target; /* as tcp_target_parse() reads it; NULL: none */
    int64_t interval;
};

struct tcp_options {
    unsigned events;
    double event_cpu_budget;
    unsigned netns;
    uint64_t max_rows;
    uint64_t max_destinations;
    struct option_records process_names; /* struct tcp_process_name */
    struct tcp_probe_options connect_probe;
};

extern const struct option tcp_options[];

/* Reads "192.0.2.1:443" or "[2001:db8::1]:443". 0, or -EINVAL with outputs untouched. */
int tcp_target_parse(const char *text, struct address *ret_address, uint16_t *ret_port);

#endif
