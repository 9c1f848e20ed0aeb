/* SPDX-License-Identifier: Apache-2.0
 * Defaults are those of Linux 5.4 and later: Documentation/networking/ip-sysctl.rst, net/ipv4/tcp.c, tcp_ipv4.c. Advice
 * only where a value can be wrong by itself: what depends on the load is shown, and judged by what it does. */
#include "collectors/tuning/catalogue.h"

#define SHOW                                                                                                           \
    {                                                                                                                  \
        .kind = ADVICE_SHOW_ONLY                                                                                       \
    }
#define EXACTLY(n)                                                                                                     \
    {                                                                                                                  \
        .kind = ADVICE_ONE_OF, .count = 1, .numbers = {n}, .recommended = (n)                                          \
    }
#define LEAVE_ALONE                                                                                                    \
    {                                                                                                                  \
        .kind = ADVICE_LEAVE_ALONE                                                                                     \
    }

/* An entry with one number. */
#define ONE(default_, ...) .field_count = 1, .fields = {{.standard = (default_), .advice = __VA_ARGS__}}

/* Three numbers as the memory sysctls have them. */
#define THREE(min_, default_, max_)                                                                                    \
    .field_count = 3, .fields = {{"min", (min_), SHOW}, {"default", (default_), SHOW}, {"max", (max_), SHOW}}

const struct tuning_entry catalogue_sysctl[] = {
    {.key = "net.ipv4.ip_local_port_range",
     .field_count = 2,
     .fields = {{"low", 32768, {.kind = ADVICE_AT_MOST, .count = 1, .numbers = {32768}, .recommended = 10240}},
                {"high", 60999, {.kind = ADVICE_AT_LEAST, .count = 1, .numbers = {60999}, .recommended = 65535}}},
     .reason = "Ports of outgoing connections. A range narrower than the default of 28232 fills sooner; the command "
               "doubles it. tcp_tw_reuse=1 and connection reuse help more.",
     .caveat = "First reserve the ports of listeners inside the new range, or they may fail to bind again: "
               "net.ipv4.ip_local_reserved_ports=10421,... (ours and yours; it replaces the list)."},
    {.key = "net.ipv4.ip_local_reserved_ports",
     .type = TUNING_PORTS,
     ONE(TUNING_VARIES, SHOW),
     .reason = "Ports that connect() and bind() to port 0 leave alone. A listener inside ip_local_port_range belongs "
               "here, or an outgoing connection may hold its port when it restarts."},
    {.key = "net.ipv4.tcp_tw_reuse",
     ONE(2, EXACTLY(1)),
     .reason = "1: connect() takes over a port in TIME_WAIT towards the same destination after 1 s. The default, 2, "
               "does so on loopback only.",
     .caveat = "Needs tcp_timestamps at both ends, and a NAT or firewall that keeps them. No help for sockets that "
               "bind() before connect() without IP_BIND_ADDRESS_NO_PORT."},
    {.key = "net.ipv4.tcp_fin_timeout",
     ONE(60, SHOW),
     .reason = "Seconds that an orphaned connection stays in FIN_WAIT2.",
     .caveat = "Does not change TIME_WAIT: that is 60 s, fixed in the kernel (TCP_TIMEWAIT_LEN)."},
    {.key = "net.ipv4.tcp_max_tw_buckets",
     ONE(TUNING_VARIES, {.kind = ADVICE_AT_LEAST, .count = 1, .numbers = {4096}, .recommended = 65536}),
     .reason = "Most sockets in TIME_WAIT. Beyond it they end at once (\"time wait bucket table overflow\") and late "
               "segments can hit new connections. The default follows memory: 4096 or more from 1 GB.",
     .caveat = "Lowering it is no cure for full ports. A socket in TIME_WAIT costs about 250 bytes."},
    {.key = "net.ipv4.tcp_timestamps",
     ONE(1, {.kind = ADVICE_ONE_OF, .count = 2, .numbers = {1, 2}, .recommended = 1}),
     .reason = "tcp_tw_reuse does nothing without timestamps, nor does protection against wrapped sequence numbers. "
               "2 is 1 without the random offset.",
     .caveat = "Applies to new connections."},
    {.key = "net.core.somaxconn",
     ONE(4096, {.kind = ADVICE_AT_LEAST, .count = 1, .numbers = {4096}, .recommended = 4096}),
     .reason = "Upper bound of every accept queue. 4096 is the default since Linux 5.4; 128, that of before, is often "
               "still in old files.",
     .caveat = "A listener takes it at listen(): restart the service. The smaller of this and the program's own "
               "backlog counts."},
    {.key = "net.ipv4.tcp_max_syn_backlog",
     ONE(TUNING_VARIES, SHOW),
     .reason = "Half-open connections kept per listener where tcp_syncookies is 0; otherwise the accept queue's bound "
               "rules. The default follows memory."},
    {.key = "net.ipv4.tcp_syncookies",
     ONE(1, EXACTLY(1)),
     .reason = "1: answers with cookies once a listener's queue of half-open connections is full, instead of dropping. "
               "2 does so always and is meant for tests.",
     .caveat = "Connections made by a cookie lose some TCP options. \"Possible SYN flooding\" in the log on an honest "
               "host means a slow accept(): see the accept queue."},
    {.key = "net.ipv4.tcp_abort_on_overflow",
     ONE(0, LEAVE_ALONE),
     .reason = "1 resets clients when the accept queue is full, where 0 lets them try again and succeed when the burst "
               "is over.",
     .caveat = "Whoever set it to 1 had a full accept queue: look there."},
    {.key = "net.ipv4.tcp_max_orphans",
     ONE(TUNING_VARIES, SHOW),
     .reason =
         "Most connections that no process holds any more; beyond it they are reset. The default follows memory."},
    {.key = "net.ipv4.tcp_syn_retries",
     ONE(6, SHOW),
     .reason =
         "Retries of connect(): 6 give up after about 130 s. Each attempt at a dead destination holds a port for so "
         "long."},
    {.key = "net.ipv4.tcp_synack_retries",
     ONE(5, SHOW),
     .reason = "Retries of the answer to a SYN: 5 give up after 63 s."},
    {.key = "net.ipv4.tcp_retries2",
     ONE(15, SHOW),
     .reason = "Retries on a live connection: 15 give up after 15 to 30 minutes. Until then a dead peer's connection "
               "holds its port."},
    {.key = "net.ipv4.tcp_orphan_retries",
     ONE(0, SHOW),
     .reason = "Retries after the process has closed its socket. 0 stands for 8."},
    {.key = "net.ipv4.tcp_keepalive_time",
     ONE(7200, SHOW),
     .reason = "Idle seconds before the first probe, for sockets with SO_KEEPALIVE only. Above the idle time-out of a "
               "NAT or firewall on the way, idle connections die unnoticed."},
    {.key = "net.ipv4.tcp_keepalive_intvl", ONE(75, SHOW), .reason = "Seconds between keepalive probes."},
    {.key = "net.ipv4.tcp_keepalive_probes",
     ONE(9, SHOW),
     .reason = "Unanswered keepalive probes after which the connection is dropped."},
    {.key = "net.ipv4.tcp_mem",
     THREE(TUNING_VARIES, TUNING_VARIES, TUNING_VARIES),
     .reason = "Pages that all TCP buffers together may hold: below min no care, from default on pressure, at max "
               "\"TCP: out of memory\". The default follows memory."},
    {.key = "net.ipv4.tcp_rmem",
     THREE(4096, 131072, TUNING_VARIES),
     .reason =
         "Receive buffer of a connection in bytes. max bounds the window, so one connection's throughput is at "
         "most about max / round-trip time. The default of max follows memory: up to 6 MB, 32 MB in newer kernels."},
    {.key = "net.ipv4.tcp_wmem",
     THREE(4096, 16384, TUNING_VARIES),
     .reason = "Send buffer of a connection in bytes. The default of max follows memory, up to 4 MB."},
    {.key = "net.core.rmem_max",
     ONE(TUNING_VARIES, SHOW),
     .reason = "Largest receive buffer that a program may ask for (SO_RCVBUF). TCP's automatic buffers follow tcp_rmem "
               "instead. Default 212992, 4194304 in newer kernels."},
    {.key = "net.core.wmem_max",
     ONE(TUNING_VARIES, SHOW),
     .reason = "Largest send buffer that a program may ask for (SO_SNDBUF). TCP's automatic buffers follow tcp_wmem "
               "instead. Default 212992, 4194304 in newer kernels."},
    {.key = "net.core.netdev_max_backlog",
     ONE(1000, SHOW),
     .reason = "Packets queued per CPU before the protocols see them. Too low only where the second column of "
               "/proc/net/softnet_stat grows."},
    {.key = "fs.file-max",
     ONE(TUNING_VARIES, SHOW),
     .reason = "Open files of the whole system. systemd sets it to 9223372036854775807, no limit; a socket is a file.",
     .caveat = "The limit that bites is the process's own: LimitNOFILE= of its unit."},
    {.key = "fs.file-nr",
     .type = TUNING_STATE,
     ONE(TUNING_VARIES, SHOW),
     .reason = "Open files of the whole system now, against fs.file-max."},
    {.key = "net.netfilter.nf_conntrack_max",
     ONE(TUNING_VARIES, SHOW),
     .reason = "Connections that the kernel can track. When it is full new ones are dropped (\"table full, dropping "
               "packet\"). The default follows memory.",
     .caveat = "sysctl.d does not reach it when nf_conntrack is loaded after boot: name it in /etc/modules-load.d. "
               "An entry costs about 300 bytes."},
};

const size_t catalogue_sysctl_count = sizeof(catalogue_sysctl) / sizeof(catalogue_sysctl[0]);
