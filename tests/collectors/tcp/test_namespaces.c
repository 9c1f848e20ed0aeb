/* SPDX-License-Identifier: Apache-2.0
 * Other network namespaces, on a fake /proc whose namespaces are plain files and a fake kernel that shows the same
 * sockets in each: who is found, under which name, and what one that fails or vanishes costs. */
#include <errno.h>

#include "base/clock.h"
#include "collectors/collector.h"
#include "collectors/tcp/linux/namespaces.h"
#include "collectors/tcp/options.h"
#include "snapshot/tables/all.h"
#include "tests/collectors/tcp/established.h"
#include "tests/fakes/enter.h"
#include "tests/fakes/sock_diag.h"
#include "tests/snapshot/sample.h"
#include "tests/tree.h"

extern const struct collector tcp_collector;

struct world {
    char root[64], procfs[80], sockets[80];
    struct collector_paths paths;
    struct tcp_options options;
    void *state;
};

/* A hard link: the same namespace in another place. */
static void same(const char *root, const char *name, const char *as)
{
    char from[512], to[512];
    tree_path(from, sizeof(from), root, name);
    tree_path(to, sizeof(to), root, as);
    assert_int_equal(link(from, to), 0);
}

static uint64_t inode_of(const struct world *world, const char *name)
{
    char path[512];
    struct stat status;
    tree_path(path, sizeof(path), world->root, name);
    assert_int_equal(stat(path, &status), 0);
    return status.st_ino;
}

static void gone(const struct world *world, const char *name)
{
    char path[512];
    tree_path(path, sizeof(path), world->root, name);
    assert_int_equal(unlink(path), 0);
}

/* Our own namespace with PID 1 in it, one called blue, and one of a container with two processes. */
static void set_up(struct world *world)
{
    *world = (struct world){.options = {.max_rows = 200, .max_destinations = 20, .netns = TCP_NETNS_ALL}};
    tree_make(world->root, sizeof(world->root));
    snprintf(world->procfs, sizeof(world->procfs), "%s/proc", world->root);
    snprintf(world->sockets, sizeof(world->sockets), "%s/sockets", world->root);
    world->paths = (struct collector_paths){world->procfs, "/nonexistent", world->root};
    tree_file(world->root, "sockets", "%s",
              "listen 0.0.0.0 25 0.0.0.0 0\nestablished 192.0.2.1 25 203.0.113.5 50000\n");
    tree_file(world->root, "proc/sys/net/ipv4/ip_local_port_range", "%s", "20000\t24000\n");
    for (unsigned i = 0; i < 2; i++) {
        static const char *const nets[] = {"proc/net", "proc/thread-self/net"};
        char name[64];
        snprintf(name, sizeof(name), "%s/snmp", nets[i]);
        tree_file(world->root, name, "%s", "Tcp: ActiveOpens PassiveOpens\nTcp: 12 34\n");
        snprintf(name, sizeof(name), "%s/netstat", nets[i]);
        tree_file(world->root, name, "%s", "TcpExt: ListenOverflows ListenDrops\nTcpExt: 5 6\n");
    }
    tree_file(world->root, "proc/self/ns/net", "%s", "");
    same(world->root, "proc/self/ns/net", "proc/1/ns/net");
    tree_file(world->root, "run/netns/blue", "%s", "");
    same(world->root, "run/netns/blue", "proc/10/ns/net");
    tree_file(world->root, "proc/20/ns/net", "%s", "");
    same(world->root, "proc/20/ns/net", "proc/21/ns/net");
    tree_file(world->root, "proc/20/cgroup", "%s",
              "4:memory:/other\n0::/system.slice/docker-"
              "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope\n");
    fake_sock_diag_file(world->sockets);
    fake_enter_fail(0, 0);
    assert_int_equal(tcp_collector.open(&world->paths, &world->options, &world->state), 0);
}

static void tear_down(struct world *world)
{
    tcp_collector.close(world->state);
    fake_sock_diag_file(NULL);
    fake_sock_diag_fail(0, 0);
    tree_remove(world->root);
}

static struct snapshot *collect(struct world *world, struct snapshot *previous)
{
    struct builder *builder = sample_begin(previous, 0);
    assert_int_equal(tcp_collector.collect(world->state, builder, clock_monotonic() + CLOCK_SECOND), 0);
    return sample_end(builder, previous);
}

/* 1 or 0 as collector_source_success has it, -1 without that source. */
static int source(const struct snapshot *snapshot, const char *name)
{
    long row = sample_find(snapshot, &table_sources, SOURCES_SOURCE, name);
    return row < 0 ? -1 : (int)snapshot_number(snapshot, &table_sources, (size_t)row, SOURCES_SUCCESS);
}

static const char *error_of(const struct snapshot *snapshot, const char *name)
{
    long row = sample_find(snapshot, &table_sources, SOURCES_SOURCE, name);
    assert_true(row >= 0);
    return snapshot_text(snapshot, &table_sources, (size_t)row, SOURCES_ERROR);
}

static void each_is_watched_once_under_its_name(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    struct snapshot *snapshot = collect(&world, NULL);
    assert_int_equal(established(snapshot, ""), 1);
    assert_int_equal(established(snapshot, "blue"), 1);
    assert_int_equal(established(snapshot, "docker:0123456789ab"), 1);
    assert_int_equal(snapshot_row_count(snapshot, &table_tcp_states), 3 * TCP_STATE_COUNT);
    assert_int_equal(snapshot_row_count(snapshot, &table_tcp_counters), 3);
    assert_int_equal(source(snapshot, "netns:blue"), 1);
    assert_int_equal(source(snapshot, "netns:docker:0123456789ab"), 1);
    assert_int_equal(source(snapshot, "namespaces"), 1);
    snapshot_release(snapshot);
    tear_down(&world);
}

static void names_stay_apart_from_each_other_and_from_our_words(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    tree_file(world.root, "run/netns/other", "%s", "");
    tree_file(world.root, "run/netns/a-name-that-is-longer-than-a-column", "%s", "");
    for (unsigned pid = 30; pid < 33; pid++) {
        char name[64];
        snprintf(name, sizeof(name), "proc/%u/ns/net", pid);
        tree_file(world.root, name, "%s", "");
        snprintf(name, sizeof(name), "proc/%u/comm", pid);
        tree_file(world.root, name, "%s", "sandbox\n");
    }
    struct snapshot *snapshot = collect(&world, NULL);
    assert_int_equal(established(snapshot, "other*"), 1);
    const char *bounded = NULL;
    for (size_t i = 0; i < snapshot_row_count(snapshot, &table_tcp_counters); i++) {
        const char *name = snapshot_text(snapshot, &table_tcp_counters, i, TCP_COUNTERS_NETNS);
        if (strncmp(name, "a-name-", 7) == 0)
            bounded = name;
    }
    assert_non_null(bounded);
    assert_int_equal(established(snapshot, bounded), 1);
    assert_int_equal(established(snapshot, "sandbox"), 1);
    assert_int_equal(established(snapshot, "sandbox#2"), 1);
    assert_int_equal(established(snapshot, "sandbox#3"), 1);
    snapshot_release(snapshot);
    tear_down(&world);
}

static void only_those_with_most_sockets_have_rows_of_their_own(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    for (unsigned i = 0; i < 30; i++) {
        char name[64];
        snprintf(name, sizeof(name), "run/netns/n%02u", i);
        tree_file(world.root, name, "%s", "");
    }
    struct snapshot *snapshot = collect(&world, NULL);
    /* Ten, our own, and the sum of the other 22. */
    assert_int_equal(established(snapshot, "other"), 22);
    assert_int_equal(snapshot_row_count(snapshot, &table_tcp_counters), 11);
    assert_int_equal(source(snapshot, "netns:other"), 1);
    uint64_t total = 0;
    for (size_t i = 0; i < snapshot_row_count(snapshot, &table_tcp_sockets); i++)
        total += snapshot_number(snapshot, &table_tcp_sockets, i, TCP_SOCKETS_SOCKETS);
    assert_int_equal(total, 33 * 2);
    snapshot_release(snapshot);
    tear_down(&world);
}

static void one_that_fails_is_one_failed_source(void **state)
{
    (void)state;
    /* Walks: two of our own, two of each other, in the order of their inodes. */
    for (unsigned step = 0; step < 3; step++) {
        struct world world;
        set_up(&world);
        bool blue_first = inode_of(&world, "run/netns/blue") < inode_of(&world, "proc/20/ns/net");
        if (step == 0) {
            fake_enter_fail(inode_of(&world, "run/netns/blue"), -EIO);
        } else {
            fake_sock_diag_fail(-EIO, 1);
            fake_sock_diag_skip((blue_first ? 2 : 4) + step - 1);
        }
        struct snapshot *snapshot = collect(&world, NULL);
        assert_int_equal(source(snapshot, "netns:blue"), 0);
        assert_string_equal(error_of(snapshot, "netns:blue"), "netns:blue: Input/output error");
        assert_int_equal(established(snapshot, "blue"), 0);
        assert_int_equal(established(snapshot, ""), 1);
        assert_int_equal(established(snapshot, "docker:0123456789ab"), 1);
        fake_enter_fail(0, 0);
        snapshot = collect(&world, snapshot);
        assert_int_equal(established(snapshot, "blue"), 1);
        snapshot_release(snapshot);
        tear_down(&world);
    }
}

static void without_the_right_it_is_said_once(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    uint64_t first = inode_of(&world, "run/netns/blue"), second = inode_of(&world, "proc/20/ns/net");
    fake_enter_fail(first < second ? first : second, -EPERM);
    struct snapshot *snapshot = collect(&world, NULL);
    assert_int_equal(source(snapshot, "namespaces"), 0);
    assert_string_equal(error_of(snapshot, "namespaces"), "entering them needs CAP_SYS_ADMIN: Operation not permitted");
    assert_int_equal(source(snapshot, "netns:blue"), -1);
    assert_int_equal(established(snapshot, ""), 1);
    snapshot_release(snapshot);
    tear_down(&world);
}

static void one_that_vanishes_costs_its_rows_only(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    struct snapshot *snapshot = collect(&world, NULL);
    gone(&world, "run/netns/blue");
    gone(&world, "proc/20/ns/net"); /* its other process lives on */
    snapshot = collect(&world, snapshot);
    assert_int_equal(source(snapshot, "netns:blue"), -1);
    assert_int_equal(established(snapshot, "blue"), 0);
    assert_int_equal(established(snapshot, ""), 1);
    snapshot = collect(&world, snapshot);
    /* The next sample found them by another way in, and under the name they had. */
    assert_int_equal(established(snapshot, "blue"), 1);
    assert_int_equal(established(snapshot, "docker:0123456789ab"), 1);
    gone(&world, "proc/10/ns/net");
    gone(&world, "proc/21/ns/net");
    for (unsigned i = 0; i < 3; i++)
        snapshot = collect(&world, snapshot);
    assert_int_equal(snapshot_row_count(snapshot, &table_tcp_states), TCP_STATE_COUNT);
    assert_int_equal(source(snapshot, "namespaces"), 1);
    snapshot_release(snapshot);
    tear_down(&world);
}

static void a_file_that_is_another_namespace_by_now_is_not_entered(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    struct snapshot *snapshot = collect(&world, NULL);
    tree_file(world.root, "fresh", "%s", "");
    gone(&world, "run/netns/blue");
    same(world.root, "fresh", "run/netns/blue");
    snapshot = collect(&world, snapshot);
    assert_int_equal(established(snapshot, "blue"), 0);
    snapshot = collect(&world, snapshot);
    assert_int_equal(established(snapshot, "blue"), 1); /* by its process */
    assert_int_equal(established(snapshot, "blue#2"), 1);
    snapshot_release(snapshot);
    tear_down(&world);
}

static void empty_ones_are_not_walked(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    tree_file(world.root, "proc/thread-self/net/sockstat", "%s",
              "sockets: used 1\nTCP: inuse 0 orphan 0 tw 0 alloc 0 mem 0\n");
    tree_file(world.root, "proc/thread-self/net/sockstat6", "%s", "TCP6: inuse 0\n");
    struct snapshot *snapshot = collect(&world, NULL);
    assert_int_equal(snapshot_row_count(snapshot, &table_tcp_states), TCP_STATE_COUNT);
    assert_int_equal(source(snapshot, "netns:blue"), 1);
    tree_file(world.root, "proc/thread-self/net/sockstat6", "%s", "TCP6: inuse 1\n");
    snapshot = collect(&world, snapshot);
    assert_int_equal(established(snapshot, "blue"), 1);
    tree_file(world.root, "proc/thread-self/net/sockstat", "%s", "TCP: inuse 0 orphan 0 tw 7 alloc 0 mem 0\n");
    tree_file(world.root, "proc/thread-self/net/sockstat6", "%s", "TCP6: inuse 0\n");
    snapshot = collect(&world, snapshot);
    assert_int_equal(established(snapshot, "blue"), 1);
    snapshot_release(snapshot);
    tear_down(&world);
}

static void counters_that_cannot_be_read_cost_only_themselves(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    gone(&world, "proc/thread-self/net/snmp");
    struct snapshot *snapshot = collect(&world, NULL);
    assert_int_equal(established(snapshot, "blue"), 1);
    assert_int_equal(snapshot_row_count(snapshot, &table_tcp_counters), 1);
    snapshot_release(snapshot);
    tear_down(&world);
}

static void hidden_processes_are_told(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    gone(&world, "proc/1/ns/net");
    tree_remove_below(world.root, "proc/1");
    struct snapshot *snapshot = collect(&world, NULL);
    assert_int_equal(source(snapshot, "namespaces"), 0);
    assert_non_null(strstr(error_of(snapshot, "namespaces"), "CAP_SYS_PTRACE"));
    assert_int_equal(established(snapshot, "blue"), 1);
    snapshot_release(snapshot);
    tear_down(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_watched_once_under_its_name),
        cmocka_unit_test(names_stay_apart_from_each_other_and_from_our_words),
        cmocka_unit_test(only_those_with_most_sockets_have_rows_of_their_own),
        cmocka_unit_test(one_that_fails_is_one_failed_source),
        cmocka_unit_test(without_the_right_it_is_said_once),
        cmocka_unit_test(one_that_vanishes_costs_its_rows_only),
        cmocka_unit_test(a_file_that_is_another_namespace_by_now_is_not_entered),
        cmocka_unit_test(empty_ones_are_not_walked),
        cmocka_unit_test(counters_that_cannot_be_read_cost_only_themselves),
        cmocka_unit_test(hidden_processes_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
