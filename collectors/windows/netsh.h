/* SPDX-License-Identifier: Apache-2.0
 * Settings of TCP that only netsh and PowerShell tell. Their words are in the language of the system: what is read here
 * are numbers and words that are not translated. What prints nothing, or something else, is unknown, never 0. */
#ifndef CHOKEPOINT_COLLECTORS_WINDOWS_NETSH_H
#define CHOKEPOINT_COLLECTORS_WINDOWS_NETSH_H

#include <stdint.h>

#include "base/text.h"

enum netsh_family { NETSH_IPV4, NETSH_IPV6, NETSH_FAMILIES };

/* "ipv4", "ipv6" */
extern const char *const netsh_family_words[];

struct netsh_range {
    uint16_t low, high;
};

/* The dynamic range in force (netsh int ipv4 show dynamicport tcp). buffer is scratch, as in all of these. 0, -EINVAL
 * for what is no answer, or negative errno of command_run(). */
int netsh_dynamic_range(enum netsh_family family, struct text *buffer, struct netsh_range *ret_range);

/* Appends the ports that are excluded from it, as "5357,50000-50059" in their order (netsh int ipv4 show
 * excludedportrange tcp). Errors as above. */
int netsh_excluded(enum netsh_family family, struct text *buffer, struct text *list);

/* The autotuning level, one of normal, disabled, restricted, highlyrestricted, experimental (netsh int tcp show
 * global). *ret_level is a constant. Errors as above. */
int netsh_autotuning(struct text *buffer, const char **ret_level);

/* The range whose ports connect() may share between destinations; low 0: there is none, as by default
 * (Get-NetTCPSetting, since 2016). Errors as above. */
int netsh_auto_reuse_range(struct text *buffer, struct netsh_range *ret_range);

#endif
