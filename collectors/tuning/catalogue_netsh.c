/* SPDX-License-Identifier: Apache-2.0
 * KB 929851 (dynamic port range since Vista and Server 2008), and the reference of netsh interface tcp and
 * Set-NetTCPSetting. */
#include "collectors/tuning/catalogue.h"

#define SHOW                                                                                                           \
    {                                                                                                                  \
        .kind = ADVICE_SHOW_ONLY                                                                                       \
    }

/* No narrower than the default; where ports run short, well wider. */
#define RANGE                                                                                                          \
    .field_count = 2,                                                                                                  \
    .fields = {{"low", 49152, {.kind = ADVICE_AT_MOST, .count = 1, .numbers = {49152}, .recommended = 10000}},         \
               {"high", 65535, {.kind = ADVICE_AT_LEAST, .count = 1, .numbers = {65535}, .recommended = 65535}}}

#define RANGE_CAVEAT                                                                                                   \
    "First exclude the ports of servers inside the new range (netsh int ipv4 add excludedportrange tcp). Exchange's "  \
    "setup begins the range at 1025 itself: leave that alone."

const struct tuning_entry catalogue_netsh[] = {
    {.key = "ipv4 dynamicport tcp",
     RANGE,
     .reason = "Ports of outgoing connections, one pool for all destinations: by default 16384 of them. In place of "
               "MaxUserPort since Vista and 2008.",
     .caveat = RANGE_CAVEAT},
    {.key = "ipv6 dynamicport tcp",
     RANGE,
     .reason = "The same for IPv6, with a range of its own.",
     .caveat = RANGE_CAVEAT},
    {.key = "ipv4 excludedportrange tcp",
     .type = TUNING_PORTS,
     .field_count = 1,
     .fields = {{.standard = TUNING_VARIES, .advice = SHOW}},
     .reason = "Ports that connections leave alone. Hyper-V, containers and WinNAT exclude hundreds at each boot: they "
               "come off the pool."},
    {.key = "ipv6 excludedportrange tcp",
     .type = TUNING_PORTS,
     .field_count = 1,
     .fields = {{.standard = TUNING_VARIES, .advice = SHOW}},
     .reason = "The same for IPv6."},
    {.key = "tcp autotuninglevel",
     .type = TUNING_FREE,
     .field_count = 1,
     .fields = {{.standard = TUNING_VARIES, .advice = {.kind = ADVICE_TEXT, .text = "normal"}}},
     .reason = "How far the receive window may grow. Old lists disable it: that caps the window at 64 KB (52 Mbit/s a "
               "connection at 10 ms) and frees no port.",
     .caveat = "Applies to new connections."},
    {.key = "tcp autoreuseportrange",
     .field_count = 2,
     .fields = {{"low", 0, SHOW}, {"high", 0, SHOW}},
     .reason = "Ports that plain connect() may share between destinations, since Windows 10 and 2016; none by default. "
               "Set-NetTCPSetting -AutoReusePortRangeStartPort, -AutoReusePortRangeNumberOfPorts."},
};

const size_t catalogue_netsh_count = sizeof(catalogue_netsh) / sizeof(catalogue_netsh[0]);
