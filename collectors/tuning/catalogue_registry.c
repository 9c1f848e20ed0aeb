/* SPDX-License-Identifier: Apache-2.0
 * Defaults and ranges: Microsoft's TCP/IP registry references for Windows 2000 and Server 2003, KB 929851 (dynamic port
 * range since Vista and Server 2008). Old lists of "TCP tweaks" set most of these; today few do any good. */
#include "collectors/tuning/catalogue.h"

#include <limits.h>

#define PARAMETERS "Services\\Tcpip\\Parameters\\"

#define ONE(default_, ...) .field_count = 1, .fields = {{.standard = (default_), .advice = {__VA_ARGS__}}}

const struct tuning_entry catalogue_registry[] = {
    {.key = PARAMETERS "TcpTimedWaitDelay",
     ONE(120, .kind = ADVICE_BETWEEN, .count = 2, .numbers = {30, 60}, .recommended = 30),
     .reason = "Seconds in TIME_WAIT: 30 to 300; default 240 on Windows 2000, 120 since XP and 2003. 30 is the usual "
               "cure where ports run short, after pooling and keep-alive in the application.",
     .caveat = "Takes effect after a reboot. Values under 30 are out of range. Its effect on current versions is not "
               "documented: measure how long sockets stay in TIME_WAIT."},
    {.key = PARAMETERS "MaxUserPort",
     ONE(TUNING_VARIES, .kind = ADVICE_SHOW_ONLY),
     .reason =
         "Highest ephemeral port on Windows 2000 and 2003, 5000 by default. Since Vista and 2008 the range is that of: "
         "netsh int ipv4 show dynamicport tcp (default 49152 + 16384).",
     .caveat = "Do not take it for the range in force. Exchange's setup widens the range itself: leave that alone."},
    {.key = PARAMETERS "TcpNumConnections",
     ONE(16777214, .kind = ADVICE_DELETE),
     .reason = "Most TCP connections. The 65534 of old lists LOWERS the default of 16777214 on 2003, and has no "
               "documented effect since Vista.",
     .caveat = "Takes effect after a reboot."},
    {.key = PARAMETERS "StrictTimeWaitSeqCheck",
     ONE(TUNING_VARIES, .kind = ADVICE_SHOW_ONLY),
     .reason = "Of the days of Windows 2003: a stricter look at sequence numbers before a port in TIME_WAIT is taken "
               "over. Frees no port."},
    {.key = PARAMETERS "MaxFreeTcbs",
     ONE(TUNING_VARIES, .kind = ADVICE_SHOW_ONLY),
     .reason = "Control blocks kept ready on Windows 2000 and 2003, which also bounded TIME_WAIT. No documented effect "
               "since Vista."},
    {.key = PARAMETERS "MaxHashTableSize",
     ONE(TUNING_VARIES, .kind = ADVICE_SHOW_ONLY),
     .reason = "Size of the connection table on Windows 2000 and 2003. No documented effect since Vista."},
};

const size_t catalogue_registry_count = sizeof(catalogue_registry) / sizeof(catalogue_registry[0]);

const struct tuning_variant catalogue_variants[] = {
    {.until = 500,
     .entry = {.key = PARAMETERS "TcpTimedWaitDelay",
               ONE(240, .kind = ADVICE_BETWEEN, .count = 2, .numbers = {30, 60}, .recommended = 30),
               .reason = "Seconds in TIME_WAIT: 30 to 300; default 240 on Windows 2000. 4000 ports over 240 s are 17 "
                         "connections a second.",
               .caveat = "After pooling and keep-alive in the application. Takes effect after a reboot."}},
    {.since = 501,
     .until = 502,
     .entry = {.key = PARAMETERS "TcpTimedWaitDelay",
               ONE(120, .kind = ADVICE_BETWEEN, .count = 2, .numbers = {30, 60}, .recommended = 30),
               .reason = "Seconds in TIME_WAIT: 30 to 300; default 120 on XP and Server 2003. 4000 ports over 120 s are "
                         "33 connections a second.",
               .caveat = "After pooling and keep-alive in the application. Takes effect after a reboot."}},
    {.until = 502,
     .entry = {.key = PARAMETERS "MaxUserPort",
               ONE(5000, .kind = ADVICE_AT_LEAST, .count = 1, .numbers = {32768}, .recommended = 65534),
               .reason = "Highest ephemeral port: the range begins at 1025, so the default of 5000 leaves 3976 ports.",
               .caveat = "Takes effect after a reboot. Servers on ports above 5000 may then lose theirs to a connection: "
                         "ReservedPorts keeps them."}},
    {.until = 502,
     .entry = {.key = PARAMETERS "TcpNumConnections",
               ONE(16777214, .kind = ADVICE_DELETE),
               .reason = "Most TCP connections. The 65534 of old lists LOWERS the default of 16777214.",
               .caveat = "Takes effect after a reboot."}},
    {.since = 600,
     .until = UINT_MAX,
     .entry = {.key = PARAMETERS "TcpNumConnections",
               ONE(TUNING_VARIES, .kind = ADVICE_DELETE),
               .reason = "Most TCP connections on Windows 2000 and 2003. No documented effect since Vista and 2008: it "
                         "only misleads.",
               .caveat = "Takes effect after a reboot, if at all."}},
};

const size_t catalogue_variant_count = sizeof(catalogue_variants) / sizeof(catalogue_variants[0]);
