/* SPDX-License-Identifier: Apache-2.0
 * Answers of the kernel that do not go as they should: interrupted, cut, late, ended by an error. The linker's --wrap
 * puts them in place of what a real netlink socket gives. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <netinet/tcp.h>
#include <string.h>

#include "collectors/tcp/linux/sock_diag.h"
#include "tests/cmocka.h"

/* The linker alone knows that they are used. */
__attribute__((used)) ssize_t __wrap_mnl_socket_recvfrom(const struct mnl_socket *socket, void *buffer, size_t size);
__attribute__((used)) ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *socket, const void *buffer,
                                                       size_t size);

/* One datagram: a row of a listener, or the end with a status. */
struct datagram {
    uint16_t type;
    uint16_t flags;
    int error;  /* the receiving fails with this errno */
    int status; /* of NLMSG_DONE and NLMSG_ERROR */
    int late;   /* answers a request before this one */
};

static const struct datagram *script;
static uint32_t sequence, port;
static unsigned sent;

ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *socket, const void *buffer, size_t size)
{
    sequence = ((const struct nlmsghdr *)buffer)->nlmsg_seq;
    port = mnl_socket_get_portid(socket);
    sent++;
    return (ssize_t)size;
}

ssize_t __wrap_mnl_socket_recvfrom(const struct mnl_socket *socket, void *buffer, size_t size)
{
    const struct datagram *next = script++;
    (void)socket;
    if (next->error) {
        errno = next->error;
        return -1;
    }
    memset(buffer, 0, size);
    struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
    header->nlmsg_type = next->type;
    header->nlmsg_flags = next->flags;
    header->nlmsg_seq = sequence - (uint32_t)next->late;
    header->nlmsg_pid = port;
    if (next->type == TCPDIAG_GETSOCK) {
        struct inet_diag_msg *row = mnl_nlmsg_put_extra_header(header, sizeof(*row));
        row->idiag_family = AF_INET;
        row->idiag_state = TCP_LISTEN;
    } else {
        memcpy(mnl_nlmsg_put_extra_header(header, sizeof(next->status)), &next->status, sizeof(next->status));
    }
    return header->nlmsg_len;
}

static void visit(void *context, const struct tcp_socket *socket)
{
    assert_int_equal(socket->state, TCP_STATE_LISTEN);
    (*(unsigned *)context)++;
}

static void each_end_is_told_and_the_next_walk_is_clean(void **state)
{
    (void)state;
#define ROW                                                                                                            \
    {                                                                                                                  \
        .type = TCPDIAG_GETSOCK                                                                                        \
    }
#define LATE                                                                                                           \
    {                                                                                                                  \
        .type = TCPDIAG_GETSOCK, .late = 1                                                                             \
    }
#define DONE                                                                                                           \
    {                                                                                                                  \
        .type = NLMSG_DONE                                                                                             \
    }
    static const struct {
        struct datagram datagrams[4];
        int expected;
        unsigned rows;
    } cases[] = {
        {{ROW, ROW, DONE}, 0, 2},
        {{DONE}, 0, 0},
        {{{.type = TCPDIAG_GETSOCK, .flags = NLM_F_DUMP_INTR}, ROW, DONE}, -EINTR, 2},
        {{ROW, {.type = NLMSG_DONE, .flags = NLM_F_DUMP_INTR}}, -EINTR, 1},
        {{ROW, {.error = ENOSPC}, DONE}, -EINTR, 1}, /* cut: MSG_TRUNC */
        {{ROW, {.type = NLMSG_DONE, .status = -ENOMEM}}, -ENOMEM, 1},
        {{{.type = NLMSG_ERROR, .status = -EPERM}}, -EPERM, 0},
        {{ROW, {.error = EAGAIN}}, -ETIME, 1},
        {{ROW, {.error = ENOBUFS}, ROW, DONE}, -EINTR, 2},         /* one was dropped */
        {{ROW, {.error = ENOBUFS}, {.error = EAGAIN}}, -ETIME, 1}, /* the last one was */
        {{ROW, {.error = ENOMEM}}, -ENOMEM, 1},
        {{LATE, LATE, ROW, DONE}, 0, 1},
        {{{.type = NLMSG_DONE, .late = 1}, ROW, DONE}, 0, 1},
    };
    struct sock_diag *diag;
    assert_int_equal(sock_diag_open(&diag), 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        unsigned rows = 0;
        script = cases[i].datagrams;
        assert_int_equal(sock_diag_walk(diag, SOCK_DIAG_LISTENING, visit, &rows), cases[i].expected);
        assert_int_equal(rows, cases[i].rows);
        rows = 0;
        script = cases[0].datagrams;
        assert_int_equal(sock_diag_walk(diag, SOCK_DIAG_LISTENING, visit, &rows), 0);
        assert_int_equal(rows, 2);
    }
    assert_int_equal(sent, 2 * sizeof(cases) / sizeof(cases[0]));
    sock_diag_close(diag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_end_is_told_and_the_next_walk_is_clean)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
