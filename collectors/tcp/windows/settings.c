/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/windows/settings.h"

#include <errno.h>
#include <stdio.h>

#include "base/clock.h"
#include "collectors/windows/local_machine.h"
#include "collectors/windows/netsh.h"
#include "collectors/windows/version.h"

/* Since Vista and Server 2008 (KB 929851). */
static const struct netsh_range usual_range = {49152, 65535};

/* Windows 2000 and 2003: the range begins here and ends at MaxUserPort, by default here. */
#define OLD_LOW  1025u
#define OLD_HIGH 5000u

static const char parameters[] = "SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters";

/* A DWORD between two bounds; false where it is absent or something else. */
static bool read_setting(const char *name, uint32_t least, uint32_t most, uint32_t *ret_number)
{
    struct local_machine_value value;
    if (local_machine_read(parameters, name, &value) < 0 || value.type != LOCAL_MACHINE_DWORD || value.length != 4 ||
        value.content.number < least || value.content.number > most)
        return false;
    *ret_number = value.content.number;
    return true;
}

static int set_range(struct port_range *range, struct netsh_range bounds, const char *excluded)
{
    char text[32];
    (void)snprintf(text, sizeof(text), "%u %u", bounds.low, bounds.high);
    return port_range_parse(range, text, excluded);
}

/* Before netsh knew the range, MaxUserPort was it. */
static void use_old_range(struct tcp_settings *settings)
{
    uint32_t high = OLD_HIGH;
    (void)read_setting("MaxUserPort", OLD_HIGH, 65534, &high);
    const struct netsh_range range = {OLD_LOW, (uint16_t)high};
    settings->error = set_range(&settings->range, range, "");
    settings->range_v6 = settings->range;
    settings->range_unknown = settings->range_v6_unknown = settings->error < 0;
}

static int read_range(struct tcp_settings *settings, enum netsh_family family, struct port_range *range)
{
    struct netsh_range bounds;
    int error = netsh_dynamic_range(family, &settings->buffer, &bounds);
    text_clear(&settings->list);
    if (error == 0)
        error = netsh_excluded(family, &settings->buffer, &settings->list);
    if (error == 0)
        error = set_range(range, bounds, text_value(&settings->list));
    if (error < 0)
        (void)set_range(range, usual_range, "");
    return error;
}

static bool is_old(int64_t read_at, int64_t seconds, int64_t now)
{
    return read_at == 0 || now - read_at >= seconds * CLOCK_SECOND;
}

static void read_ranges(struct tcp_settings *settings, int64_t now)
{
    struct netsh_range shared;
    settings->error = read_range(settings, NETSH_IPV4, &settings->range);
    settings->range_unknown = settings->error < 0;
    int error = read_range(settings, NETSH_IPV6, &settings->range_v6);
    settings->range_v6_unknown = error < 0;
    if (!is_old(settings->reuse_read_at, SETTINGS_REUSE_SECONDS, now))
        return;
    settings->reuse_read_at = now;
    settings->shares_ports = netsh_auto_reuse_range(&settings->buffer, &shared) == 0 && shared.low != 0;
}

void tcp_settings_refresh(struct tcp_settings *settings, int64_t now)
{
    struct windows_version version = {.major = 10};
    uint32_t seconds;
    if (!is_old(settings->read_at, SETTINGS_SECONDS, now))
        return;
    settings->read_at = now;
    (void)windows_version_read(&version);
    seconds = version.major == 5 && version.minor == 0 ? 240 : 120;
    (void)read_setting("TcpTimedWaitDelay", 30, 300, &seconds);
    settings->time_wait_ms = seconds * 1000;
    if (version.major < 6)
        use_old_range(settings);
    else
        read_ranges(settings, now);
    if (settings->error == -ENOMEM)
        settings->read_at = 0; /* want of memory passes soon */
}

void tcp_settings_free(struct tcp_settings *settings)
{
    text_free(&settings->buffer);
    text_free(&settings->list);
}
