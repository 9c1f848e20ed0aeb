/* SPDX-License-Identifier: Apache-2.0
 * What netsh and PowerShell tell of ports and windows, remembered for some minutes: they are programs to start. */
#ifndef CHOKEPOINT_COLLECTORS_TUNING_WINDOWS_PORT_SETTINGS_H
#define CHOKEPOINT_COLLECTORS_TUNING_WINDOWS_PORT_SETTINGS_H

#include <stdint.h>

#include "base/text.h"
#include "collectors/tuning/plan.h"
#include "collectors/windows/netsh.h"
#include "snapshot/builder.h"

/* How long a reading counts, in seconds; PowerShell is slow to start. */
#define PORT_SETTINGS_SECONDS       300
#define PORT_SETTINGS_REUSE_SECONDS 3600

/* Zero to start with. Errors are those of the newest reading: 0 or negative errno. */
struct port_settings {
    int64_t read_at;       /* CLOCK_MONOTONIC; 0: never */
    int64_t reuse_read_at; /* the same, of auto_reuse */
    struct netsh_range ranges[NETSH_FAMILIES];
    struct text excluded[NETSH_FAMILIES];
    const char *autotuning;
    struct netsh_range auto_reuse;
    int range_errors[NETSH_FAMILIES];
    int excluded_errors[NETSH_FAMILIES];
    int autotuning_error;
    int auto_reuse_error;
    struct text buffer;
};

/* Reads anew what is older than these. */
void port_settings_refresh(struct port_settings *settings, int64_t now);

/* Puts the rows of what could be read, as the list judges it. */
void port_settings_put(const struct port_settings *settings, const struct plan_list *list, struct builder *builder);

/* The first error of what every version since Vista tells. *ret_subject: of what. */
int port_settings_error(const struct port_settings *settings, const char **ret_subject);

/* Gives the memory back. */
void port_settings_free(struct port_settings *settings);

#endif
