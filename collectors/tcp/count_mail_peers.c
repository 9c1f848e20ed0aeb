/* SPDX-License-Identifier: Apache-2.0
 * Who talks SMTP with this host: live connections of the mail ports by peer. Only those with the most become rows of
 * their own; the others are summed by process and local address, so that totals stay whole. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/tcp/count.h"
#include "snapshot/tables/tcp_internal.h"

#define MOST_PEER_ROWS 512u
#define MOST_REST_ROWS 512u

/* Compared as bytes: no padding. */
struct peer_key {
    struct tcp_address local, peer;
    uint32_t process;
    uint16_t port;
    uint16_t role;
};

struct put {
    const struct count *count;
    const struct names *names;
    const char *netns;
    struct builder *builder;
};

static const struct tcp_address none;

static bool is_none(const struct tcp_address *address)
{
    return memcmp(address, &none, sizeof(none)) == 0;
}

static void put_accepted(const struct put *put, const struct peer_key *key)
{
    const struct destination_key ends = {key->local, key->peer, key->port};
    size_t position = map_find(&put->count->accepted.keys, &ends, sizeof(ends));
    if (key->role == TCP_ROLE_INBOUND && position != MAP_NONE)
        builder_number(put->builder, TCP_MAIL_PEERS_ACCEPTED, put->count->accepted.values[position].all);
}

static void put_peer(const struct put *put, const struct peer_key *key, uint32_t connections)
{
    char local[TCP_ADDRESS_TEXT] = "*", peer[TCP_ADDRESS_TEXT] = "other";
    if (!is_none(&key->local))
        tcp_address_format(local, &key->local);
    if (!is_none(&key->peer))
        tcp_address_format(peer, &key->peer);
    builder_row(put->builder, &table_tcp_mail_peers);
    builder_text(put->builder, TCP_MAIL_PEERS_PROCESS, names_text(put->names, key->process));
    builder_number(put->builder, TCP_MAIL_PEERS_ROLE, key->role);
    builder_text(put->builder, TCP_MAIL_PEERS_LOCAL, local);
    builder_number(put->builder, TCP_MAIL_PEERS_PORT, key->port);
    builder_text(put->builder, TCP_MAIL_PEERS_PEER, peer);
    builder_text(put->builder, TCP_MAIL_PEERS_NETNS, put->netns);
    builder_number(put->builder, TCP_MAIL_PEERS_CONNECTIONS, connections);
    put_accepted(put, key);
}

/* Adds a peer that gets no row of its own; beyond the bound its local address is lost too. */
static void add_rest(struct tally *rest, const struct peer_key *peer, uint32_t connections)
{
    struct peer_key key = *peer;
    key.peer = none;
    const struct tally_value value = {.all = connections};
    if (tally_add(rest, MOST_REST_ROWS, &key, sizeof(key), &value) != MAP_NONE)
        return;
    key.local = none;
    key.process = NAME_UNKNOWN;
    (void)tally_add(rest, SIZE_MAX, &key, sizeof(key), &value);
}

static int put_peers(const struct put *put, const struct tally *peers, struct tally *rest)
{
    uint32_t *order;
    int greatest = tally_greatest(peers, peers->keys.count, &order);
    if (greatest < 0)
        return greatest;
    size_t shown = 0;
    for (size_t i = 0; i < (size_t)greatest; i++) {
        const struct peer_key *key = peers->keys.entries[order[i]].key;
        uint32_t connections = peers->values[order[i]].all;
        if (is_none(&key->peer) || shown == MOST_PEER_ROWS) {
            add_rest(rest, key, connections);
        } else {
            put_peer(put, key, connections);
            shown++;
        }
    }
    free(order);
    for (size_t i = 0; i < rest->keys.count; i++)
        put_peer(put, rest->keys.entries[i].key, rest->values[i].all);
    return rest->error;
}

int count_put_mail_peers(const struct count *count, const struct count_output *output, struct builder *builder)
{
    const struct put put = {count, output->names, output->netns, builder};
    struct tally peers = {0}, rest = {0};
    for (size_t i = 0; i < count->flows.keys.count; i++) {
        const struct flow_key *flow = count->flows.keys.entries[i].key;
        if (!count_is_mail(flow))
            continue;
        const struct peer_key key = {flow->source, flow->destination, flow->owner.process, flow->port, flow->role};
        (void)tally_add(&peers, SIZE_MAX, &key, sizeof(key), &(struct tally_value){.all = count->flows.values[i].all});
    }
    int error = peers.error;
    if (error == 0 && peers.keys.count > 0)
        error = put_peers(&put, &peers, &rest);
    tally_free(&peers);
    tally_free(&rest);
    return error;
}
