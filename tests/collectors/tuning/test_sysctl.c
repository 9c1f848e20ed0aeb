/* SPDX-License-Identifier: Apache-2.0
 * Sysctls end to end: a tree of files in, rows out. */
#include <errno.h>

#include "collectors/tuning/catalogue.h"
#include "collectors/tuning/linux/sysctl.h"
#include "tests/collectors/tuning/world.h"

static void numbers_as_the_kernel_reads_them(void **state)
{
    (void)state;
    int64_t numbers[3] = {0};
    assert_int_equal(sysctl_numbers("0x1000 010\t7\n", numbers, 3), 3);
    assert_true(numbers[0] == 4096 && numbers[1] == 8 && numbers[2] == 7);
    assert_int_equal(sysctl_numbers("5 6 x", numbers, 2), 2);
    assert_int_equal(sysctl_numbers("9223372036854775807", numbers, 3), 1);
    assert_true(numbers[0] == INT64_MAX);
    assert_int_equal(sysctl_numbers("-1", numbers, 1), 1);
    assert_true(numbers[0] == -1);
    assert_int_equal(sysctl_numbers("", numbers, 3), 0);
    assert_int_equal(sysctl_numbers("1 x", numbers, 3), -EINVAL);
    assert_int_equal(sysctl_numbers("1,2", numbers, 3), -EINVAL);
    assert_int_equal(sysctl_numbers("9223372036854775808", numbers, 3), -EINVAL);
}

static void values_are_judged_and_explained(void **state)
{
    struct world *world = *state;
    world_open(world);
    struct snapshot *snapshot = world_sample(world);
    const char *reuse = "net.ipv4.tcp_tw_reuse";
    assert_string_equal(world_text(snapshot, reuse, "", TUNING_SOURCE), "sysctl");
    assert_int_equal(world_number(snapshot, reuse, "", TUNING_VALUE), 2);
    assert_int_equal(world_number(snapshot, reuse, "", TUNING_OK), 0);
    assert_int_equal(world_number(snapshot, reuse, "", TUNING_DEFAULT_VALUE), 2);
    assert_int_equal(world_number(snapshot, reuse, "", TUNING_RECOMMENDED_VALUE), 1);
    assert_string_equal(world_text(snapshot, reuse, "", TUNING_ADVICE), "1");
    assert_string_equal(world_text(snapshot, reuse, "", TUNING_TEXT), "2");
    assert_non_null(strstr(world_text(snapshot, reuse, "", TUNING_COMMAND), "tcp_tw_reuse = 1"));
    assert_non_null(strstr(world_text(snapshot, reuse, "", TUNING_UNDO), "tcp_tw_reuse=\"2\""));
    assert_int_equal(world_number(snapshot, "net.core.somaxconn", "", TUNING_OK), 0);
    assert_int_equal(world_number(snapshot, "net.ipv4.ip_local_port_range", "low", TUNING_VALUE), 32768);
    assert_int_equal(world_number(snapshot, "net.ipv4.ip_local_port_range", "high", TUNING_VALUE), 60999);
    assert_int_equal(world_number(snapshot, "net.ipv4.ip_local_port_range", "high", TUNING_OK), 1);
    assert_int_equal(world_number(snapshot, "net.ipv4.tcp_rmem", "min", TUNING_VALUE), 4096);
    assert_int_equal(world_number(snapshot, "net.ipv4.tcp_rmem", "default", TUNING_VALUE), 131072);
    assert_int_equal(world_number(snapshot, "net.ipv4.tcp_rmem", "max", TUNING_VALUE), 6291456);
    assert_int_equal(world_number(snapshot, "net.ipv4.tcp_rmem", "max", TUNING_OK), -1);
    assert_int_equal(world_number(snapshot, "net.ipv4.tcp_fin_timeout", "", TUNING_OK), -1);
    assert_string_equal(world_text(snapshot, "net.ipv4.tcp_fin_timeout", "", TUNING_COMMAND), "");
    assert_string_equal(world_text(snapshot, "fs.file-max", "", TUNING_TEXT), "9223372036854775807");
    assert_int_equal(world_number(snapshot, "fs.file-nr", "", TUNING_VALUE), 1234);
    assert_int_equal(world_number(snapshot, "fs.file-nr", "", TUNING_PERSISTED), -1);
    assert_int_equal(world_number(snapshot, "net.ipv4.ip_local_reserved_ports", "", TUNING_VALUE), -1);
    /* Not on this host: no row, and no failure. */
    assert_int_equal(world_row(snapshot, "net.netfilter.nf_conntrack_max", ""), -1);
    assert_int_equal(snapshot_row_count(snapshot, &table_tuning), 11);
    world_source(snapshot, "sysctl", true, "");
    world_source(snapshot, "sysctl.d", true, "");
    snapshot_release(snapshot);
}

static void check_persisted(const struct snapshot *snapshot, const char *key, const char *field, int64_t persisted,
                            const char *origin)
{
    if (world_number(snapshot, key, field, TUNING_PERSISTED) != persisted)
        fail_msg("%s: persisted is not %d", key, (int)persisted);
    assert_string_equal(world_text(snapshot, key, field, TUNING_ORIGIN), origin);
}

static void what_a_boot_would_set_is_compared(void **state)
{
    struct world *world = *state;
    world_open(world);
    struct snapshot *snapshot = world_sample(world);
    check_persisted(snapshot, "net.ipv4.tcp_tw_reuse", "", 1, ""); /* the default */
    check_persisted(snapshot, "net.core.somaxconn", "", 0, "");    /* not the default */
    check_persisted(snapshot, "net.ipv4.ip_local_reserved_ports", "", 1, "");
    check_persisted(snapshot, "net.ipv4.tcp_rmem", "min", -1, ""); /* the default of max varies */
    check_persisted(snapshot, "fs.file-max", "", -1, "");
    assert_non_null(strstr(world_text(snapshot, "net.core.somaxconn", "", TUNING_COMMAND), "somaxconn = 4096"));
    snapshot_release(snapshot);
    tree_file(world->root, "etc/sysctl.d/1.conf", "%s",
              "net.ipv4.tcp_tw_reuse = 1\nnet.core.somaxconn = 0x80\nnet.ipv4.tcp_rmem = 4096 131072 6291456\n"
              "net/ipv4/ip_local_port_range = 32768 60999\nfs.file-max = 5\nnet.ipv4.tcp_fin_timeout = sixty\n");
    tree_file(world->root, "proc/sys/net/ipv4/ip_local_reserved_ports", "%s", "10421-10422\n");
    tree_file(world->root, "usr/lib/sysctl.d/2.conf", "%s", "net.ipv4.ip_local_reserved_port[s] = 10422,10421\n");
    snapshot = world_sample(world);
    check_persisted(snapshot, "net.ipv4.tcp_tw_reuse", "", 0, "/etc/sysctl.d/1.conf:1");
    check_persisted(snapshot, "net.core.somaxconn", "", 1, "/etc/sysctl.d/1.conf:2");
    check_persisted(snapshot, "net.ipv4.tcp_rmem", "max", 1, "/etc/sysctl.d/1.conf:3");
    check_persisted(snapshot, "net.ipv4.ip_local_port_range", "low", 1, "/etc/sysctl.d/1.conf:4");
    check_persisted(snapshot, "fs.file-max", "", 0, "/etc/sysctl.d/1.conf:5");
    check_persisted(snapshot, "net.ipv4.tcp_fin_timeout", "", 0, "/etc/sysctl.d/1.conf:6");
    check_persisted(snapshot, "net.ipv4.ip_local_reserved_ports", "", 1, "/usr/lib/sysctl.d/2.conf:1");
    snapshot_release(snapshot);
    /* Fewer numbers than fields: the kernel leaves the others as they are. */
    tree_file(world->root, "etc/sysctl.d/1.conf", "%s", "net.ipv4.tcp_rmem = 4096\nnet.ipv4.ip_local_port_range=32768");
    snapshot = world_sample(world);
    check_persisted(snapshot, "net.ipv4.tcp_rmem", "max", -1, "/etc/sysctl.d/1.conf:1");
    check_persisted(snapshot, "net.ipv4.ip_local_port_range", "low", 1, "/etc/sysctl.d/1.conf:2");
    snapshot_release(snapshot);
}

static void as_user(void (*act)(struct world *, struct snapshot **), struct world *world, struct snapshot **ret)
{
    bool root = geteuid() == 0;
    assert_int_equal(chmod(world->root, 0755), 0);
    assert_int_equal(root ? seteuid(65534) : 0, 0);
    act(world, ret);
    assert_int_equal(root ? seteuid(0) : 0, 0);
}

static void take_sample(struct world *world, struct snapshot **ret_snapshot)
{
    *ret_snapshot = world_sample(world);
}

static void an_unreadable_value_has_no_row_and_fails_the_source(void **state)
{
    struct world *world = *state;
    struct snapshot *snapshot;
    char path[128];
    snprintf(path, sizeof(path), "%s/sys/net/ipv4/tcp_tw_reuse", world->procfs);
    world_open(world);
    assert_int_equal(chmod(path, 0000), 0);
    as_user(take_sample, world, &snapshot);
    assert_int_equal(world_row(snapshot, "net.ipv4.tcp_tw_reuse", ""), -1);
    world_source(snapshot, "sysctl", false, "tcp_tw_reuse: Permission denied");
    /* The others are still there. */
    assert_int_equal(snapshot_row_count(snapshot, &table_tuning), 10);
    snapshot_release(snapshot);
    assert_int_equal(chmod(path, 0644), 0);
    as_user(take_sample, world, &snapshot);
    world_source(snapshot, "sysctl", true, "");
    snapshot_release(snapshot);
}

static void unreadable_boot_files_leave_persistence_open(void **state)
{
    struct world *world = *state;
    struct snapshot *snapshot;
    char path[128];
    tree_file(world->root, "etc/sysctl.d/1.conf", "%s", "net.core.somaxconn = 128\n");
    snprintf(path, sizeof(path), "%s/etc/sysctl.d/1.conf", world->root);
    world_open(world);
    assert_int_equal(chmod(path, 0000), 0);
    as_user(take_sample, world, &snapshot);
    check_persisted(snapshot, "net.ipv4.tcp_tw_reuse", "", -1, "");
    world_source(snapshot, "sysctl", true, "");
    world_source(snapshot, "sysctl.d", false, "/etc/sysctl.d/1.conf: Permission denied");
    snapshot_release(snapshot);
}

static void check_malformed(struct world *world, const char *content)
{
    tree_file(world->root, "proc/sys/net/ipv4/ip_local_port_range", "%s", content);
    struct snapshot *snapshot = world_sample(world);
    assert_int_equal(world_row(snapshot, "net.ipv4.ip_local_port_range", "low"), -1);
    assert_int_equal(world_row(snapshot, "net.ipv4.ip_local_port_range", "high"), -1);
    world_source(snapshot, "sysctl", false, "ip_local_port_range: Invalid argument");
    snapshot_release(snapshot);
}

static void a_malformed_value_is_never_zero(void **state)
{
    struct world *world = *state;
    world_open(world);
    check_malformed(world, "");
    check_malformed(world, "\n");
    check_malformed(world, "32768\n");
    check_malformed(world, "32768 x\n");
    check_malformed(world, "99999999999999999999 1\n");
}

static void a_proc_without_sysctls_is_a_failure(void **state)
{
    struct world *world = *state;
    world->paths.procfs = "/nonexistent";
    world_open(world);
    struct snapshot *snapshot = world_sample(world);
    world_source(snapshot, "sysctl", false, "/nonexistent/sys: No such file");
    assert_int_equal(snapshot_row_count(snapshot, &table_tuning), 0);
    snapshot_release(snapshot);
}

static void the_configuration_has_the_last_word(void **state)
{
    struct world *world = *state;
    struct option_pair pairs[] = {{"net.ipv4.tcp_tw_reuse", "0, 2"},
                                  {"net.core.somaxconn", "show only"},
                                  {"net.ipv4.ip_local_reserved_ports", "10421"},
                                  {"net.ipv4.tcp_congestion_control", "bbr"},
                                  {"kernel.pid_max", "at least 4194304"},
                                  {"kernel.sem", "32000 1024000000 500 32000"}};
    world->options.advice = (struct option_pairs){pairs, 6};
    tree_file(world->root, "proc/sys/net/ipv4/tcp_congestion_control", "%s", "cubic\n");
    tree_file(world->root, "proc/sys/kernel/pid_max", "%s", "4194304\n");
    tree_file(world->root, "proc/sys/kernel/sem", "%s", "32000\t1024000000\t500\t32000\n");
    tree_file(world->root, "etc/sysctl.d/1.conf", "%s", "net.ipv4.tcp_congestion_control=cubic\n");
    world_open(world);
    struct snapshot *snapshot = world_sample(world);
    assert_int_equal(world_number(snapshot, "net.ipv4.tcp_tw_reuse", "", TUNING_OK), 1);
    assert_string_equal(world_text(snapshot, "net.ipv4.tcp_tw_reuse", "", TUNING_ADVICE), "one of 0, 2 (configured)");
    assert_int_equal(world_number(snapshot, "net.core.somaxconn", "", TUNING_OK), -1);
    assert_int_equal(world_number(snapshot, "net.ipv4.ip_local_reserved_ports", "", TUNING_OK), 0);
    assert_non_null(strstr(world_text(snapshot, "net.ipv4.ip_local_reserved_ports", "", TUNING_UNDO), "ports=\"\""));
    const char *control = "net.ipv4.tcp_congestion_control";
    assert_string_equal(world_text(snapshot, control, "", TUNING_TEXT), "cubic");
    assert_int_equal(world_number(snapshot, control, "", TUNING_VALUE), -1);
    assert_int_equal(world_number(snapshot, control, "", TUNING_OK), 0);
    check_persisted(snapshot, control, "", 1, "/etc/sysctl.d/1.conf:1");
    assert_int_equal(world_number(snapshot, "kernel.pid_max", "", TUNING_VALUE), 4194304);
    assert_int_equal(world_number(snapshot, "kernel.pid_max", "", TUNING_OK), 1);
    assert_int_equal(world_number(snapshot, "kernel.sem", "", TUNING_OK), 1);
    world_source(snapshot, "sysctl", true, "");
    snapshot_release(snapshot);
}

static void a_sysctl_that_the_configuration_names_fails_alone(void **state)
{
    struct world *world = *state;
    struct option_pair pairs[] = {
        {"kernel.gone", "1"}, {"kernel.pid_max", "at least 4194304"}, {"net.netfilter.nf_conntrack_max", "at least 1"}};
    world->options.advice = (struct option_pairs){pairs, 3};
    tree_file(world->root, "proc/sys/kernel/pid_max", "%s", "4194304\n");
    world_open(world);
    struct snapshot *snapshot = world_sample(world);
    world_source(snapshot, "sysctl", true, "");
    world_source(snapshot, "sysctl:kernel.pid_max", true, "");
    world_source(snapshot, "sysctl:kernel.gone", false, "tuning.advice: ");
    world_source(snapshot, "sysctl:kernel.gone", false, "/proc/sys/kernel/gone: No such file");
    assert_int_equal(world_number(snapshot, "kernel.pid_max", "", TUNING_VALUE), 4194304);
    /* Nor need one that we know be here, unless somebody names it. */
    world_source(snapshot, "sysctl:net.netfilter.nf_conntrack_max", false, "nf_conntrack_max: No such file");
    snapshot_release(snapshot);
    /* And ours fail without those. */
    tree_file(world->root, "proc/sys/net/ipv4/tcp_tw_reuse", "%s", "two\n");
    tree_file(world->root, "proc/sys/kernel/gone", "%s", "1\n");
    snapshot = world_sample(world);
    world_source(snapshot, "sysctl", false, "tcp_tw_reuse: Invalid argument");
    world_source(snapshot, "sysctl:kernel.gone", true, "");
    assert_int_equal(world_number(snapshot, "kernel.gone", "", TUNING_OK), 1);
    snapshot_release(snapshot);
}

static void malformed_advice_does_not_open(void **state)
{
    struct world *world = *state;
    struct option_pair pair = {"net.ipv4.tcp_tw_reuse", "maybe"};
    world->options.advice = (struct option_pairs){&pair, 1};
    assert_int_equal(tuning_collector.open(&world->paths, &world->options, &world->state), -EINVAL);
    assert_null(world->state);
}

/* Runs sysctl -n; the value with single blanks. */
static void ask_sysctl(const char *key, char *value, size_t size)
{
    char command[200];
    snprintf(command, sizeof(command), "sysctl -n %s | tr '\\t' ' '", key);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    value[fread(value, 1, size - 1, pipe)] = '\0';
    assert_int_equal(pclose(pipe), 0);
    value[strcspn(value, "\n")] = '\0';
}

/* The rows of one sysctl put together again. */
static void join_rows(const struct snapshot *snapshot, const struct tuning_entry *entry, char *value, size_t size)
{
    size_t length = 0;
    for (unsigned i = 0; i < entry->field_count; i++) {
        const char *field = entry->fields[i].name ? entry->fields[i].name : "";
        length += (size_t)snprintf(value + length, size - length, "%s%s", i > 0 ? " " : "",
                                   world_text(snapshot, entry->key, field, TUNING_TEXT));
    }
}

static void this_machine_reads_as_sysctl_does(void **state)
{
    struct world *world = *state;
    char ours[300], theirs[300];
    unsigned compared = 0;
    world->paths = (struct collector_paths){"/proc", "/sys", "/"};
    if (access("/sbin/sysctl", X_OK) < 0)
        skip();
    world_open(world);
    struct snapshot *snapshot = world_sample(world);
    world_source(snapshot, "sysctl", true, "");
    for (size_t i = 0; i < catalogue_sysctl_count; i++) {
        const struct tuning_entry *entry = &catalogue_sysctl[i];
        const char *field = entry->fields[0].name ? entry->fields[0].name : "";
        if (entry->type == TUNING_STATE || world_row(snapshot, entry->key, field) < 0)
            continue;
        ask_sysctl(entry->key, theirs, sizeof(theirs));
        join_rows(snapshot, entry, ours, sizeof(ours));
        assert_string_equal(ours, theirs);
        compared++;
    }
    assert_in_range(compared, 24, catalogue_sysctl_count);
    snapshot_release(snapshot);
}

int main(void)
{
#define ON_WORLD(test) cmocka_unit_test_setup_teardown(test, world_begin, world_end)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_as_the_kernel_reads_them),
        ON_WORLD(values_are_judged_and_explained),
        ON_WORLD(what_a_boot_would_set_is_compared),
        ON_WORLD(an_unreadable_value_has_no_row_and_fails_the_source),
        ON_WORLD(unreadable_boot_files_leave_persistence_open),
        ON_WORLD(a_malformed_value_is_never_zero),
        ON_WORLD(a_proc_without_sysctls_is_a_failure),
        ON_WORLD(the_configuration_has_the_last_word),
        ON_WORLD(a_sysctl_that_the_configuration_names_fails_alone),
        ON_WORLD(malformed_advice_does_not_open),
        ON_WORLD(this_machine_reads_as_sysctl_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
