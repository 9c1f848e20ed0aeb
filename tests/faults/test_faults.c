/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/analyse.h"
#include "base/clock.h"
#include "collectors/collector.h"
#include "collectors/mail/options.h"
#include "collectors/tcp/options.h"
#include "exporter/describe.h"
#include "exporter/json/document.h"
#include "exporter/page/page.h"
#include "exporter/prometheus/exposition.h"
#include "snapshot/store.h"
#include "snapshot/tables/all.h"
#include "tests/failing_memory.h"
#include "tests/fakes/clock.h"
#include "tests/fakes/sock_diag.h"
#include "tests/tree.h"

extern const struct collector tcp_collector, mail_collector;

struct world {
    char root[64], procfs[80], sockets[80];
    struct collector_paths paths;
    struct tcp_options options;
    struct mail_options mail_options;
    void *state, *mail;
    struct snapshot_store *store;
};

/* A Postfix with a message that waits, and its limits: every table of mail but back pressure has rows. */
static void set_up_mail(const char *root)
{
    static const char *const queues[] = {"maildrop", "incoming", "active", "hold", "corrupt"};
    for (size_t i = 0; i < sizeof(queues) / sizeof(queues[0]); i++) {
        char name[64];
        snprintf(name, sizeof(name), "var/spool/postfix/%s/.keep", queues[i]);
        tree_file(root, name, "%s", "");
    }
    tree_file(root, "etc/postfix/main.cf", "%s", "queue_minfree = 1000000\n");
    tree_file(root, "etc/postfix/master.cf", "%s", "smtp inet n - y - - smtpd\nsmtp unix - - y - - smtp\n");
    tree_file(root, "var/spool/postfix/deferred/0/4dhQGm00MHz1v5", "%s", "x");
    tree_file(root, "var/spool/postfix/defer/0/4dhQGm00MHz1v5", "%s",
              "\nrecipient=a@b.example\nstatus=4.3.2\nreason=busy\n");
}

static void set_up(struct world *world)
{
    *world = (struct world){.options = {.max_rows = 200, .max_destinations = 20, .netns = TCP_NETNS_ALL},
                            .mail_options = {.detect = true, .content = MAIL_CONTENT_TOP}};
    tree_make(world->root, sizeof(world->root));
    set_up_mail(world->root);
    snprintf(world->procfs, sizeof(world->procfs), "%s/proc", world->root);
    snprintf(world->sockets, sizeof(world->sockets), "%s/sockets", world->root);
    tree_file(world->root, "sockets", "%s",
              "listen 0.0.0.0 25 0.0.0.0 0 inode=200\n"
              "established 192.0.2.1 25 203.0.113.5 50000 inode=201 repeat=30\n"
              "established 192.0.2.1 40000 198.51.100.7 1433 inode=100 repeat=300\n"
              "time_wait 192.0.2.1 50000 198.51.100.7 1433 expires=30000 repeat=300\n"
              "close_wait 2001:db8::1 50000 2001:db8::2 443 inode=100\n");
    tree_file(world->root, "proc/sys/net/ipv4/ip_local_port_range", "%s", "32768 60999\n");
    tree_file(world->root, "proc/net/snmp", "%s", "Tcp: ActiveOpens\nTcp: 12\n");
    tree_file(world->root, "proc/net/netstat", "%s", "TcpExt: ListenDrops\nTcpExt: 6\n");
    tree_file(world->root, "proc/thread-self/net/snmp", "%s", "Tcp: ActiveOpens\nTcp: 12\n");
    tree_file(world->root, "proc/thread-self/net/netstat", "%s", "TcpExt: ListenDrops\nTcpExt: 6\n");
    tree_file(world->root, "proc/self/ns/net", "%s", "");
    tree_file(world->root, "proc/10/ns/net", "%s", "");
    tree_file(world->root, "proc/10/comm", "%s", "relay\n");
    tree_link(world->root, "proc/10/exe", "/usr/bin/relay");
    tree_link(world->root, "proc/10/fd/3", "socket:[100]");
    world->paths = (struct collector_paths){world->procfs, "/nonexistent", world->root};
    fake_sock_diag_file(world->sockets);
    assert_int_equal(snapshot_store_new(&world->store), 0);
}

static void tear_down(struct world *world)
{
    snapshot_store_free(world->store);
    tree_remove(world->root);
}

static int fill(struct world *world, struct builder *builder)
{
    int error = 0;
    if (!world->state)
        error = tcp_collector.open(&world->paths, &world->options, &world->state);
    struct builder_mark mark = builder_mark(builder);
    if (error == 0 && !world->mail)
        error = mail_collector.open(&world->paths, &world->mail_options, &world->mail);
    if (error == 0)
        error = tcp_collector.collect(world->state, builder, clock_monotonic() + CLOCK_SECOND);
    if (error == 0)
        error = mail_collector.collect(world->mail, builder, clock_monotonic() + CLOCK_SECOND);
    if (error < 0)
        builder_roll_back(builder, mark);
    analyse(builder);
    return error;
}

/* One sample; 0 or the error that dropped it. */
static int sample(struct world *world)
{
    const struct builder_settings settings = {.interval = 5 * CLOCK_SECOND, .max_series = 400, .hold = BUILDER_HOLD};
    struct snapshot *previous = snapshot_store_newest(world->store), *snapshot = NULL;
    struct builder *builder = NULL;
    fake_clock_advance(5 * CLOCK_SECOND);
    int error = builder_new(&settings, previous, &builder);
    if (error == 0) {
        int collected = fill(world, builder);
        error = builder_finish(builder, &snapshot);
        if (error == 0)
            error = collected;
    }
    builder_free(builder);
    snapshot_release(previous);
    if (snapshot)
        snapshot_store_publish(world->store, snapshot);
    return error;
}

static void every_allocation_of_a_sample_may_fail(void **state)
{
    (void)state;
    for (int stays = 0; stays < 2; stays++) {
        bool failed = true;
        unsigned long at = 1;
        for (; failed; at++) {
            struct world world;
            set_up(&world);
            (stays ? failing_memory_arm_for_good : failing_memory_arm)(at);
            int error = sample(&world);
            failed = failing_memory_disarm();
            assert_true(error == 0 || error == -ENOMEM);
            /* Memory is back: the next sample is whole. */
            assert_int_equal(sample(&world), 0);
            struct snapshot *newest = snapshot_store_newest(world.store);
            uint64_t sockets = 0;
            for (size_t i = 0; i < snapshot_row_count(newest, &table_tcp_sockets); i++)
                sockets += snapshot_number(newest, &table_tcp_sockets, i, TCP_SOCKETS_SOCKETS);
            assert_int_equal(snapshot_row_count(newest, &table_mail_queues), 6);
            assert_int_equal(snapshot_row_count(newest, &table_mail_destinations), 1);
            assert_true(snapshot_row_count(newest, &table_mail_connections) > 0);
            assert_int_equal(sockets, 2 * (1 + 30 + 300 + 300 + 1)); /* our namespace and the other */
            snapshot_release(newest);
            tcp_collector.close(world.state);
            mail_collector.close(world.mail);
            tear_down(&world);
        }
        print_message("a sample makes %lu allocations\n", at - 1);
        assert_true(at > 50);
    }
}

static int render(const struct snapshot *snapshot, unsigned format, struct text *text)
{
    switch (format) {
    case 0:
        return exposition_write(snapshot, EXPOSITION_TEXT, text);
    case 1:
        return exposition_write(snapshot, EXPOSITION_OPENMETRICS, text);
    case 2:
        return document_write(snapshot, text);
    case 3:
        return page_write(snapshot, text);
    case 4:
        return status_write(snapshot, text);
    default:
        return describe_metrics(text);
    }
}

static void every_allocation_of_a_rendering_may_fail(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    assert_int_equal(sample(&world), 0);
    struct snapshot *snapshot = snapshot_store_newest(world.store);
    json_set_alloc_funcs(malloc, free);
    for (unsigned format = 0; format < 6; format++) {
        struct text whole = TEXT_EMPTY;
        bool failed = true;
        assert_int_equal(render(snapshot, format, &whole), 0);
        for (unsigned long at = 1; failed; at++) {
            struct text text = TEXT_EMPTY;
            failing_memory_arm(at);
            int error = render(snapshot, format, &text);
            failed = failing_memory_disarm();
            assert_int_equal(error, failed ? -ENOMEM : 0);
            if (!failed)
                assert_string_equal(text_value(&text), text_value(&whole));
            text_free(&text);
        }
        text_free(&whole);
    }
    snapshot_release(snapshot);
    tcp_collector.close(world.state);
    mail_collector.close(world.mail);
    tear_down(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_of_a_sample_may_fail),
        cmocka_unit_test(every_allocation_of_a_rendering_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
