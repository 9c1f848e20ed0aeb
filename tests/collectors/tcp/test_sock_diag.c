/* SPDX-License-Identifier: Apache-2.0
 * The real kernel: sockets of our own come back as they are. */
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collectors/tcp/linux/sock_diag.h"
#include "tests/cmocka.h"

struct seen {
    uint16_t port;
    unsigned listening, accepted, opened;
    uint32_t queue_limit;
};

static void visit(void *context, const struct tcp_socket *socket)
{
    struct seen *seen = context;
    if (socket->state == TCP_STATE_LISTEN && socket->local_port == seen->port) {
        seen->listening++;
        seen->queue_limit = socket->queue_limit;
        assert_true(tcp_address_is_loopback(&socket->local));
        assert_true(socket->inode != 0);
    }
    if (socket->state == TCP_STATE_ESTABLISHED && socket->local_port == seen->port)
        seen->accepted++;
    if (socket->state == TCP_STATE_ESTABLISHED && socket->remote_port == seen->port)
        seen->opened++;
}

/* A listener on a port of its own, and one connection to it. */
static int listen_on(int family, uint16_t *ret_port, int *ret_client)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr *address = family == AF_INET ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6;
    socklen_t length = family == AF_INET ? sizeof(v4) : sizeof(v6);
    int fd = socket(family, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, address, length), 0);
    assert_int_equal(listen(fd, 7), 0);
    assert_int_equal(getsockname(fd, address, &length), 0);
    *ret_port = ntohs(family == AF_INET ? v4.sin_port : v6.sin6_port);
    int client = socket(family, SOCK_STREAM, 0);
    assert_int_equal(connect(client, address, length), 0);
    *ret_client = client;
    return fd;
}

static void both_families_come_in_one_walk(void **state)
{
    (void)state;
    struct sock_diag *diag;
    struct seen v4 = {0}, v6 = {0};
    int clients[2];
    int first = listen_on(AF_INET, &v4.port, &clients[0]), second = listen_on(AF_INET6, &v6.port, &clients[1]);
    assert_int_equal(sock_diag_open(&diag), 0);
    for (int round = 0; round < 3; round++) {
        struct seen one = {.port = v4.port}, two = {.port = v6.port};
        assert_int_equal(sock_diag_walk(diag, SOCK_DIAG_LISTENING, visit, &one), 0);
        assert_int_equal(one.listening, 1);
        assert_int_equal(one.queue_limit, 7);
        assert_int_equal(one.accepted + one.opened, 0);
        assert_int_equal(sock_diag_walk(diag, SOCK_DIAG_OTHERS, visit, &two), 0);
        assert_int_equal(two.listening, 0);
        assert_int_equal(two.accepted, 1);
        assert_int_equal(two.opened, 1);
    }
    sock_diag_close(diag);
    sock_diag_close(NULL);
    close(clients[0]);
    close(clients[1]);
    close(first);
    close(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(both_families_come_in_one_walk)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
