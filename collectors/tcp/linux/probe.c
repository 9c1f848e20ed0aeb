/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/probe.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "snapshot/tables/connect_probe.h"

void probe_init(struct probe *probe, const struct tcp_probe_options *options)
{
    *probe = (struct probe){.options = options, .fd = -1};
}

void probe_close(struct probe *probe)
{
    if (probe->fd >= 0)
        (void)close(probe->fd);
    probe->fd = -1;
}

static void end(struct probe *probe, int error)
{
    probe_close(probe);
    probe->known = true;
    probe->error = error;
}

/* Looks without waiting what has become of the attempt. */
static void look(struct probe *probe, int64_t now)
{
    struct pollfd ready = {.fd = probe->fd, .events = POLLOUT};
    int error = 0;
    socklen_t size = sizeof(error);
    if (poll(&ready, 1, 0) > 0)
        end(probe, getsockopt(probe->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 ? errno : error);
    else if (now - probe->begun >= PROBE_PATIENCE_SECONDS * CLOCK_SECOND)
        end(probe, ETIMEDOUT);
}

/* IPv4 by its own family, since a host may have no other. 0 or -EINVAL. */
static int target_address(const struct probe *probe, struct sockaddr_storage *ret_address, socklen_t *ret_size)
{
    struct address address;
    uint16_t port;
    int error = tcp_target_parse(probe->options->target, &address, &port);
    if (error < 0)
        return error;
    if (IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)address.bytes)) {
        struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
        memcpy(&four.sin_addr, address.bytes + 12, sizeof(four.sin_addr));
        memcpy(ret_address, &four, sizeof(four));
        *ret_size = sizeof(four);
        return 0;
    }
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    memcpy(&six.sin6_addr, address.bytes, sizeof(six.sin6_addr));
    memcpy(ret_address, &six, sizeof(six));
    *ret_size = sizeof(six);
    return 0;
}

static void begin(struct probe *probe, int64_t now)
{
    struct sockaddr_storage target;
    socklen_t size;
    probe->begun = now;
    probe->next = now + probe->options->interval;
    int error = target_address(probe, &target, &size);
    if (error == 0)
        probe->fd = socket(target.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (error < 0 || probe->fd < 0)
        end(probe, error < 0 ? -error : errno);
    else if (connect(probe->fd, (const struct sockaddr *)&target, size) == 0)
        end(probe, 0);
    else if (errno == EINPROGRESS)
        look(probe, now); /* on this host it is over by now */
    else
        end(probe, errno);
}

void probe_step(struct probe *probe, int64_t now, struct builder *builder)
{
    if (!probe->options->enabled || !probe->options->target)
        return;
    if (probe->fd >= 0)
        look(probe, now);
    else if (now >= probe->next)
        begin(probe, now);
    if (!probe->known)
        return;
    builder_row(builder, &table_connect_probe);
    builder_number(builder, CONNECT_PROBE_SUCCESS, probe->error == 0);
    builder_text(builder, CONNECT_PROBE_TARGET, probe->options->target);
    if (probe->error != 0)
        builder_text(builder, CONNECT_PROBE_ERROR, strerrordesc_np(probe->error));
}
