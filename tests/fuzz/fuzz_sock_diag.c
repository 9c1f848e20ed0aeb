/* SPDX-License-Identifier: Apache-2.0
 * Datagrams of netlink as input: whatever they hold, what is visited is well-formed and nothing outside is read. */
#include <assert.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/tcp/linux/sock_diag_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void visit(void *context, const struct tcp_socket *socket)
{
    size_t *visited = context;
    assert(socket->state < TCP_STATE_COUNT);
    (*visited)++;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct nlmsghdr first = {0};
    size_t visited = 0;
    void *copy = malloc(size ? size : 1); /* aligned, and its end is known to the sanitizer */
    if (!copy)
        return 0;
    memcpy(copy, bytes, size);
    memcpy(&first, bytes, size < sizeof(first) ? size : sizeof(first));
    struct sock_diag_reply reply = {first.nlmsg_seq, first.nlmsg_pid, visit, &visited, false, false};
    assert(sock_diag_rows(copy, size, &reply) <= 0);
    assert(visited <= size / sizeof(first));
    free(copy);
    return 0;
}
