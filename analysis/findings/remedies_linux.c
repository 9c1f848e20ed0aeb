/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>

#include "analysis/findings/remedies.h"
#include "analysis/findings/tuning_value.h"
#include "analysis/findings/words.h"

/* What we advise as a wider range: above the registered ports that servers use most. */
#define WIDE_LOW  15000u
#define WIDE_HIGH 60999u

#define OUR_PORT "10421"

static const char excluded_key[] = "net.ipv4.ip_local_reserved_ports";

/* "ip netns exec NAME ", so that the command can be copied as it is. */
static struct words inside(const char *netns)
{
    struct words words = {""};
    if (netns[0])
        (void)snprintf(words.text, sizeof(words.text), "ip netns exec %s ", netns);
    return words;
}

static void spare_pool(const char *who, struct text *cure)
{
    text_format(cure,
                "Let %s not bind() to port 0 before connect(), or set IP_BIND_ADDRESS_NO_PORT before it binds; keep "
                "connections open, and make fewer.",
                who);
}

static void widen_ports(const struct findings *findings, const char *netns, struct finding *finding)
{
    uint64_t low = tuning_value_number(findings, "net.ipv4.ip_local_port_range", "low", netns, 32768);
    uint64_t high = tuning_value_number(findings, "net.ipv4.ip_local_port_range", "high", netns, 60999);
    uint64_t wide_low = low < WIDE_LOW ? low : WIDE_LOW, wide_high = high > WIDE_HIGH ? high : WIDE_HIGH;
    if (low <= WIDE_LOW && high >= WIDE_HIGH)
        return;
    text_format(&finding->remedy, "%ssysctl -w net.ipv4.ip_local_port_range=\"%u %u\"", inside(netns).text,
                (unsigned)wide_low, (unsigned)wide_high);
    text_format(&finding->undo, "%ssysctl -w net.ipv4.ip_local_port_range=\"%u %u\"", inside(netns).text, (unsigned)low,
                (unsigned)high);
    text_string(&finding->caveat, "First put the ports that servers listen on into net.ipv4.ip_local_reserved_ports, "
                                  "our " OUR_PORT " among them. For good: a line in /etc/sysctl.d/.");
}

/* What reuse would make of it: sockets that stay, and a second's worth of TIME_WAITs. */
static void say_reuse_effect(const struct port_case *port, struct finding *finding)
{
    double staying = fmax(port->demand - port_case_turnover(port), 0);
    text_format(&finding->effect, "tcp_tw_reuse=1: %s → %s", words_ratio(port->demand).text,
                words_ratio(staying + port->rate / (double)port->usable).text);
}

static void free_ports_sooner(const struct findings *findings, const struct port_case *port, struct finding *finding)
{
    uint64_t now = tuning_value_number(findings, "net.ipv4.tcp_tw_reuse", "", port->netns, 2);
    text_format(&finding->remedy, "%ssysctl -w net.ipv4.tcp_tw_reuse=1", inside(port->netns).text);
    text_format(&finding->undo, "%ssysctl -w net.ipv4.tcp_tw_reuse=%u", inside(port->netns).text, (unsigned)now);
    text_string(&finding->caveat,
                "Needs TCP timestamps at both ends; behind a balancer that wants them off, widen ip_local_port_range "
                "instead. Never tcp_tw_recycle; tcp_fin_timeout does not shorten TIME_WAIT. For good: a line in "
                "/etc/sysctl.d/.");
    say_reuse_effect(port, finding);
}

static void exclude_ports(const struct findings *findings, const char *netns, const char *ports,
                          struct finding *finding)
{
    const char *now = tuning_value_text(findings, excluded_key, "", netns);
    text_format(&finding->remedy, "sysctl -w %s=\"%s%s%s\"", excluded_key, now, now[0] ? "," : "", ports);
    text_format(&finding->undo, "sysctl -w %s=\"%s\"", excluded_key, now);
    text_string(&finding->caveat,
                "Ports that a program picks anew each time it starts need no reservation. For good: a "
                "line in /etc/sysctl.d/.");
}

static void show_attempts(unsigned port, struct text *remedy)
{
    text_format(remedy, "ss -tn state syn-sent '( dport = :%u )'", port);
}

static void start_server(const char *service, struct finding *finding)
{
    text_format(&finding->remedy, "journalctl -u '%s*' -n 50; systemctl start %s", service, service);
    text_format(&finding->undo, "systemctl stop %s", service);
}

static void track_more(uint64_t limit, struct finding *finding)
{
    text_string(&finding->cure, "See who makes so many flows (conntrack -L); a firewall rule with notrack spares those "
                                "that need neither NAT nor state.");
    text_format(&finding->remedy, "sysctl -w net.netfilter.nf_conntrack_max=%llu", (unsigned long long)limit * 2);
    text_format(&finding->undo, "sysctl -w net.netfilter.nf_conntrack_max=%llu", (unsigned long long)limit);
    text_string(&finding->caveat,
                "About 320 bytes of kernel memory for each flow. For good: a line in /etc/sysctl.d/.");
}

const struct remedies remedies_linux = {
    .agent_log = "journalctl -u chokepoint --since -10min",
    .close_wait = "ss -tnp state close-wait",
    .try_connecting = "Try one by hand: curl -v telnet://HOST:PORT. Refused everywhere or timed out: a firewall or a "
                      "route; cannot assign address: ports.",
    .look_outbound = "ip route get 192.0.2.1; nft list ruleset",
    .no_port = "bind() to port 0 failed",
    .pool_why = "which binds before it connects: then one port serves one connection only, whatever its destination",
    .excluded_key = excluded_key,
    .lowest_unnamed_port = 65536,
    .spare_pool = spare_pool,
    .show_attempts = show_attempts,
    .start_server = start_server,
    .track_more = track_more,
    .widen_ports = widen_ports,
    .free_ports_sooner = free_ports_sooner,
    .exclude_ports = exclude_ports,
};
