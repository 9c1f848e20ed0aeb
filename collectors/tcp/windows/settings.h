/* SPDX-License-Identifier: Apache-2.0
 * What Windows sets about ephemeral ports: the dynamic range of each family, less what is excluded, and how long a
 * TIME_WAIT should live. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_WINDOWS_SETTINGS_H
#define CHOKEPOINT_COLLECTORS_TCP_WINDOWS_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "collectors/tcp/ports.h"

/* How long what was read counts, in seconds: netsh is a program to start, and PowerShell a slow one. */
#define SETTINGS_SECONDS       300
#define SETTINGS_REUSE_SECONDS 3600

/* Zero to start with. */
struct tcp_settings {
    struct port_range range, range_v6;
    bool range_unknown, range_v6_unknown; /* then range is the usual one and tells directions only */
    bool shares_ports;     /* AutoReusePortRange: connect() may take a port towards several destinations */
    uint32_t time_wait_ms; /* as the registry sets it, else the default */
    int64_t read_at;       /* CLOCK_MONOTONIC; 0: never */
    int64_t reuse_read_at; /* the same, of AutoReusePortRange */
    int error;             /* of the last reading of the range: 0 or negative errno */
    struct text buffer, list;
};

/* Reads anew what is older than these. What cannot be read is unknown, and error tells. */
void tcp_settings_refresh(struct tcp_settings *settings, int64_t now);

/* Gives the memory back. */
void tcp_settings_free(struct tcp_settings *settings);

#endif
