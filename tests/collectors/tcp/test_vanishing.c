/* SPDX-License-Identifier: Apache-2.0
 * A process, a cgroup and a namespace that go away at each step: between listing and opening, between opening and
 * reading, in the midst of a list. The linker's --wrap counts the steps; each round they vanish at a later one. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "collectors/collector.h"
#include "collectors/tcp/linux/cgroups.h"
#include "collectors/tcp/linux/inodes.h"
#include "collectors/tcp/linux/processes.h"
#include "collectors/tcp/options.h"
#include "snapshot/tables/all.h"
#include "tests/collectors/tcp/established.h"
#include "tests/fakes/enter.h"
#include "tests/fakes/sock_diag.h"
#include "tests/snapshot/sample.h"
#include "tests/tree.h"

extern const struct collector tcp_collector;

/* What each step goes through; the linker alone knows that they are used. */
#define WRAPPED __attribute__((used))
WRAPPED DIR *__wrap_opendir(const char *path);
WRAPPED struct dirent *__wrap_readdir64(DIR *stream);
WRAPPED int __wrap_open64(const char *path, int flags, ...);
WRAPPED int __wrap_openat64(int directory, const char *path, int flags, ...);
WRAPPED int __wrap_stat64(const char *path, struct stat *status);
WRAPPED ssize_t __wrap_readlink(const char *path, char *buffer, size_t size);
WRAPPED ssize_t __wrap_readlinkat(int directory, const char *path, char *buffer, size_t size);
WRAPPED ssize_t __wrap_read(int fd, void *buffer, size_t size);
DIR *__real_opendir(const char *path);
struct dirent *__real_readdir64(DIR *stream);
int __real_open64(const char *path, int flags, ...);
int __real_openat64(int directory, const char *path, int flags, ...);
int __real_stat64(const char *path, struct stat *status);
ssize_t __real_readlink(const char *path, char *buffer, size_t size);
ssize_t __real_readlinkat(int directory, const char *path, char *buffer, size_t size);
ssize_t __real_read(int fd, void *buffer, size_t size);

static struct {
    const char *root, *victim; /* NULL: nothing is counted */
    const char *mark;          /* in the path of each file of the victim */
    unsigned left;             /* steps until it vanishes */
    int fd;                    /* of the victim's file opened last, or -1 */
    bool gone;
} fate;

static void begin(const char *root, const char *victim, const char *mark, unsigned steps)
{
    fate.root = root;
    fate.victim = victim;
    fate.mark = mark;
    fate.left = steps;
    fate.fd = -1;
    fate.gone = false;
}

/* Whether there was a step at which it vanished. */
static bool end(void)
{
    fate.victim = NULL;
    return fate.gone;
}

static void step(void)
{
    if (!fate.victim || fate.gone || fate.left-- > 0)
        return;
    const char *victim = fate.victim;
    fate.victim = NULL;
    tree_remove_below(fate.root, victim);
    fate.victim = victim;
    fate.gone = true;
}

static int opened(int fd, const char *path)
{
    bool is_its = fate.victim && strstr(path, fate.mark);
    if (is_its)
        fate.fd = fd;
    else if (fd == fate.fd)
        fate.fd = -1; /* the number is given again */
    return fd;
}

DIR *__wrap_opendir(const char *path)
{
    step();
    return __real_opendir(path);
}

struct dirent *__wrap_readdir64(DIR *stream)
{
    step();
    return __real_readdir64(stream);
}

int __wrap_open64(const char *path, int flags, ...)
{
    assert_int_equal(flags & O_CREAT, 0);
    step();
    return opened(__real_open64(path, flags), path);
}

int __wrap_openat64(int directory, const char *path, int flags, ...)
{
    assert_int_equal(flags & O_CREAT, 0);
    step();
    return __real_openat64(directory, path, flags);
}

int __wrap_stat64(const char *path, struct stat *status)
{
    step();
    return __real_stat64(path, status);
}

ssize_t __wrap_readlink(const char *path, char *buffer, size_t size)
{
    step();
    return __real_readlink(path, buffer, size);
}

ssize_t __wrap_readlinkat(int directory, const char *path, char *buffer, size_t size)
{
    step();
    return __real_readlinkat(directory, path, buffer, size);
}

/* As procfs does once the process is gone, also for a file that was opened before. */
ssize_t __wrap_read(int fd, void *buffer, size_t size)
{
    step();
    if (fate.gone && fd == fate.fd) {
        errno = ESRCH;
        return -1;
    }
    return __real_read(fd, buffer, size);
}

/* A process with two sockets, PID * 10 and the one after. */
static void process(const char *root, int pid, const char *executable)
{
    char name[64], target[64];
    snprintf(name, sizeof(name), "%d/comm", pid);
    tree_file(root, name, "%s\n", executable);
    snprintf(name, sizeof(name), "%d/cmdline", pid);
    tree_file(root, name, "%s", executable);
    snprintf(name, sizeof(name), "%d/exe", pid);
    snprintf(target, sizeof(target), "/usr/bin/%s", executable);
    tree_link(root, name, target);
    for (int i = 0; i < 2; i++) {
        snprintf(name, sizeof(name), "%d/fd/%d", pid, 3 + i);
        snprintf(target, sizeof(target), "socket:[%d]", pid * 10 + i);
        tree_link(root, name, target);
    }
}

static void check_holder(const struct names *names, const struct inodes *inodes, uint32_t inode, const char *expected,
                         bool may_be_unknown)
{
    const char *name = names_text(names, inodes_find(inodes, inode)->process);
    if (!(may_be_unknown && strcmp(name, "unknown") == 0))
        assert_string_equal(name, expected);
}

/* Asks for the holders of six sockets; asked: by way of those who opened connections before. Whether 11 vanished. */
static bool resolve(unsigned steps, bool asked)
{
    char root[64];
    struct process_rule rule = {.name = "ruled"};
    struct names names;
    struct inodes inodes = {0};
    tree_make(root, sizeof(root));
    assert_int_equal(regcomp(&rule.pattern, "^rul", REG_EXTENDED | REG_NOSUB), 0);
    struct processes processes = {
        .procfs = root, .rules = &rule, .rule_count = 1, .walking = asked, .openers = {10, 11, 12}};
    process(root, 10, "first");
    process(root, 11, "middle");
    process(root, 12, "rul");
    assert_int_equal(names_init(&names), 0);
    inodes_begin(&inodes);
    for (uint32_t pid = 10; pid <= 12; pid++)
        for (uint32_t i = 0; i < 2; i++)
            assert_non_null(inodes_see(&inodes, pid * 10 + i, 1));
    const struct processes_limit limit = {CLOCK_SECOND * 3600, clock_monotonic() + CLOCK_SECOND};
    begin(root, "11", "/11/", steps);
    if (asked)
        processes_ask_openers(&processes, &inodes, &names, &limit);
    else
        assert_int_equal(processes_resolve(&processes, &inodes, &names, 1, &limit), 0);
    bool gone = end();
    for (uint32_t i = 0; i < 2; i++) {
        check_holder(&names, &inodes, 100 + i, "first", false);
        check_holder(&names, &inodes, 110 + i, "middle", gone);
        check_holder(&names, &inodes, 120 + i, "ruled", false);
    }
    processes_free(&processes);
    names_free(&names);
    inodes_free(&inodes);
    regfree(&rule.pattern);
    tree_remove(root);
    return gone;
}

static void a_process_that_goes_takes_its_own_sockets_names_at_most(void **state)
{
    (void)state;
    unsigned steps[2] = {0, 0};
    for (unsigned asked = 0; asked < 2; asked++)
        while (resolve(steps[asked], asked != 0))
            steps[asked]++;
    print_message("%u and %u steps\n", steps[0], steps[1]);
    assert_true(steps[0] > 30 && steps[1] > 25);
}

static uint64_t inode_of(const char *root, const char *name)
{
    char path[512];
    struct stat status;
    tree_path(path, sizeof(path), root, name);
    assert_int_equal(__real_stat64(path, &status), 0);
    return status.st_ino;
}

static bool name_units(unsigned steps)
{
    static const char *const units[] = {"a.service", "b.service", "c.service"};
    char root[64], procfs[80], name[96];
    struct cgroups cgroups;
    struct names names;
    uint64_t inodes[3];
    tree_make(root, sizeof(root));
    snprintf(procfs, sizeof(procfs), "%s/proc", root);
    tree_file(root, "proc/self/mountinfo", "%s", "36 25 0:30 / /cg rw - cgroup2 cgroup2 rw\n");
    for (unsigned i = 0; i < 3; i++) {
        snprintf(name, sizeof(name), "cg/%c.slice/%s/deeper/cgroup.procs", "abc"[i], units[i]);
        tree_file(root, name, "%s", "");
        snprintf(name, sizeof(name), "cg/%c.slice/%s/deeper", "abc"[i], units[i]);
        inodes[i] = inode_of(root, name);
    }
    assert_int_equal(names_init(&names), 0);
    assert_int_equal(cgroups_init(&cgroups, procfs, root), 0);
    begin(root, "cg/b.slice", "/b.slice", steps);
    for (unsigned i = 0; i < 3; i++) {
        const char *unit = names_text(&names, cgroups_unit(&cgroups, &names, inodes[i], CLOCK_SECOND));
        if (!(i == 1 && fate.gone && unit[0] == '\0'))
            assert_string_equal(unit, units[i]);
    }
    bool gone = end();
    cgroups_free(&cgroups);
    names_free(&names);
    tree_remove(root);
    return gone;
}

static void a_cgroup_that_goes_takes_its_own_name_at_most(void **state)
{
    (void)state;
    unsigned steps = 0;
    while (name_units(steps))
        steps++;
    print_message("%u steps\n", steps);
    assert_true(steps > 20);
}

static struct snapshot *collect(void *tcp, struct snapshot *previous)
{
    struct builder *builder = sample_begin(previous, 0);
    assert_int_equal(tcp_collector.collect(tcp, builder, clock_monotonic() + CLOCK_SECOND), 0);
    return sample_end(builder, previous);
}

static void make_host(const char *root)
{
    static const char *const names[] = {"proc/self/ns/net", "run/netns/blue", "proc/20/ns/net"};
    char own[512], init[512];
    for (unsigned i = 0; i < 3; i++)
        tree_file(root, names[i], "%s", "");
    tree_path(own, sizeof(own), root, names[0]);
    tree_path(init, sizeof(init), root, "proc/1/ns/net");
    assert_int_equal(link(own, init), 0);
    tree_file(root, "sockets", "%s", "established 192.0.2.1 25 203.0.113.5 50000\n");
    tree_file(root, "proc/sys/net/ipv4/ip_local_port_range", "%s", "20000\t24000\n");
    tree_file(root, "proc/20/cgroup", "%s", "0::/system.slice/relay.service\n");
    tree_file(root, "proc/20/comm", "%s", "relay\n");
}

/* One namespace is known by its only process, which goes with it; then all is as if it had never been. */
static bool watch_namespaces(unsigned steps)
{
    char root[64], procfs[80], sockets[80];
    struct tcp_options options = {.max_rows = 200, .max_destinations = 20, .netns = TCP_NETNS_ALL};
    void *tcp;
    tree_make(root, sizeof(root));
    make_host(root);
    snprintf(procfs, sizeof(procfs), "%s/proc", root);
    snprintf(sockets, sizeof(sockets), "%s/sockets", root);
    const struct collector_paths paths = {procfs, "/nonexistent", root};
    fake_sock_diag_file(sockets);
    fake_enter_fail(0, 0);
    assert_int_equal(tcp_collector.open(&paths, &options, &tcp), 0);
    begin(root, "proc/20", "/20/", steps);
    struct snapshot *snapshot = collect(tcp, NULL);
    bool gone = end();
    assert_int_equal(established(snapshot, ""), 1);
    assert_int_equal(established(snapshot, "blue"), 1);
    assert_true(gone || established(snapshot, "relay.service") == 1);
    long row = sample_find(snapshot, &table_sources, SOURCES_SOURCE, "namespaces");
    assert_int_equal(snapshot_number(snapshot, &table_sources, (size_t)row, SOURCES_SUCCESS), 1);
    for (unsigned i = 0; gone && i < 3; i++)
        snapshot = collect(tcp, snapshot);
    if (gone)
        assert_int_equal(snapshot_row_count(snapshot, &table_tcp_states), 2 * TCP_STATE_COUNT);
    snapshot_release(snapshot);
    tcp_collector.close(tcp);
    fake_sock_diag_file(NULL);
    tree_remove(root);
    return gone;
}

static void a_namespace_that_goes_takes_its_own_rows_at_most(void **state)
{
    (void)state;
    unsigned steps = 0;
    while (watch_namespaces(steps))
        steps++;
    print_message("%u steps\n", steps);
    assert_true(steps > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_that_goes_takes_its_own_sockets_names_at_most),
        cmocka_unit_test(a_cgroup_that_goes_takes_its_own_name_at_most),
        cmocka_unit_test(a_namespace_that_goes_takes_its_own_rows_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
