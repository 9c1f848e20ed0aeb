/* SPDX-License-Identifier: Apache-2.0
 * A host in event mode, on a fake kernel: for the tests of the collector and for the one in which allocations fail. */
#ifndef CHOKEPOINT_TESTS_COLLECTORS_TCP_EVENTS_WORLD_H
#define CHOKEPOINT_TESTS_COLLECTORS_TCP_EVENTS_WORLD_H

#include <errno.h>
#include <netinet/tcp.h>

#include "base/clock.h"
#include "collectors/collector.h"
#include "collectors/tcp/options.h"
#include "collectors/tcp/socket.h"
#include "snapshot/tables/all.h"
#include "tests/fakes/events.h"
#include "tests/fakes/sock_diag.h"
#include "tests/snapshot/sample.h"
#include "tests/tree.h"

extern const struct collector tcp_collector;

static const char world_sockets[] = "listen 0.0.0.0 80 0.0.0.0 0 inode=200 limit=100\n"
                                    "established 192.0.2.1 20001 198.51.100.7 1433 inode=100 cookie=1\n"
                                    "established 192.0.2.1 80 203.0.113.5 50000 inode=201 cookie=2\n"
                                    "time_wait 192.0.2.1 21000 198.51.100.7 1433 expires=30000 repeat=40\n";

struct world {
    char root[64], procfs[80], file[80];
    struct collector_paths paths;
    struct tcp_options options;
    uint32_t netns;
    void *state;
    struct snapshot *snapshot;
};

/* Makes the host and opens the collector. events: a position in the words of the option. */
static inline void world_set_up(struct world *world, unsigned events)
{
    struct stat status;
    char path[128];
    *world = (struct world){
        .options = {.max_rows = 200, .max_destinations = 20, .events = events, .event_cpu_budget = 0.02}};
    tree_make(world->root, sizeof(world->root));
    snprintf(world->procfs, sizeof(world->procfs), "%s/proc", world->root);
    snprintf(world->file, sizeof(world->file), "%s/sockets", world->root);
    world->paths = (struct collector_paths){world->procfs, "/nonexistent", world->root};
    tree_file(world->root, "sockets", "%s", world_sockets);
    tree_file(world->root, "proc/self/ns/net", "%s", "");
    tree_file(world->root, "proc/sys/net/ipv4/ip_local_port_range", "%s", "20000\t24000\n");
    tree_file(world->root, "proc/sys/net/ipv4/tcp_tw_reuse", "%s", "1\n");
    tree_file(world->root, "proc/net/snmp", "%s", "Tcp: ActiveOpens PassiveOpens\nTcp: 12 34\n");
    tree_file(world->root, "proc/net/netstat", "%s", "TcpExt: ListenOverflows ListenDrops\nTcpExt: 5 6\n");
    tree_link(world->root, "proc/10/exe", "/usr/bin/relay");
    tree_link(world->root, "proc/10/fd/3", "socket:[100]");
    tree_link(world->root, "proc/20/exe", "/usr/sbin/httpd");
    tree_link(world->root, "proc/20/fd/3", "socket:[200]");
    tree_link(world->root, "proc/20/fd/4", "socket:[201]");
    snprintf(path, sizeof(path), "%s/self/ns/net", world->procfs);
    assert_int_equal(stat(path, &status), 0);
    world->netns = (uint32_t)status.st_ino;
    fake_sock_diag_file(world->file);
    assert_int_equal(tcp_collector.open(&world->paths, &world->options, &world->state), 0);
}

/* Takes all of it away. */
static inline void world_tear_down(struct world *world)
{
    snapshot_release(world->snapshot);
    tcp_collector.close(world->state);
    fake_sock_diag_file(NULL);
    fake_events_allow(-EPERM);
    tree_remove(world->root);
}

/* The group of a process's connections from 192.0.2.1 to this port of 198.51.100.7. */
static inline struct event_key world_outbound(const struct world *world, const char *process, uint16_t port)
{
    struct event_key key;
    const struct tcp_address source = tcp_address_v4((const uint8_t[]){192, 0, 2, 1});
    const struct tcp_address destination = tcp_address_v4((const uint8_t[]){198, 51, 100, 7});
    memset(&key, 0, sizeof(key));
    memcpy(key.source, &source, sizeof(source));
    memcpy(key.destination, &destination, sizeof(destination));
    key.netns = world->netns;
    key.port = port;
    key.role = EVENT_OUTBOUND;
    snprintf(key.name, sizeof(key.name), "%s", process);
    return key;
}

/* The ends of one of these connections. */
static inline struct event_tuple world_tuple(const struct world *world, uint16_t local_port, uint16_t port)
{
    struct event_tuple tuple = {.netns = world->netns, .local_port = local_port, .remote_port = port};
    const struct event_key key = world_outbound(world, "", port);
    memcpy(tuple.local, key.source, sizeof(tuple.local));
    memcpy(tuple.remote, key.destination, sizeof(tuple.remote));
    return tuple;
}

#endif
