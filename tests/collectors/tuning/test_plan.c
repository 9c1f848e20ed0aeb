/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collectors/tuning/plan.h"
#include "collectors/tuning/port_list.h"
#include "collectors/tuning/sysctl_name.h"
#include "tests/cmocka.h"

static int make(struct plan *plan, struct option_pair *pairs, size_t count)
{
    const struct option_pairs advice = {pairs, count};
    return plan_make(&advice, plan);
}

static const struct tuning_entry *find(const struct plan_list *list, const char *key)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->entries[i].key, key) == 0)
            return &list->entries[i];
    return NULL;
}

static void advice_replaces_ours_in_any_spelling(void **state)
{
    (void)state;
    struct option_pair pairs[] = {{"net.ipv4.tcp_tw_reuse", "0"},
                                  {"net/core/somaxconn", "at least 65535"},
                                  {"net.ipv4.tcp_rmem", "4096 131072 16777216"},
                                  {"net.ipv4.ip_local_reserved_ports", "10421"},
                                  {"services\\tcpip\\parameters\\tcptimedwaitdelay", "30, 60"}};
    struct plan plan;
    assert_int_equal(make(&plan, pairs, 5), 0);
    assert_int_equal(plan.sysctl.count, catalogue_sysctl_count);
    assert_int_equal(plan.registry.count, catalogue_registry_count);
    const struct tuning_entry *reuse = find(&plan.sysctl, "net.ipv4.tcp_tw_reuse");
    assert_int_equal(advice_judge(&reuse->fields[0], 0), VERDICT_OK);
    assert_int_equal(advice_judge(&reuse->fields[0], 1), VERDICT_AGAINST);
    assert_true(reuse->configured);
    assert_int_equal(find(&plan.sysctl, "net.core.somaxconn")->fields[0].advice.numbers[0], 65535);
    assert_int_equal(find(&plan.sysctl, "net.ipv4.tcp_rmem")->fields[2].advice.numbers[0], 16777216);
    assert_int_equal(find(&plan.sysctl, "net.ipv4.ip_local_reserved_ports")->fields[0].advice.kind, ADVICE_TEXT);
    assert_false(find(&plan.sysctl, "net.ipv4.tcp_timestamps")->configured);
    assert_int_equal(plan.registry.entries[0].fields[0].advice.kind, ADVICE_ONE_OF);
    plan_free(&plan);
    /* The catalogue itself is as it was. */
    assert_int_equal(make(&plan, NULL, 0), 0);
    assert_int_equal(find(&plan.sysctl, "net.ipv4.tcp_tw_reuse")->fields[0].advice.numbers[0], 1);
    plan_free(&plan);
}

static void other_keys_are_added(void **state)
{
    (void)state;
    struct option_pair pairs[] = {{"net.ipv4.tcp_congestion_control", "bbr"},
                                  {"net.ipv4.conf.eth0/100.rp_filter", "1"},
                                  {"Services\\Tcpip\\Parameters\\KeepAliveTime", "at most 300000"}};
    struct plan plan;
    assert_int_equal(make(&plan, pairs, 3), 0);
    assert_int_equal(plan.sysctl.count, catalogue_sysctl_count + 2);
    assert_int_equal(plan.sysctl.known, catalogue_sysctl_count);
    assert_int_equal(find(&plan.sysctl, "net.ipv4.tcp_congestion_control")->type, TUNING_FREE);
    assert_int_equal(plan.registry.count, catalogue_registry_count + 1);
    assert_int_equal(find(&plan.registry, pairs[2].key)->fields[0].advice.kind, ADVICE_AT_MOST);
    plan_free(&plan);
}

static void what_is_malformed_is_refused(void **state)
{
    (void)state;
    static const struct option_pair wrong[] = {
        {"net.ipv4.tcp_tw_reuse", "yes"},
        {"net.ipv4.tcp_tw_reuse", ""},
        {"net.ipv4.ip_local_port_range", "1024"},
        {"net.ipv4.ip_local_reserved_ports", "10421-"},
        {"net.ipv4.ip_local_reserved_ports", "70000"},
        {"net.ipv4.ip_local_reserved_ports", ""},
        {"net.ipv4.ip_local_reserved_ports", "at least 1"} /* is an advice, but not about a list */,
        {"", "1"},
        {"somaxconn", "1"},
        {"a/../../etc/passwd", "1"},
        {"../a", "1"},
        {"net.ipv4.$(reboot)", "1"},
        {"net.ipv4.a b", "1"},
        {"\\Tcpip\\X", "1"},
        {"Tcpip\\", "1"},
        {"Tcpip\\\\X", "1"},
        {"Tcpip\\X", "abc"},
        {"Tcpip\\a\"b", "1"},
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct option_pair pair = wrong[i];
        struct plan plan = {.sysctl.count = 4711};
        if (make(&plan, &pair, 1) != -EINVAL)
            fail_msg("'%s: %s' is taken", pair.key, pair.value);
        assert_int_equal(plan.sysctl.count, 4711);
    }
}

static void there_is_a_most_that_can_be_added(void **state)
{
    (void)state;
    struct option_pair pairs[PLAN_MAX_ADDED + 1];
    char names[PLAN_MAX_ADDED + 1][32];
    struct plan plan;
    for (unsigned i = 0; i <= PLAN_MAX_ADDED; i++) {
        snprintf(names[i], sizeof(names[i]), "kernel.value%u", i);
        pairs[i] = (struct option_pair){names[i], "1"};
    }
    assert_int_equal(make(&plan, pairs, PLAN_MAX_ADDED), 0);
    plan_free(&plan);
    assert_int_equal(make(&plan, pairs, PLAN_MAX_ADDED + 1), -EINVAL);
}

static void names_become_paths(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"net.ipv4.tcp_rmem", "net/ipv4/tcp_rmem"},
        {"net/ipv4/tcp_rmem", "net/ipv4/tcp_rmem"},
        {"net.ipv4.conf.enp3s0/200.forwarding", "net/ipv4/conf/enp3s0.200/forwarding"},
        {"net/ipv4/conf/enp3s0.200/forwarding", "net/ipv4/conf/enp3s0.200/forwarding"},
        {"net/core.a", "net/core.a"},
        {"net//ipv4///x/", "net/ipv4/x"},
        {"/net/ipv4/x", "net/ipv4/x"},
        {"a", "a"},
        {"", ""},
        {"/", ""},
        {"...", ""},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        char name[64];
        strcpy(name, pairs[i][0]);
        assert_int_equal(sysctl_name_path(name, sizeof(name), name), 0);
        assert_string_equal(name, pairs[i][1]);
    }
    char small[4] = "xyz";
    assert_int_equal(sysctl_name_path(small, sizeof(small), "a.bc"), -ENAMETOOLONG);
    assert_string_equal(small, "xyz");
    assert_int_equal(sysctl_name_path(small, sizeof(small), "a.b"), 0);
    assert_string_equal(small, "a/b");
}

static void port_lists(void **state)
{
    (void)state;
    static const char *const wrong[] = {"x",     "1-",  "-1",   "2-1", "65536", "1-65536",       "1;2",
                                        "1 - 2", "1 2", "1, 2", ",1",  " 1",    "99999999999999"};
    struct port_list one, other;
    assert_int_equal(port_list_parse("8080,8081,9000-9002", &one), 0);
    assert_int_equal(port_list_parse("9000-9001,9002,8080-8081,\n", &other), 0);
    assert_memory_equal(&one, &other, sizeof(one));
    assert_int_equal(port_list_parse("", &other), 0);
    assert_memory_not_equal(&one, &other, sizeof(one));
    assert_int_equal(port_list_parse("0-65535", &other), 0);
    for (size_t i = 0; i < 65536 / 64; i++)
        assert_true(other.bits[i] == UINT64_MAX);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(port_list_parse(wrong[i], &one), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(advice_replaces_ours_in_any_spelling),
        cmocka_unit_test(other_keys_are_added),
        cmocka_unit_test(what_is_malformed_is_refused),
        cmocka_unit_test(there_is_a_most_that_can_be_added),
        cmocka_unit_test(names_become_paths),
        cmocka_unit_test(port_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
