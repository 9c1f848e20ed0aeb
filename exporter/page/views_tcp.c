/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/page/views.h"

#include <math.h>
#include <string.h>

#include "exporter/page/human.h"
#include "snapshot/tables/listeners.h"
#include "snapshot/tables/tcp_sockets.h"
#include "snapshot/tables/tcp_states.h"

static double socket_rank(const struct snapshot *snapshot, size_t row)
{
    return snapshot_real(snapshot, &table_tcp_sockets, row, TCP_SOCKETS_SOCKETS);
}

static void write_estimated(const struct snapshot *snapshot, size_t row, struct text *text)
{
    if (snapshot_number(snapshot, &table_tcp_sockets, row, TCP_SOCKETS_ESTIMATED) > 0)
        human_cell(text, snapshot, &table_tcp_sockets, row, TCP_SOCKETS_ESTIMATED);
}

static const struct view_field socket_fields[] = {
    {.heading = "Sockets", .column = TCP_SOCKETS_SOCKETS, .numeric = true},
    {.heading = "State", .column = TCP_SOCKETS_STATE},
    {.heading = "Process", .column = TCP_SOCKETS_PROCESS},
    {.heading = "Unit", .column = TCP_SOCKETS_UNIT},
    {.heading = "Role", .column = TCP_SOCKETS_ROLE},
    {.heading = "Port", .column = TCP_SOCKETS_PORT, .numeric = true},
    {.heading = "Namespace", .column = TCP_SOCKETS_NETNS},
    {.heading = "Owner estimated", .write = write_estimated, .numeric = true},
    {.heading = NULL},
};

const struct view view_sockets = {
    .title = "TCP sockets by process",
    .empty = "No TCP sockets.",
    .table = &table_tcp_sockets,
    .fields = socket_fields,
    .rank = socket_rank,
    .most_rows = 12,
};

static double listener_share(const struct snapshot *snapshot, size_t row)
{
    uint64_t limit = snapshot_number(snapshot, &table_listeners, row, LISTENERS_QUEUE_LIMIT);
    if (limit == 0)
        return NAN;
    return snapshot_real(snapshot, &table_listeners, row, LISTENERS_QUEUE) / (double)limit;
}

static double listener_rank(const struct snapshot *snapshot, size_t row)
{
    double share = listener_share(snapshot, row);
    return isnan(share) ? -1 : share;
}

static void write_waiting(const struct snapshot *snapshot, size_t row, struct text *text)
{
    human_part(text, snapshot, &table_listeners, row, LISTENERS_QUEUE, LISTENERS_QUEUE_LIMIT);
}

static void write_listen_address(const struct snapshot *snapshot, size_t row, struct text *text)
{
    const char *address = snapshot_text(snapshot, &table_listeners, row, LISTENERS_ADDRESS);
    bool bare = strchr(address, ':') != NULL;
    text_string(text, bare ? "[" : "");
    human_visible(text, address);
    text_string(text, bare ? "]" : "");
    if (snapshot_has(snapshot, &table_listeners, row, LISTENERS_PORT))
        text_string(text, ":");
    human_cell(text, snapshot, &table_listeners, row, LISTENERS_PORT);
}

static const struct view_field listener_fields[] = {
    {.heading = "Waiting", .write = write_waiting, .numeric = true},
    {.heading = "Listens on", .write = write_listen_address},
    {.heading = "Process", .column = LISTENERS_PROCESS},
    {.heading = "Unit", .column = LISTENERS_UNIT},
    {.heading = "Namespace", .column = LISTENERS_NETNS},
    {.heading = "Sockets", .column = LISTENERS_LISTENERS, .numeric = true},
    {.heading = NULL},
};

const struct view view_listeners = {
    .title = "Accept queues of listeners",
    .empty = "Nothing listens.",
    .table = &table_listeners,
    .fields = listener_fields,
    .rank = listener_rank,
    .share = listener_share,
    .most_rows = 10,
};

void view_write_states(const struct snapshot *snapshot, struct text *text)
{
    uint64_t sockets[TCP_STATE_COUNT] = {0};
    size_t rows = snapshot_row_count(snapshot, &table_tcp_states);
    for (size_t i = 0; i < rows; i++)
        sockets[snapshot_number(snapshot, &table_tcp_states, i, TCP_STATES_STATE)] +=
            snapshot_number(snapshot, &table_tcp_states, i, TCP_STATES_SOCKETS);
    for (unsigned written = 0;; written++) {
        unsigned most = 0;
        for (unsigned state = 1; state < TCP_STATE_COUNT; state++)
            if (sockets[state] > sockets[most])
                most = state;
        if (sockets[most] == 0)
            return;
        text_string(text, written ? ", " : "");
        human_count(text, sockets[most]);
        text_format(text, " %s", tcp_state_words[most]);
        sockets[most] = 0;
    }
}
