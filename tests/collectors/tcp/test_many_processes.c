/* SPDX-License-Identifier: Apache-2.0
 * A /proc of 100,000 processes that are all called alike: every owner is found, a sample spends no more than its
 * budget, and what is kept does not grow with the processes. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "collectors/tcp/linux/namespaces.h"
#include "collectors/tcp/linux/processes.h"
#include "tests/cmocka.h"
#include "tests/tree.h"

#define PROCESSES 100000
#define EVERY     100 /* process of these holds a socket that is wanted */
#define BUDGET    (50 * CLOCK_MILLISECOND)

static char root[64];

/* Who holds nothing that is wanted shares its descriptors with the others. In memory, where that takes seconds. */
static int make_all(void **state)
{
    (void)state;
    snprintf(root, sizeof(root), "/dev/shm/chokepoint-tree-XXXXXX");
    assert_non_null(mkdtemp(root));
    char shared[96];
    snprintf(shared, sizeof(shared), "%s/shared/fd", root);
    tree_link(root, "shared/fd/3", "socket:[1]");
    int top = open(root, O_RDONLY | O_DIRECTORY);
    for (int pid = 1; pid <= PROCESSES; pid++) {
        char name[32], target[32];
        snprintf(name, sizeof(name), "%d", pid);
        assert_int_equal(mkdirat(top, name, 0755), 0);
        snprintf(name, sizeof(name), "%d/exe", pid);
        assert_int_equal(symlinkat("/opt/same/worker (deleted)", top, name), 0);
        snprintf(name, sizeof(name), "%d/fd", pid);
        if (pid % EVERY != 0) {
            assert_int_equal(symlinkat(shared, top, name), 0);
            continue;
        }
        assert_int_equal(mkdirat(top, name, 0755), 0);
        snprintf(name, sizeof(name), "%d/fd/3", pid);
        snprintf(target, sizeof(target), "socket:[%d]", pid);
        assert_int_equal(symlinkat(target, top, name), 0);
    }
    close(top);
    return 0;
}

static int remove_all(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof(command), "rm -rf '%s'", root);
    assert_int_equal(system(command), 0);
    return 0;
}

static void every_owner_is_found_within_the_budget_of_each_sample(void **state)
{
    (void)state;
    struct names names;
    struct inodes inodes = {0};
    struct processes processes = {.procfs = root};
    assert_int_equal(names_init(&names), 0);
    inodes_begin(&inodes);
    for (uint32_t inode = EVERY; inode <= PROCESSES; inode += EVERY)
        assert_non_null(inodes_see(&inodes, inode, 1));
    unsigned samples = 0;
    int64_t longest = 0;
    for (; inodes.wanted > 0 && samples < 1000; samples++) {
        int64_t start = clock_cpu();
        const struct processes_limit limit = {BUDGET, clock_monotonic() + 10 * BUDGET};
        assert_int_equal(processes_resolve(&processes, &inodes, &names, 1, &limit), 0);
        int64_t took = clock_cpu() - start;
        longest = took > longest ? took : longest;
    }
    print_message("%u samples, the longest %.0f ms\n", samples, (double)longest / 1e6);
    assert_true(samples > 1 && samples < 1000);
    /* Listing the numbers of all processes comes on top; the rest is what a busy machine adds. */
    assert_true(longest < 20 * BUDGET);
    assert_int_equal(names.map.count, 3); /* "", unknown, and all of them */
    for (uint32_t inode = EVERY; inode <= PROCESSES; inode += EVERY)
        assert_string_equal(names_text(&names, inodes_find(&inodes, inode)->process), "worker");
    processes_free(&processes);
    inodes_free(&inodes);
    names_free(&names);
}

static void namespaces_are_sought_within_a_budget_too(void **state)
{
    (void)state;
    const struct collector_paths paths = {root, "/sys", root};
    struct namespaces namespaces = {.paths = &paths};
    tree_file(root, "self/ns/net", "%s", "");
    tree_file(root, "100000/ns/net", "%s", "");
    tree_file(root, "100000/comm", "%s", "last\n");
    size_t before = mallinfo2().uordblks;
    unsigned samples = 0;
    int64_t now = CLOCK_SECOND;
    for (; samples < 1000 && namespaces.count == 0; samples++, now += 5 * CLOCK_SECOND)
        assert_int_equal(namespaces_discover(&namespaces, now, clock_monotonic() + CLOCK_SECOND), 0);
    print_message("%u samples\n", samples);
    assert_int_equal(namespaces.count, 1);
    assert_string_equal(namespaces.items[0]->name, "last");
    assert_true(mallinfo2().uordblks - before < 100000);
    namespaces_free(&namespaces);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_owner_is_found_within_the_budget_of_each_sample),
        cmocka_unit_test(namespaces_are_sought_within_a_budget_too),
    };
    return cmocka_run_group_tests(tests, make_all, remove_all);
}
