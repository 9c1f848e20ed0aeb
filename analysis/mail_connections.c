/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/mail_connections.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/mail_scopes.h"
#include "base/map.h"
#include "snapshot/tables/listeners.h"
#include "snapshot/tables/mail_connections.h"
#include "snapshot/tables/tcp_internal.h"
#include "snapshot/tables/tcp_sockets.h"
#include "snapshot/tables/tcp_states.h"

#define MAIL_PORTS       3u
#define NEAR_RATIO       0.8
#define NOTABLE_RATIO    0.1 /* from here up a peer has a row of its own, whatever others take */
#define NOTABLE_COUNT    10u
#define HOUR_NANOSECONDS (INT64_C(3600) * 1000000000)
#define DAY_NANOSECONDS  (24 * HOUR_NANOSECONDS)

/* Compared as bytes: no padding. */
struct peer_key {
    uint64_t scope;
    struct address address;
};

struct peer {
    uint64_t connections;
    uint64_t accepted; /* ever; only where it is followed */
    uint64_t passing;  /* of the ports that it talks to */
    bool followed;
    bool alone;
};

/* Inbound sockets of a port: connections that live, and those that are on their way in or out. */
struct traffic {
    uint64_t living;
    uint64_t passing;
};

struct analysis {
    struct builder *builder;
    struct mail_scopes scopes;
    struct map peers;                       /* struct peer_key */
    struct peer *of;                        /* by position in peers */
    struct traffic traffic[MAIL_PORTS + 1]; /* by position in mail_ports; the last one is that of all other ports */
};

double mail_connections_source_limit(double per_source, double percent, double total, double active,
                                     bool *ret_by_percent)
{
    double share = NAN;
    if (!isnan(percent) && !isnan(total))
        share = isinf(percent) || isinf(total) ? INFINITY : floor(percent * fmax(total - active, 0) / 100);
    *ret_by_percent = !isnan(share) && (isnan(per_source) || share < per_source);
    return *ret_by_percent ? share : per_source;
}

/* Rows of other namespaces are other hosts, as far as mail servers go. */
static bool is_own(const struct builder *builder, const struct table *table, size_t row, unsigned netns)
{
    return *builder_get_text(builder, table, row, netns) == '\0';
}

static const uint64_t mail_ports[] = {25, 465, 587};

static unsigned mail_port_position(uint64_t port)
{
    unsigned position = 0;
    while (position < MAIL_PORTS && mail_ports[position] != port)
        position++;
    return position;
}

static void count_traffic(struct analysis *analysis)
{
    const struct builder *builder = analysis->builder;
    const struct table *table = &table_tcp_sockets;
    for (size_t i = 0; i < builder_row_count(builder, table); i++) {
        if (builder_get_number(builder, table, i, TCP_SOCKETS_ROLE) != TCP_ROLE_INBOUND ||
            !is_own(builder, table, i, TCP_SOCKETS_NETNS))
            continue;
        uint64_t state = builder_get_number(builder, table, i, TCP_SOCKETS_STATE);
        uint64_t sockets = builder_get_number(builder, table, i, TCP_SOCKETS_SOCKETS);
        struct traffic *of =
            &analysis->traffic[mail_port_position(builder_get_number(builder, table, i, TCP_SOCKETS_PORT))];
        if (state == TCP_STATE_ESTABLISHED || state == TCP_STATE_CLOSE_WAIT)
            of->living += sockets;
        else
            of->passing += sockets;
    }
}

/* Whether what the host accepts is most likely this port's: nothing passes at others, and less lives there. */
static bool is_alone(const struct analysis *analysis, unsigned position)
{
    struct traffic others = {0, 0};
    for (unsigned i = 0; i <= MAIL_PORTS; i++) {
        others.living += i == position ? 0 : analysis->traffic[i].living;
        others.passing += i == position ? 0 : analysis->traffic[i].passing;
    }
    return others.passing == 0 && others.living < analysis->traffic[position].living;
}

/* What a walk sees of arrivals at the port that a peer talks to. */
static void note_traffic(const struct analysis *analysis, uint64_t port, struct peer *peer)
{
    unsigned position = mail_port_position(port);
    peer->passing += analysis->traffic[position].passing;
    peer->alone = peer->alone || is_alone(analysis, position);
}

static int count_peer(struct analysis *analysis, size_t row)
{
    const struct builder *builder = analysis->builder;
    const struct table *table = &table_tcp_mail_peers;
    struct address local, peer;
    bool has_local = address_parse(builder_get_text(builder, table, row, TCP_MAIL_PEERS_LOCAL), &local) == 0;
    bool has_peer = address_parse(builder_get_text(builder, table, row, TCP_MAIL_PEERS_PEER), &peer) == 0;
    uint64_t port = builder_get_number(builder, table, row, TCP_MAIL_PEERS_PORT);
    uint64_t connections = builder_get_number(builder, table, row, TCP_MAIL_PEERS_CONNECTIONS);
    bool inbound = builder_get_number(builder, table, row, TCP_MAIL_PEERS_ROLE) == TCP_ROLE_INBOUND;
    const char *process = builder_get_text(builder, table, row, TCP_MAIL_PEERS_PROCESS);
    struct mail_scope *scope =
        inbound ? mail_scopes_inbound(&analysis->scopes, has_local ? &local : NULL, port, has_peer ? &peer : NULL)
                : mail_scopes_outbound(&analysis->scopes, process, port);
    scope->connections += connections;
    if (!has_peer) {
        scope->other_peers += connections;
        return 0;
    }
    const struct peer_key key = {(uint64_t)(scope - analysis->scopes.items), peer};
    size_t position = map_put(&analysis->peers, &key, sizeof(key));
    if (position == MAP_NONE)
        return -ENOMEM;
    struct peer *of = &analysis->of[position];
    of->connections += connections;
    of->accepted += builder_get_number(builder, table, row, TCP_MAIL_PEERS_ACCEPTED);
    of->followed = of->followed || builder_has(builder, table, row, TCP_MAIL_PEERS_ACCEPTED);
    if (inbound)
        note_traffic(analysis, port, of);
    return 0;
}

static int count_peers(struct analysis *analysis)
{
    size_t rows = builder_row_count(analysis->builder, &table_tcp_mail_peers);
    analysis->of = arena_allocate(&analysis->scopes.arena, (rows + 1) * sizeof(*analysis->of));
    int error = analysis->of ? 0 : -ENOMEM;
    count_traffic(analysis);
    for (size_t i = 0; i < rows && error == 0; i++)
        if (is_own(analysis->builder, &table_tcp_mail_peers, i, TCP_MAIL_PEERS_NETNS))
            error = count_peer(analysis, i);
    return error;
}

/* What waits to be accepted. A listener of several connectors counts for the one with the widest range. */
static void count_waiting(struct analysis *analysis)
{
    const struct builder *builder = analysis->builder;
    for (size_t i = 0; i < builder_row_count(builder, &table_listeners); i++) {
        struct address local;
        uint64_t port = builder_get_number(builder, &table_listeners, i, LISTENERS_PORT);
        uint64_t queue = builder_get_number(builder, &table_listeners, i, LISTENERS_QUEUE);
        if (mail_port_position(port) == MAIL_PORTS || queue == 0 ||
            !is_own(builder, &table_listeners, i, LISTENERS_NETNS))
            continue;
        bool specific = address_parse(builder_get_text(builder, &table_listeners, i, LISTENERS_ADDRESS), &local) == 0;
        mail_scopes_inbound(&analysis->scopes, specific ? &local : NULL, port, NULL)->waiting += queue;
    }
}

static double ratio_of(uint64_t connections, double limit)
{
    return (double)connections / fmax(limit, 1);
}

static void put_scope(struct builder *builder, const struct table *table, unsigned first,
                      const struct mail_scope *scope)
{
    builder_row(builder, table);
    if (scope->known) {
        builder_number(builder, first, scope->mta);
        builder_text(builder, first + 1, scope->server);
    }
    builder_text(builder, first + 2, scope->name);
    builder_number(builder, first + 3, scope->role);
}

static void write_elsewhere(char *text, size_t size, const struct mail_scope *scope)
{
    int length = snprintf(text, size, "not this limit");
    if (scope->total.value > 0 && !isinf(scope->total.value) && length > 0)
        (void)snprintf(text + length, size - (size_t)length, "; all of them are %.0f %% of the total of %.0f",
                       100 * ratio_of(scope->connections, scope->total.value), scope->total.value);
    size_t used = strlen(text);
    (void)snprintf(text + used, size - used, "; see the rate per minute%s",
                   scope->waiting > 0 ? ", and the accept queue" : ", back pressure and protocol errors");
}

static void write_verdict(char *text, size_t size, const struct mail_scope *scope, double ratio)
{
    if (ratio >= 1)
        (void)snprintf(text, size, "at this limit: further connections are refused");
    else if (ratio >= NEAR_RATIO)
        (void)snprintf(text, size, "near this limit");
    else
        write_elsewhere(text, size, scope);
}

static void put_limit(struct builder *builder, const struct mail_scope *scope, uint64_t connections, bool exempt)
{
    bool by_percent;
    char verdict[200];
    double limit = mail_connections_source_limit(scope->per_peer.value, scope->percent.value, scope->total.value,
                                                 (double)scope->connections, &by_percent);
    if (exempt)
        limit = INFINITY;
    if (isnan(limit))
        return;
    double ratio = ratio_of(connections, limit);
    write_verdict(verdict, sizeof(verdict), scope, ratio);
    builder_real(builder, MAIL_CONNECTIONS_LIMIT, limit);
    builder_real(builder, MAIL_CONNECTIONS_RATIO, ratio);
    builder_text(builder, MAIL_CONNECTIONS_NATIVE,
                 exempt ? "exempt" : (by_percent ? scope->percent : scope->per_peer).native);
    builder_text(builder, MAIL_CONNECTIONS_VERDICT, exempt ? "exempt from this limit" : verdict);
    if (ratio < NOTABLE_RATIO && connections < NOTABLE_COUNT)
        builder_weak(builder);
}

static void put_arrivals(struct builder *builder, const struct mail_scope *scope, const char *peer,
                         const struct peer *of)
{
    builder_row(builder, &table_mail_arrivals);
    builder_text(builder, MAIL_ARRIVALS_SERVER, scope->known ? scope->server : "");
    builder_text(builder, MAIL_ARRIVALS_SCOPE, scope->name);
    builder_text(builder, MAIL_ARRIVALS_PEER, peer);
    if (of->followed)
        builder_number(builder, MAIL_ARRIVALS_ACCEPTED, of->accepted);
    builder_number(builder, MAIL_ARRIVALS_PASSING, of->passing);
    builder_number(builder, MAIL_ARRIVALS_ALONE, of->alone);
}

static void put_peer(struct analysis *analysis, size_t position)
{
    const struct peer_key *key = analysis->peers.entries[position].key;
    const struct mail_scope *scope = &analysis->scopes.items[key->scope];
    const struct peer *of = &analysis->of[position];
    struct builder *builder = analysis->builder;
    char peer[ADDRESS_TEXT];
    address_format(peer, &key->address);
    put_scope(builder, &table_mail_connections, MAIL_CONNECTIONS_MTA, scope);
    builder_text(builder, MAIL_CONNECTIONS_PEER, peer);
    builder_number(builder, MAIL_CONNECTIONS_CONNECTIONS, of->connections);
    put_limit(builder, scope, of->connections, mail_scopes_exempt(&analysis->scopes, scope, &key->address));
    if (scope->role == TCP_ROLE_INBOUND)
        put_arrivals(builder, scope, peer, of);
}

static void put_other_peers(struct builder *builder, const struct mail_scope *scope)
{
    put_scope(builder, &table_mail_connections, MAIL_CONNECTIONS_MTA, scope);
    builder_others(builder, 1);
    builder_number(builder, MAIL_CONNECTIONS_CONNECTIONS, scope->other_peers);
}

static bool same_scope(const struct snapshot *snapshot, size_t row, const struct mail_scope *scope)
{
    const struct table *table = &table_mail_server_connections;
    return snapshot_has(snapshot, table, row, MAIL_SERVER_CONNECTIONS_MTA) == scope->known &&
           snapshot_number(snapshot, table, row, MAIL_SERVER_CONNECTIONS_MTA) == scope->mta &&
           snapshot_number(snapshot, table, row, MAIL_SERVER_CONNECTIONS_ROLE) == scope->role &&
           strcmp(snapshot_text(snapshot, table, row, MAIL_SERVER_CONNECTIONS_SERVER), scope->server) == 0 &&
           strcmp(snapshot_text(snapshot, table, row, MAIL_SERVER_CONNECTIONS_SCOPE), scope->name) == 0;
}

/* The greatest value since the last full period, as the snapshot before knew it. */
static uint64_t peak(const struct builder *builder, const struct mail_scope *scope, unsigned column, int64_t period)
{
    const struct snapshot *previous = builder_previous(builder);
    if (!previous || snapshot_wall_time(previous) / period != builder_wall_now(builder) / period)
        return scope->connections;
    for (size_t i = 0; i < snapshot_row_count(previous, &table_mail_server_connections); i++) {
        if (!same_scope(previous, i, scope))
            continue;
        uint64_t before = snapshot_number(previous, &table_mail_server_connections, i, column);
        return before > scope->connections ? before : scope->connections;
    }
    return scope->connections;
}

static void put_total(struct builder *builder, const struct mail_scope *scope)
{
    uint64_t hour = peak(builder, scope, MAIL_SERVER_CONNECTIONS_PEAK_HOUR, HOUR_NANOSECONDS);
    uint64_t day = peak(builder, scope, MAIL_SERVER_CONNECTIONS_PEAK_DAY, DAY_NANOSECONDS);
    if (scope->role == TCP_ROLE_OUTBOUND && day == 0)
        return;
    put_scope(builder, &table_mail_server_connections, MAIL_SERVER_CONNECTIONS_MTA, scope);
    builder_number(builder, MAIL_SERVER_CONNECTIONS_CONNECTIONS, scope->connections);
    builder_number(builder, MAIL_SERVER_CONNECTIONS_PEAK_HOUR, hour);
    builder_number(builder, MAIL_SERVER_CONNECTIONS_PEAK_DAY, day);
    if (scope->role == TCP_ROLE_INBOUND)
        builder_number(builder, MAIL_SERVER_CONNECTIONS_WAITING, scope->waiting);
    if (isnan(scope->total.value))
        return;
    builder_real(builder, MAIL_SERVER_CONNECTIONS_LIMIT, scope->total.value);
    builder_real(builder, MAIL_SERVER_CONNECTIONS_RATIO, ratio_of(scope->connections, scope->total.value));
}

static void put(struct analysis *analysis)
{
    for (size_t i = 0; i < analysis->peers.count; i++)
        put_peer(analysis, i);
    for (size_t i = 0; i < analysis->scopes.count; i++) {
        const struct mail_scope *scope = &analysis->scopes.items[i];
        if (scope->other_peers > 0)
            put_other_peers(analysis->builder, scope);
        put_total(analysis->builder, scope);
    }
}

void mail_connections_analyse(struct builder *builder)
{
    struct analysis analysis = {.builder = builder};
    int error = mail_scopes_load(&analysis.scopes, builder);
    if (error == 0)
        error = count_peers(&analysis);
    if (error == 0) {
        count_waiting(&analysis);
        put(&analysis);
    } else {
        builder_fail(builder, error);
    }
    map_free(&analysis.peers);
    mail_scopes_free(&analysis.scopes);
}
