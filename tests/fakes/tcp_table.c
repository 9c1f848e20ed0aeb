/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fakes/tcp_table.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

struct tcp_table {
    const struct fake_tcp_row *rows;
    size_t count;
};

static struct tcp_table table;
static int failure;

void fake_tcp_table_set(const struct fake_tcp_row *rows, size_t count)
{
    table = (struct tcp_table){rows, count};
}

void fake_tcp_table_fail(int error)
{
    failure = error;
}

int tcp_table_take(struct tcp_table **ret_table)
{
    if (failure < 0)
        return failure;
    struct tcp_table *taken = malloc(sizeof(*taken));
    if (!taken)
        return -ENOMEM;
    *taken = table;
    *ret_table = taken;
    return 0;
}

void tcp_table_free(struct tcp_table *taken)
{
    free(taken);
}

static struct tcp_address address_of(const char *text)
{
    struct tcp_address address = {{0}};
    uint8_t octets[4];
    if (inet_pton(AF_INET, text, octets) == 1)
        return tcp_address_v4(octets);
    if (inet_pton(AF_INET6, text, address.bytes) != 1)
        abort();
    return address;
}

static void visit_row(const struct fake_tcp_row *row, tcp_table_visit visit, void *context)
{
    struct tcp_socket socket = {.state = row->state,
                                .local = address_of(row->local),
                                .remote = address_of(row->remote),
                                .local_port = (uint16_t)row->local_port,
                                .remote_port = (uint16_t)row->remote_port};
    for (unsigned i = 0; i < (row->repeat ? row->repeat : 1); i++) {
        visit(context, &socket, row->pid);
        socket.local_port++;
    }
}

void tcp_table_each(const struct tcp_table *taken, bool listening, tcp_table_visit visit, void *context)
{
    for (size_t i = 0; i < taken->count; i++)
        if ((taken->rows[i].state == TCP_STATE_LISTEN) == listening)
            visit_row(&taken->rows[i], visit, context);
}

int tcp_table_count(struct tcp_table_counters *ret_counters)
{
    if (failure < 0)
        return failure;
    *ret_counters = (struct tcp_table_counters){
        .active_opens = 11, .passive_opens = 22, .attempt_fails = 33, .retransmitted_segments = 44};
    return 0;
}
