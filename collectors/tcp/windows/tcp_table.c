/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/windows/tcp_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <winsock2.h>
#include <ws2tcpip.h>

#include <iphlpapi.h>

#include "base/windows/error.h"

/* The list grows between asking for its size and asking for it. */
#define TRIES 5
#define SLACK 8192u

struct tcp_table {
    MIB_TCPTABLE_OWNER_PID *v4;
    MIB_TCP6TABLE_OWNER_PID *v6; /* NULL where there is no IPv6 */
};

static int take(ULONG family, void **ret_list)
{
    ULONG size = 0;
    for (int tries = 0; tries < TRIES; tries++) {
        void *list = size > 0 ? malloc(size) : NULL;
        if (size > 0 && !list)
            return -ENOMEM;
        DWORD code = GetExtendedTcpTable(list, &size, FALSE, family, TCP_TABLE_OWNER_PID_ALL, 0);
        if (code == NO_ERROR && list) {
            *ret_list = list;
            return 0;
        }
        free(list);
        if (code != ERROR_INSUFFICIENT_BUFFER && code != NO_ERROR)
            return error_from_windows(code);
        size += SLACK;
    }
    return -EAGAIN;
}

int tcp_table_take(struct tcp_table **ret_table)
{
    struct tcp_table *table = calloc(1, sizeof(*table));
    void *v4 = NULL, *v6 = NULL;
    if (!table)
        return -ENOMEM;
    int error = take(AF_INET, &v4);
    if (error == 0)
        error = take(AF_INET6, &v6);
    table->v4 = v4;
    table->v6 = v6;
    if (error == -ENOSYS) /* no IPv6 on this host */
        error = 0;
    if (error < 0)
        tcp_table_free(table);
    else
        *ret_table = table;
    return error;
}

void tcp_table_free(struct tcp_table *table)
{
    if (!table)
        return;
    free(table->v4);
    free(table->v6);
    free(table);
}

/* MIB_TCP_STATE, numbered as in RFC 4022 from closed(1) on. */
static enum tcp_state state_of(DWORD state)
{
    static const enum tcp_state states[] = {
        [MIB_TCP_STATE_CLOSED] = TCP_STATE_CLOSE,          [MIB_TCP_STATE_LISTEN] = TCP_STATE_LISTEN,
        [MIB_TCP_STATE_SYN_SENT] = TCP_STATE_SYN_SENT,     [MIB_TCP_STATE_SYN_RCVD] = TCP_STATE_SYN_RECV,
        [MIB_TCP_STATE_ESTAB] = TCP_STATE_ESTABLISHED,     [MIB_TCP_STATE_FIN_WAIT1] = TCP_STATE_FIN_WAIT1,
        [MIB_TCP_STATE_FIN_WAIT2] = TCP_STATE_FIN_WAIT2,   [MIB_TCP_STATE_CLOSE_WAIT] = TCP_STATE_CLOSE_WAIT,
        [MIB_TCP_STATE_CLOSING] = TCP_STATE_CLOSING,       [MIB_TCP_STATE_LAST_ACK] = TCP_STATE_LAST_ACK,
        [MIB_TCP_STATE_TIME_WAIT] = TCP_STATE_TIME_WAIT,   [MIB_TCP_STATE_DELETE_TCB] = TCP_STATE_CLOSE,
    };
    return state >= MIB_TCP_STATE_CLOSED && state <= MIB_TCP_STATE_DELETE_TCB ? states[state] : TCP_STATE_CLOSE;
}

/* Ports stand in the lower half of a number, in network order. */
static uint16_t port_of(DWORD port)
{
    return ntohs((uint16_t)port);
}

/* A listener has no remote end; what stands in its place means nothing. */
static void finish(struct tcp_socket *socket)
{
    if (socket->state != TCP_STATE_LISTEN)
        return;
    memset(&socket->remote, 0, sizeof(socket->remote));
    socket->remote_port = 0;
}

static struct tcp_socket socket_v4(const MIB_TCPROW_OWNER_PID *row)
{
    struct tcp_socket socket = {.state = state_of(row->dwState),
                                .local = tcp_address_v4(&row->dwLocalAddr),
                                .remote = tcp_address_v4(&row->dwRemoteAddr),
                                .local_port = port_of(row->dwLocalPort),
                                .remote_port = port_of(row->dwRemotePort)};
    finish(&socket);
    return socket;
}

static struct tcp_socket socket_v6(const MIB_TCP6ROW_OWNER_PID *row)
{
    /* A socket of its own for each family is what Windows makes unless it is told otherwise. */
    struct tcp_socket socket = {.state = state_of(row->dwState),
                                .local_port = port_of(row->dwLocalPort),
                                .remote_port = port_of(row->dwRemotePort),
                                .only_v6 = true};
    memcpy(socket.local.bytes, row->ucLocalAddr, sizeof(socket.local.bytes));
    memcpy(socket.remote.bytes, row->ucRemoteAddr, sizeof(socket.remote.bytes));
    finish(&socket);
    return socket;
}

void tcp_table_each(const struct tcp_table *table, bool listening, tcp_table_visit visit, void *context)
{
    for (DWORD i = 0; i < table->v4->dwNumEntries; i++) {
        const struct tcp_socket socket = socket_v4(&table->v4->table[i]);
        if ((socket.state == TCP_STATE_LISTEN) == listening)
            visit(context, &socket, table->v4->table[i].dwOwningPid);
    }
    for (DWORD i = 0; table->v6 && i < table->v6->dwNumEntries; i++) {
        const struct tcp_socket socket = socket_v6(&table->v6->table[i]);
        if ((socket.state == TCP_STATE_LISTEN) == listening)
            visit(context, &socket, table->v6->table[i].dwOwningPid);
    }
}

static int add(ULONG family, struct tcp_table_counters *sum)
{
    MIB_TCPSTATS counters;
    ULONG code = GetTcpStatisticsEx(&counters, family);
    if (code != NO_ERROR)
        return error_from_windows(code);
    sum->active_opens += counters.dwActiveOpens;
    sum->passive_opens += counters.dwPassiveOpens;
    sum->attempt_fails += counters.dwAttemptFails;
    sum->retransmitted_segments += counters.dwRetransSegs;
    return 0;
}

int tcp_table_count(struct tcp_table_counters *ret_counters)
{
    struct tcp_table_counters sum = {0};
    int error = add(AF_INET, &sum);
    if (error < 0)
        return error;
    error = add(AF_INET6, &sum);
    if (error < 0 && error != -ENOSYS)
        return error;
    *ret_counters = sum;
    return 0;
}
