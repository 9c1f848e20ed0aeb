/* SPDX-License-Identifier: Apache-2.0
 * What is read below /proc and /sys: processes, cgroups, counters; and the table of inodes. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "collectors/tcp/linux/cgroups.h"
#include "collectors/tcp/linux/counters.h"
#include "collectors/tcp/linux/inodes.h"
#include "collectors/tcp/linux/processes.h"
#include "tests/cmocka.h"
#include "tests/tree.h"

static void process(const char *root, int pid, const char *executable, const char *comm, unsigned inode)
{
    char name[64], target[64];
    snprintf(name, sizeof(name), "%d/comm", pid);
    tree_file(root, name, "%s\n", comm);
    snprintf(name, sizeof(name), "%d/cmdline", pid);
    tree_file(root, name, "%s --instance=%d", comm, pid);
    snprintf(name, sizeof(name), "%d/fd/3", pid);
    snprintf(target, sizeof(target), "socket:[%u]", inode);
    tree_link(root, name, target);
    snprintf(name, sizeof(name), "%d/exe", pid);
    if (executable)
        tree_link(root, name, executable);
}

struct world {
    char root[64];
    struct names names;
    struct inodes inodes;
    struct processes processes;
};

static void set_up(struct world *world)
{
    *world = (struct world){0};
    tree_make(world->root, sizeof(world->root));
    assert_int_equal(names_init(&world->names), 0);
    world->processes.procfs = world->root;
    inodes_begin(&world->inodes);
}

static void tear_down(struct world *world)
{
    tree_remove(world->root);
    processes_free(&world->processes);
    names_free(&world->names);
    inodes_free(&world->inodes);
}

static const char *holder(struct world *world, uint32_t inode)
{
    return names_text(&world->names, inodes_find(&world->inodes, inode)->process);
}

static void resolve(struct world *world, int64_t budget)
{
    const struct processes_limit limit = {budget, clock_monotonic() + budget};
    assert_int_equal(processes_resolve(&world->processes, &world->inodes, &world->names, 1, &limit), 0);
}

static void holders_have_the_name_of_their_executable(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    process(world.root, 10, "/usr/sbin/nginx", "nginx: worker", 100);
    process(world.root, 11, "/opt/relay agent (deleted)", "relay", 101);
    process(world.root, 12, NULL, "kernel-ish", 102);
    process(world.root, 13, "/tmp/other", "other", 103);
    process(world.root, 14, "/tmp/new\nline\"quote\\", "x", 104);
    for (uint32_t inode = 100; inode <= 105; inode++)
        assert_non_null(inodes_see(&world.inodes, inode, 1));
    resolve(&world, CLOCK_SECOND);
    assert_string_equal(holder(&world, 100), "nginx");
    assert_string_equal(holder(&world, 101), "relay agent");
    assert_string_equal(holder(&world, 102), "kernel-ish");
    assert_string_equal(holder(&world, 103), "other*");
    assert_string_equal(holder(&world, 104), "new\nline\"quote\\");
    assert_string_equal(holder(&world, 105), "unknown");
    assert_int_equal(world.inodes.wanted, 0);
    tear_down(&world);
}

static void who_hands_sockets_on_comes_last(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    process(world.root, 1, "/usr/lib/systemd/systemd", "systemd", 100);
    process(world.root, 900, "/usr/sbin/sshd", "sshd", 100);
    process(world.root, 1000, "/usr/sbin/late", "late", 100);
    tree_link(world.root, "1/fd/4", "socket:[200]");
    (void)inodes_see(&world.inodes, 100, 1);
    (void)inodes_see(&world.inodes, 200, 1);
    resolve(&world, CLOCK_SECOND);
    assert_string_equal(holder(&world, 100), "sshd");
    assert_string_equal(holder(&world, 200), "systemd");
    tear_down(&world);
}

static void a_process_with_more_descriptors_than_a_sample_has_time_for(void **state)
{
    (void)state;
    struct world world;
    unsigned samples = 0;
    set_up(&world);
    process(world.root, 10, "/usr/bin/proxy", "proxy", 1);
    process(world.root, 11, "/usr/bin/late", "late", 2);
    for (unsigned i = 1; i <= 2000; i++) {
        char name[64], target[64];
        snprintf(name, sizeof(name), "10/fd/%u", 1000 + i);
        snprintf(target, sizeof(target), "socket:[%u]", 1000 + i);
        tree_link(world.root, name, target);
        (void)inodes_see(&world.inodes, 1000 + i, 1);
    }
    (void)inodes_see(&world.inodes, 2, 1);
    for (; world.inodes.wanted > 0 && samples < 100; samples++)
        resolve(&world, 0);
    assert_true(samples > 5);
    for (unsigned i = 1; i <= 2000; i++)
        assert_string_equal(holder(&world, 1000 + i), "proxy");
    assert_string_equal(holder(&world, 2), "late");
    tear_down(&world);
}

static void rules_name_instances(void **state)
{
    (void)state;
    struct world world;
    struct process_rule rule = {.name = "relay-a"};
    assert_int_equal(regcomp(&rule.pattern, "relay --instance=1[01]$", REG_EXTENDED | REG_NOSUB), 0);
    set_up(&world);
    world.processes.rules = &rule;
    world.processes.rule_count = 1;
    process(world.root, 10, "/usr/bin/relay", "relay", 100);
    process(world.root, 20, "/usr/bin/relay", "relay", 101);
    (void)inodes_see(&world.inodes, 100, 1);
    (void)inodes_see(&world.inodes, 101, 1);
    resolve(&world, CLOCK_SECOND);
    assert_string_equal(holder(&world, 100), "relay-a");
    assert_string_equal(holder(&world, 101), "relay");
    regfree(&rule.pattern);
    tear_down(&world);
}

static void a_walk_goes_on_where_its_time_ran_out(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    for (int pid = 10; pid < 40; pid++)
        process(world.root, pid, "/usr/bin/some", "some", 1000 + (unsigned)pid);
    (void)inodes_see(&world.inodes, 1039, 1);
    unsigned walks = 0;
    for (; inode_wanted(inodes_find(&world.inodes, 1039)) && walks < 100; walks++)
        resolve(&world, 0); /* no time at all: one process each */
    assert_int_equal(walks, 30);
    assert_string_equal(holder(&world, 1039), "some");
    tear_down(&world);
}

static void ask_openers(struct world *world)
{
    const struct processes_limit limit = {CLOCK_SECOND, clock_monotonic() + CLOCK_SECOND};
    processes_ask_openers(&world->processes, &world->inodes, &world->names, &limit);
}

static void who_opened_before_is_asked_first_while_a_walk_is_under_way(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    for (int pid = 10; pid < 40; pid++)
        process(world.root, pid, pid == 20 ? "/usr/bin/older" : "/usr/bin/some", "some", 1000 + (unsigned)pid);
    (void)inodes_see(&world.inodes, 1039, 1);
    resolve(&world, CLOCK_SECOND);
    tree_link(world.root, "39/fd/4", "socket:[2000]");
    tree_link(world.root, "20/fd/4", "socket:[2000]");
    (void)inodes_see(&world.inodes, 2000, 1);
    ask_openers(&world);
    assert_string_equal(holder(&world, 2000), "unknown"); /* a walk that is quick enough costs nothing more */
    resolve(&world, 0);
    ask_openers(&world);
    assert_string_equal(holder(&world, 2000), "some");
    assert_true(inode_wanted(inodes_find(&world.inodes, 2000)));
    for (int walks = 0; walks < 30; walks++)
        resolve(&world, 0);
    assert_string_equal(holder(&world, 2000), "older"); /* who has it of lower number */
    tear_down(&world);
}

static void who_opened_before_and_is_gone_is_passed_over(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    for (int pid = 10; pid < 40; pid++)
        process(world.root, pid, "/usr/bin/some", "some", 1000 + (unsigned)pid);
    (void)inodes_see(&world.inodes, 1038, 1);
    (void)inodes_see(&world.inodes, 1039, 1);
    resolve(&world, CLOCK_SECOND);
    assert_int_equal(world.processes.next_opener, 2);
    tree_remove_below(world.root, "38");
    tree_link(world.root, "39/fd/4", "socket:[2000]");
    (void)inodes_see(&world.inodes, 2000, 1);
    (void)inodes_see(&world.inodes, 2001, 1);
    resolve(&world, 0);
    ask_openers(&world);
    assert_string_equal(holder(&world, 2000), "some");
    assert_string_equal(holder(&world, 2001), "unknown");
    tear_down(&world);
}

static void only_the_latest_openers_are_remembered(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    for (int pid = 10; pid < 10 + 2 * (int)PROCESSES_OPENERS; pid++) {
        process(world.root, pid, "/usr/bin/some", "some", 1000 + (unsigned)pid);
        (void)inodes_see(&world.inodes, 1000 + (unsigned)pid, 1);
    }
    resolve(&world, CLOCK_SECOND);
    for (unsigned i = 0; i < PROCESSES_OPENERS; i++)
        assert_int_equal(world.processes.openers[i], 10 + PROCESSES_OPENERS + i);
    tear_down(&world);
}

static void unknown_holders_are_asked_for_once_a_minute(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    process(world.root, 10, "/usr/bin/some", "some", 1);
    struct inode_entry *entry = inodes_see(&world.inodes, 77, 1);
    resolve(&world, CLOCK_SECOND);
    resolve(&world, CLOCK_SECOND);
    assert_false(inode_wanted(entry));
    assert_int_equal(entry->process, NAME_UNKNOWN);
    assert_false(inode_wanted(inodes_see(&world.inodes, 77, 60)));
    assert_true(inode_wanted(inodes_see(&world.inodes, 77, 61)));
    tear_down(&world);
}

/* Numbers in sequence and others, so that many share their place in the table. */
static uint32_t scattered(uint32_t number)
{
    return number % 2 ? number : number * 2654435761u | 1u << 31;
}

static void inodes_that_stay_are_found_when_others_are_forgotten(void **state)
{
    (void)state;
    const uint32_t all = 30000;
    struct inodes inodes = {0};
    inodes_begin(&inodes);
    for (uint32_t i = 1; i <= all; i++)
        inodes_resolve(&inodes, inodes_see(&inodes, scattered(i), 1), i, 1);
    for (unsigned walk = 0; walk < 3; walk++) {
        inodes_begin(&inodes);
        for (uint32_t i = 3; i <= all; i += 3)
            (void)inodes_see(&inodes, scattered(i), 1);
    }
    assert_int_equal(inodes.count, all / 3);
    assert_int_equal(inodes.wanted, 0);
    for (uint32_t i = 1; i <= all; i++) {
        const struct inode_entry *entry = inodes_find(&inodes, scattered(i));
        assert_true((entry != NULL) == (i % 3 == 0));
        assert_true(!entry || entry->process == i);
    }
    inodes_free(&inodes);
}

static void inodes_are_bounded_and_forget_the_dead(void **state)
{
    (void)state;
    struct inodes inodes = {0};
    inodes_begin(&inodes);
    uint32_t kept = 0;
    for (uint32_t inode = 1; inode <= 2 * INODES_MAX; inode++)
        kept += inodes_see(&inodes, inode, 1) != NULL;
    assert_int_equal(kept, INODES_MAX);
    for (int i = 0; i < 3; i++)
        inodes_begin(&inodes);
    assert_int_equal(inodes.count, 0);
    assert_int_equal(inodes.wanted, 0);
    assert_non_null(inodes_see(&inodes, 2 * INODES_MAX, 1));
    assert_null(inodes_find(&inodes, 0));
    inodes_free(&inodes);
}

static void check_label(const char *path, const char *expected)
{
    char label[64];
    cgroups_label(label, sizeof(label), path);
    assert_string_equal(label, expected);
}

static void units_are_the_last_service_or_scope(void **state)
{
    (void)state;
    check_label("/", "");
    check_label("/system.slice/nginx.service", "nginx.service");
    check_label("/user.slice/user-1000.slice/user@1000.service/app.slice/relay.service", "relay.service");
    check_label("/user.slice/user-1000.slice/session-42.scope", "session.scope");
    check_label("/system.slice/run-u1234.service", "run.service");
    check_label("/system.slice/run-r0123456789abcdef.scope", "run.scope");
    check_label("/system.slice/system-postfix.slice/postfix@-.service", "postfix@-.service");
    check_label("/system.slice/docker-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope",
                "docker:0123456789ab");
    check_label("/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "docker:0123456789ab");
    check_label("/kubepods.slice/kubepods-besteffort.slice/cri-containerd-"
                "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210.scope",
                "containerd:fedcba987654");
    check_label("/system.slice", "");
}

static void cgroups_are_found_by_inode(void **state)
{
    (void)state;
    char root[64], path[128];
    struct cgroups cgroups;
    struct names names;
    struct stat status;
    tree_make(root, sizeof(root));
    tree_file(root, "proc/self/mountinfo", "%s",
              "25 1 0:22 / /proc rw - proc proc rw\n36 25 0:30 / /cg rw,nosuid shared:9 - cgroup2 cgroup2 rw\n");
    tree_file(root, "cg/system.slice/relay.service/cgroup.procs", "%s", "");
    snprintf(path, sizeof(path), "%s/proc", root);
    assert_int_equal(names_init(&names), 0);
    assert_int_equal(cgroups_init(&cgroups, path, root), 0);
    snprintf(path, sizeof(path), "%s/cg/system.slice/relay.service", root);
    assert_int_equal(stat(path, &status), 0);
    assert_string_equal(names_text(&names, cgroups_unit(&cgroups, &names, status.st_ino, 5 * CLOCK_SECOND)),
                        "relay.service");
    assert_int_equal(cgroups_unit(&cgroups, &names, 0, 5 * CLOCK_SECOND), NAME_NONE);
    assert_int_equal(cgroups_unit(&cgroups, &names, 999999999, 5 * CLOCK_SECOND), NAME_NONE);
    tree_file(root, "cg/system.slice/new.service/cgroup.procs", "%s", "");
    snprintf(path, sizeof(path), "%s/cg/system.slice/new.service", root);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(cgroups_unit(&cgroups, &names, status.st_ino, 5 * CLOCK_SECOND),
                     NAME_NONE); /* not twice a second */
    assert_string_equal(names_text(&names, cgroups_unit(&cgroups, &names, status.st_ino, 6 * CLOCK_SECOND)),
                        "new.service");
    cgroups_free(&cgroups);
    names_free(&names);
    tree_remove(root);
}

static void counters_are_found_by_name(void **state)
{
    (void)state;
    static const char text[] = "Ip: Forwarding DefaultTTL\nIp: 1 64\n"
                               "Tcp: RtoAlgorithm MaxConn ActiveOpens PassiveOpens\nTcp: 1 -1 1021 55\n";
    uint64_t value = 7;
    assert_int_equal(counters_find(text, "Tcp", "ActiveOpens", &value), 0);
    assert_int_equal(value, 1021);
    assert_int_equal(counters_find(text, "Tcp", "PassiveOpens", &value), 0);
    assert_int_equal(value, 55);
    assert_int_equal(counters_find(text, "Tcp", "Passive", &value), -ENODATA);
    assert_int_equal(counters_find(text, "Udp", "InDatagrams", &value), -ENODATA);
    assert_int_equal(counters_find("Tcp: A B\n", "Tcp", "A", &value), -ENODATA);
    assert_int_equal(counters_find("Tcp: A B\nTcp: 1\n", "Tcp", "B", &value), -EINVAL);
    assert_int_equal(counters_find("Tcp: A\nTcp: x\n", "Tcp", "A", &value), -EINVAL);
    assert_int_equal(counters_find("", "Tcp", "A", &value), -ENODATA);
    assert_int_equal(value, 55);
}

static void conntrack_columns_are_summed_over_cpus(void **state)
{
    (void)state;
    static const char text[] = "entries  searched found new invalid insert_failed drop early_drop\n"
                               "0000000a  00000000 0 0 0 00000001 00000010 00000000\n"
                               "0000000a  00000000 0 0 0 00000002 000000ff 00000000\n";
    uint64_t sum = 0;
    assert_int_equal(conntrack_sum(text, "insert_failed", &sum), 0);
    assert_int_equal(sum, 3);
    assert_int_equal(conntrack_sum(text, "drop", &sum), 0);
    assert_int_equal(sum, 0x10f);
    assert_int_equal(conntrack_sum(text, "nothing", &sum), -ENODATA);
}

/* Random bytes in the shape of procfs: no crash, no endless loop. */
static void garbage_is_survived(void **state)
{
    (void)state;
    static const char alphabet[] = "Tcp: ActiveOpens\n 0123456789abcdefx-\t";
    char text[257];
    uint64_t value;
    srand(3);
    for (int round = 0; round < 20000; round++) {
        size_t length = (size_t)(rand() % 256);
        for (size_t i = 0; i < length; i++)
            text[i] = alphabet[(size_t)rand() % (sizeof(alphabet) - 1)];
        text[length] = '\0';
        (void)counters_find(text, "Tcp", "ActiveOpens", &value);
        (void)conntrack_sum(text, "drop", &value);
        char label[32];
        cgroups_label(label, sizeof(label), text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holders_have_the_name_of_their_executable),
        cmocka_unit_test(who_hands_sockets_on_comes_last),
        cmocka_unit_test(a_process_with_more_descriptors_than_a_sample_has_time_for),
        cmocka_unit_test(rules_name_instances),
        cmocka_unit_test(a_walk_goes_on_where_its_time_ran_out),
        cmocka_unit_test(who_opened_before_is_asked_first_while_a_walk_is_under_way),
        cmocka_unit_test(who_opened_before_and_is_gone_is_passed_over),
        cmocka_unit_test(only_the_latest_openers_are_remembered),
        cmocka_unit_test(unknown_holders_are_asked_for_once_a_minute),
        cmocka_unit_test(inodes_are_bounded_and_forget_the_dead),
        cmocka_unit_test(inodes_that_stay_are_found_when_others_are_forgotten),
        cmocka_unit_test(units_are_the_last_service_or_scope),
        cmocka_unit_test(cgroups_are_found_by_inode),
        cmocka_unit_test(counters_are_found_by_name),
        cmocka_unit_test(conntrack_columns_are_summed_over_cpus),
        cmocka_unit_test(garbage_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
