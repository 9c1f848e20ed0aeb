/* SPDX-License-Identifier: Apache-2.0
 * For an administrator's command prompt. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/findings/remedies.h"
#include "analysis/findings/tuning_value.h"
#include "analysis/findings/words.h"

/* What we advise as a wider range, and where there is no dynamicport yet, the highest port that MaxUserPort takes. */
#define WIDE_LOW      10000u
#define HIGHEST       65535u
#define MAX_USER_PORT 65534u

/* The least that TcpTimedWaitDelay may be, which is also our advice. */
#define SHORTEST_SECONDS 30

#define PARAMETERS "Services\\Tcpip\\Parameters"
#define FULL_PATH  "\"HKLM\\SYSTEM\\CurrentControlSet\\" PARAMETERS "\""
#define SET_DELAY  "reg add " FULL_PATH " /v TcpTimedWaitDelay /t REG_DWORD /d %u /f"
#define SET_PORTS  "reg add " FULL_PATH " /v MaxUserPort /t REG_DWORD /d %u /f"

static const char excluded_key[] = "ipv4 excludedportrange tcp";

/* 2003 and before: the range begins at 1025 and ends here. */
static void raise_max_user_port(const struct findings *findings, struct finding *finding)
{
    uint64_t now = tuning_value_number(findings, PARAMETERS "\\MaxUserPort", "", "", 0);
    if (now >= MAX_USER_PORT)
        return;
    text_format(&finding->remedy, SET_PORTS, MAX_USER_PORT);
    if (now)
        text_format(&finding->undo, SET_PORTS, (unsigned)now);
    else
        text_string(&finding->undo, "reg delete " FULL_PATH " /v MaxUserPort /f");
    text_string(&finding->caveat, "Takes effect after a reboot. Back up the key first (reg export).");
}

static void spare_pool(const char *who, struct text *cure)
{
    text_format(cure,
                "Let %s keep and reuse its connections (connection pool, keep-alive), and make fewer: each one that is "
                "closed here holds its port until its TIME_WAIT ends.",
                who);
}

static void widen_ports(const struct findings *findings, const char *netns, struct finding *finding)
{
    uint64_t low = tuning_value_number(findings, "ipv4 dynamicport tcp", "low", netns, 0);
    uint64_t high = tuning_value_number(findings, "ipv4 dynamicport tcp", "high", netns, 0);
    if (low == 0) {
        if (tuning_value_text(findings, PARAMETERS "\\MaxUserPort", "", "")[0])
            raise_max_user_port(findings, finding);
        return;
    }
    if (low <= WIDE_LOW && high == HIGHEST)
        return;
    unsigned wide_low = low < WIDE_LOW ? (unsigned)low : WIDE_LOW;
    text_format(&finding->remedy, "netsh int ipv4 set dynamicport tcp start=%u num=%u", wide_low,
                HIGHEST - wide_low + 1);
    text_format(&finding->undo, "netsh int ipv4 set dynamicport tcp start=%u num=%u", (unsigned)low,
                (unsigned)(high - low + 1));
    text_string(&finding->caveat,
                "At once and for good. First exclude the ports that servers listen on: netsh int ipv4 "
                "add excludedportrange tcp startport=10421 numberofports=1 (ours). MaxUserPort is of "
                "no use since Vista and 2008.");
}

static void free_ports_sooner(const struct findings *findings, const struct port_case *port, struct finding *finding)
{
    uint64_t now = tuning_value_number(findings, PARAMETERS "\\TcpTimedWaitDelay", "", "", 0);
    if (port->life_seconds <= SHORTEST_SECONDS + 2 || (now != 0 && now <= SHORTEST_SECONDS)) {
        widen_ports(findings, port->netns, finding);
        return;
    }
    text_format(&finding->remedy, SET_DELAY, SHORTEST_SECONDS);
    if (now)
        text_format(&finding->undo, SET_DELAY, (unsigned)now);
    else
        text_string(&finding->undo, "reg delete " FULL_PATH " /v TcpTimedWaitDelay /f");
    text_string(
        &finding->caveat,
        "After pooling and keep-alive in the application (SqlClient: Pooling=true). Takes effect after a reboot; "
        "on current versions it is not documented: see then whether tcp_time_wait_seconds says 30. Also wider: "
        "netsh int ipv4 set dynamicport tcp start=10000 num=55536.");
    double staying = fmax(port->demand - port_case_turnover(port), 0);
    text_format(&finding->effect, "TcpTimedWaitDelay=%u: %s → %s", SHORTEST_SECONDS, words_ratio(port->demand).text,
                words_ratio(staying + port->rate * SHORTEST_SECONDS / (double)port->usable).text);
}

static void exclude_ports(const struct findings *findings, const char *netns, const char *ports,
                          struct finding *finding)
{
    (void)findings;
    (void)netns;
    for (const char *port = ports; *port; port += strspn(port, ",")) {
        size_t length = strcspn(port, ",");
        const char *between = port == ports ? "" : " & ";
        text_format(&finding->remedy,
                    "%snetsh int ipv4 add excludedportrange tcp startport=%.*s numberofports=1 store=persistent",
                    between, (int)length, port);
        text_format(&finding->undo,
                    "%snetsh int ipv4 delete excludedportrange tcp startport=%.*s numberofports=1 store=persistent",
                    between, (int)length, port);
        port += length;
    }
    text_string(&finding->caveat,
                "netsh refuses a port that is in use: stop its server meanwhile. Ports that a program "
                "picks anew each time it starts need no exclusion.");
}

static void show_attempts(unsigned port, struct text *remedy)
{
    text_format(remedy, "powershell Get-NetTCPConnection -State SynSent -RemotePort %u", port);
}

static void start_server(const char *service, struct finding *finding)
{
    text_format(&finding->remedy, "powershell Get-WinEvent -LogName System,Application -MaxEvents 50 & net start %s",
                service);
    text_format(&finding->undo, "net stop %s", service);
}

/* WinNAT takes as many as there are ports: nothing to raise. */
static void track_more(uint64_t limit, struct finding *finding)
{
    (void)limit;
    text_string(&finding->cure, "See who makes so many flows, and let it keep its connections.");
    text_string(&finding->remedy, "powershell Get-NetNatSession");
    text_string(&finding->caveat, "Flows of UDP stay until their time limit: powershell Get-NetNat shows it.");
}

const struct remedies remedies_windows = {
    .agent_log = "powershell Get-Content $env:ProgramData\\chokepoint\\chokepoint.log -Tail 50",
    .close_wait = "powershell Get-NetTCPConnection -State CloseWait",
    .try_connecting =
        "Try one by hand: powershell Test-NetConnection HOST -Port PORT. Refused everywhere or timed out: a "
        "firewall or a route; an address that is already in use: ports.",
    .look_outbound = "route print & netsh advfirewall show currentprofile",
    .no_port = "Windows found no free port (Tcpip 4231)",
    .pool_why = "and on Windows one port serves one connection only, whatever its destination",
    .excluded_key = excluded_key,
    .lowest_unnamed_port = 49152,
    .spare_pool = spare_pool,
    .show_attempts = show_attempts,
    .start_server = start_server,
    .track_more = track_more,
    .widen_ports = widen_ports,
    .free_ports_sooner = free_ports_sooner,
    .exclude_ports = exclude_ports,
};
