/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/page/views.h"

#include <math.h>
#include <string.h>

#include "exporter/page/human.h"
#include "snapshot/tables/port_use.h"

/* From half of the range on connect() may search long; near the end it fails. */
static const double share_warning = 0.50, share_bad = 0.85;

enum level view_share_level(double share)
{
    if (isnan(share))
        return LEVEL_PLAIN;
    return share >= share_bad ? LEVEL_BAD : share >= share_warning ? LEVEL_WARNING : LEVEL_GOOD;
}

static double port_share(const struct snapshot *snapshot, size_t row)
{
    if (!snapshot_has(snapshot, &table_port_use, row, PORT_USE_RATIO))
        return NAN;
    return snapshot_real(snapshot, &table_port_use, row, PORT_USE_RATIO);
}

static double port_rank(const struct snapshot *snapshot, size_t row)
{
    double share = port_share(snapshot, row);
    return isnan(share) ? -1 : share;
}

static void write_ports_used(const struct snapshot *snapshot, size_t row, struct text *text)
{
    human_part(text, snapshot, &table_port_use, row, PORT_USE_USED, PORT_USE_USABLE);
}

static bool is_holder(const struct snapshot *snapshot, size_t use, size_t user)
{
    static const unsigned pairs[][2] = {{PORT_USE_SOURCE, PORT_USERS_SOURCE},
                                        {PORT_USE_DESTINATION, PORT_USERS_DESTINATION},
                                        {PORT_USE_NETNS, PORT_USERS_NETNS}};
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        if (strcmp(snapshot_text(snapshot, &table_port_use, use, pairs[i][0]),
                   snapshot_text(snapshot, &table_port_users, user, pairs[i][1])) != 0)
            return false;
    return true;
}

static uint64_t ports_held(const struct snapshot *snapshot, size_t user)
{
    return snapshot_number(snapshot, &table_port_users, user, PORT_USERS_USED);
}

/* The greatest holder that comes after `last` in the order of ports held; the number of rows when there is none. */
static size_t next_holder(const struct snapshot *snapshot, size_t use, size_t last)
{
    size_t count = snapshot_row_count(snapshot, &table_port_users), best = count;
    for (size_t i = 0; i < count; i++) {
        uint64_t held = ports_held(snapshot, i);
        bool after =
            last == count || held < ports_held(snapshot, last) || (held == ports_held(snapshot, last) && i > last);
        if (after && is_holder(snapshot, use, i) && (best == count || held > ports_held(snapshot, best)))
            best = i;
    }
    return best;
}

static void write_holders(const struct snapshot *snapshot, size_t row, struct text *text)
{
    const unsigned most = 5;
    size_t count = snapshot_row_count(snapshot, &table_port_users), user = count;
    for (unsigned i = 0; (user = next_holder(snapshot, row, user)) < count; i++) {
        text_string(text, i ? ", " : "");
        if (i == most) {
            text_string(text, "...");
            return;
        }
        human_cell(text, snapshot, &table_port_users, user, PORT_USERS_PROCESS);
        if (snapshot_has(snapshot, &table_port_users, user, PORT_USERS_UNIT)) {
            text_string(text, " (");
            human_cell(text, snapshot, &table_port_users, user, PORT_USERS_UNIT);
            text_string(text, ")");
        }
        text_string(text, " ");
        human_count(text, ports_held(snapshot, user));
    }
}

static const struct view_field port_fields[] = {
    {.heading = "Ports taken", .write = write_ports_used, .numeric = true},
    {.heading = "Reusable", .column = PORT_USE_REUSABLE, .numeric = true},
    {.heading = "Settles at", .column = PORT_USE_DEMAND, .numeric = true},
    {.heading = "Full in", .column = PORT_USE_EXHAUSTION, .numeric = true},
    {.heading = "Destination", .column = PORT_USE_DESTINATION},
    {.heading = "Source", .column = PORT_USE_SOURCE},
    {.heading = "Namespace", .column = PORT_USE_NETNS},
    {.heading = "Held by", .write = write_holders, .wide = true},
    {.heading = NULL},
};

const struct view view_ports = {
    .title = "Ephemeral ports towards each destination",
    .empty = "No outbound connection holds an ephemeral port.",
    .table = &table_port_use,
    .fields = port_fields,
    .rank = port_rank,
    .share = port_share,
    .most_rows = 10,
};
