/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fakes/sock_diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/parse.h"
#include "collectors/tcp/linux/sock_diag.h"

static const char *file;
static int failure;
static unsigned failures, successes;

struct sock_diag {
    int unused;
};

void fake_sock_diag_file(const char *path)
{
    file = path;
}

void fake_sock_diag_fail(int error, unsigned walks)
{
    failure = error;
    failures = walks;
    successes = 0;
}

void fake_sock_diag_skip(unsigned walks)
{
    successes = walks;
}

int sock_diag_open(struct sock_diag **ret_diag)
{
    *ret_diag = calloc(1, sizeof(**ret_diag));
    return *ret_diag ? 0 : -ENOMEM;
}

void sock_diag_close(struct sock_diag *diag)
{
    free(diag);
}

static int read_address(const char *text, struct tcp_address *address)
{
    uint8_t octets[4];
    if (inet_pton(AF_INET, text, octets) == 1) {
        *address = tcp_address_v4(octets);
        return 0;
    }
    return inet_pton(AF_INET6, text, address->bytes) == 1 ? 0 : -EINVAL;
}

static uint64_t option(const char *text, const char *name, uint64_t otherwise)
{
    size_t length = strlen(name);
    if (strncmp(text, name, length) == 0 && text[length] == '=')
        return strtoull(text + length + 1, NULL, 10);
    return otherwise;
}

static void read_options(char *rest, struct tcp_socket *socket, uint64_t *repeat)
{
    for (char *field; (field = parse_field(&rest)) != NULL;) {
        socket->inode = (uint32_t)option(field, "inode", socket->inode);
        socket->cgroup = option(field, "cgroup", socket->cgroup);
        socket->queue = (uint32_t)option(field, "queue", socket->queue);
        socket->queue_limit = (uint32_t)option(field, "limit", socket->queue_limit);
        socket->expires_ms = (uint32_t)option(field, "expires", socket->expires_ms);
        socket->only_v6 = option(field, "v6only", socket->only_v6) != 0;
        socket->cookie = option(field, "cookie", socket->cookie);
        *repeat = option(field, "repeat", *repeat);
    }
}

static int read_socket(char *line, struct tcp_socket *socket, uint64_t *repeat)
{
    char *fields[5];
    unsigned state;
    uint64_t local_port, remote_port;
    for (size_t i = 0; i < 5; i++)
        if (!(fields[i] = parse_field(&line)))
            return -EINVAL;
    if (parse_word(fields[0], tcp_state_words, &state) < 0 || read_address(fields[1], &socket->local) < 0 ||
        parse_unsigned(fields[2], &local_port) < 0 || read_address(fields[3], &socket->remote) < 0 ||
        parse_unsigned(fields[4], &remote_port) < 0)
        return -EINVAL;
    socket->state = (enum tcp_state)state;
    socket->local_port = (uint16_t)local_port;
    socket->remote_port = (uint16_t)remote_port;
    read_options(line, socket, repeat);
    return 0;
}

int sock_diag_walk(struct sock_diag *diag, enum sock_diag_what what, sock_diag_visit visit, void *context)
{
    struct text text = TEXT_EMPTY;
    (void)diag;
    if (successes > 0) {
        successes--;
    } else if (failures > 0) {
        failures--;
        return failure;
    }
    int error = file_read(file ? file : getenv("CHOKEPOINT_FAKE_SOCKETS"), 1 << 24, &text);
    char *rest = text.data;
    for (char *line; error == 0 && rest && (line = parse_line(&rest)) != NULL;) {
        struct tcp_socket socket = {0};
        uint64_t repeat = 1;
        if (line[0] == '#' || line[0] == '\0')
            continue;
        error = read_socket(line, &socket, &repeat);
        socket.is_mini = socket.state == TCP_STATE_TIME_WAIT;
        bool listens = socket.state == TCP_STATE_LISTEN;
        for (; error == 0 && repeat > 0 && listens == (what == SOCK_DIAG_LISTENING); repeat--) {
            visit(context, &socket);
            socket.local_port++;
            socket.cookie++;
        }
    }
    text_free(&text);
    return error;
}
