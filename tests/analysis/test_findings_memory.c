/* SPDX-License-Identifier: Apache-2.0
 * Each allocation of a sample's findings may fail: the sample says so, nothing leaks, and the next one is whole. */
#include <errno.h>
#include <stdlib.h>

#include "analysis/findings/findings.h"
#include "snapshot/tables/findings.h"
#include "snapshot/tables/mail_queues.h"
#include "snapshot/tables/port_use.h"
#include "snapshot/tables/tcp_internal.h"
#include "snapshot/tables/tcp_sockets.h"
#include "snapshot/tables/tcp_states.h"
#include "snapshot/tables/listeners.h"
#include "tests/failing_memory.h"
#include "tests/snapshot/sample.h"

static void put_ports(struct builder *builder)
{
    builder_row(builder, &table_port_use);
    builder_text(builder, PORT_USE_SOURCE, "192.0.2.1");
    builder_text(builder, PORT_USE_DESTINATION, "198.51.100.7:1433");
    builder_number(builder, PORT_USE_USED, 28000);
    builder_number(builder, PORT_USE_USABLE, 28000);
    builder_real(builder, PORT_USE_RATIO, 1);
    builder_number(builder, PORT_USE_CLIFF, 1);
    builder_row(builder, &table_tcp_ranges);
    builder_number(builder, TCP_RANGES_LOW, 32768);
    builder_number(builder, TCP_RANGES_HIGH, 60999);
    builder_row(builder, &table_listeners);
    builder_text(builder, LISTENERS_PROCESS, "exporter");
    builder_text(builder, LISTENERS_ADDRESS, "*");
    builder_number(builder, LISTENERS_PORT, 40000);
    builder_number(builder, LISTENERS_QUEUE_LIMIT, 128);
    builder_row(builder, &table_tcp_sockets);
    builder_text(builder, TCP_SOCKETS_PROCESS, "leaky");
    builder_number(builder, TCP_SOCKETS_ROLE, TCP_ROLE_INBOUND);
    builder_number(builder, TCP_SOCKETS_PORT, 80);
    builder_number(builder, TCP_SOCKETS_STATE, TCP_STATE_CLOSE_WAIT);
    builder_number(builder, TCP_SOCKETS_SOCKETS, 900);
}

static void put_mail(struct builder *builder)
{
    builder_row(builder, &table_mail_queues);
    builder_number(builder, MAIL_QUEUES_MTA, MAIL_POSTFIX);
    builder_text(builder, MAIL_QUEUES_SERVER, "main");
    builder_text(builder, MAIL_QUEUES_QUEUE, "incoming");
    builder_number(builder, MAIL_QUEUES_MESSAGES, 40);
    builder_real(builder, MAIL_QUEUES_OLDEST_AGE, 1000);
}

/* Analyses what would be a sample, with allocation number `at` of the analysis failing (0: none), and finishes it.
 * *ret_failed tells whether one failed. */
static int take(const void *values, struct snapshot *previous, unsigned long at, bool *ret_failed,
                struct snapshot **ret_snapshot)
{
    struct builder *builder = sample_begin(previous, 1000);
    put_ports(builder);
    put_mail(builder);
    failing_memory_arm(at);
    findings_analyse(builder, values);
    *ret_failed = failing_memory_disarm();
    int error = builder_finish(builder, ret_snapshot);
    builder_free(builder);
    return error;
}

static void every_allocation_may_fail(void **state)
{
    struct arena arena = ARENA_EMPTY;
    struct option_section section;
    struct snapshot *first = NULL, *next = NULL;
    bool failed;
    unsigned long at = 0;
    (void)state;
    assert_int_equal(findings_section(&arena, &section), 0);
    void *values = arena_allocate(&arena, section.size);
    assert_int_equal(option_defaults(section.options, values, &arena), 0);
    assert_int_equal(take(values, NULL, 0, &failed, &first), 0);
    size_t rows = snapshot_row_count(first, &table_findings);
    assert_true(rows >= 3);
    do {
        at++;
        int error = take(values, first, at, &failed, &next);
        assert_int_equal(error, failed ? -ENOMEM : 0);
        if (error == 0)
            snapshot_release(next);
    } while (failed);
    assert_true(at > 10);
    assert_int_equal(take(values, first, 0, &failed, &next), 0);
    assert_true(snapshot_row_count(next, &table_findings) >= rows);
    snapshot_release(next);
    snapshot_release(first);
    arena_free(&arena);
}

static void the_section_may_fail(void **state)
{
    (void)state;
    for (unsigned long at = 1;; at++) {
        struct arena arena = ARENA_EMPTY;
        struct option_section section;
        failing_memory_arm(at);
        int error = findings_section(&arena, &section);
        bool failed = failing_memory_disarm();
        arena_free(&arena);
        assert_int_equal(error, failed ? -ENOMEM : 0);
        if (!failed)
            break;
    }
}

static void the_description_may_fail(void **state)
{
    (void)state;
    for (unsigned long at = 1;; at++) {
        struct text text = TEXT_EMPTY;
        failing_memory_arm(at);
        int error = findings_describe(&text);
        bool failed = failing_memory_disarm();
        text_free(&text);
        assert_int_equal(error, failed ? -ENOMEM : 0);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(the_section_may_fail),
        cmocka_unit_test(the_description_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
