/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "collectors/tcp/linux/probe.h"
#include "snapshot/snapshot.h"
#include "snapshot/tables/connect_probe.h"
#include "tests/cmocka.h"

#define MINUTE (60 * CLOCK_SECOND)

/* A probe of a target on this host, and its samples. */
struct world {
    char target[32];
    struct tcp_probe_options options;
    struct probe probe;
    struct snapshot *snapshot;
    int64_t now;
};

static void set_up(struct world *world, const char *address, unsigned port)
{
    *world = (struct world){.options = {.enabled = true, .interval = MINUTE}, .now = MINUTE};
    snprintf(world->target, sizeof(world->target), "%s:%u", address, port);
    world->options.target = world->target;
    probe_init(&world->probe, &world->options);
}

static void tear_down(struct world *world)
{
    probe_close(&world->probe);
    snapshot_release(world->snapshot);
}

/* Takes a sample; the number of its rows. */
static size_t sample(struct world *world)
{
    struct builder *builder;
    struct snapshot *next;
    assert_int_equal(builder_new(&(struct builder_settings){.max_series = 100}, world->snapshot, &builder), 0);
    probe_step(&world->probe, world->now, builder);
    assert_int_equal(builder_finish(builder, &next), 0);
    builder_free(builder);
    snapshot_release(world->snapshot);
    world->snapshot = next;
    return snapshot_row_count(next, &table_connect_probe);
}

static uint64_t success(const struct world *world)
{
    return snapshot_number(world->snapshot, &table_connect_probe, 0, CONNECT_PROBE_SUCCESS);
}

static const char *error_text(const struct world *world)
{
    return snapshot_text(world->snapshot, &table_connect_probe, 0, CONNECT_PROBE_ERROR);
}

/* A socket bound to a port of loopback; it listens if a backlog is given. */
static int bind_one(int family, int backlog, unsigned *ret_port)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr *address = family == AF_INET ? (struct sockaddr *)&four : (struct sockaddr *)&six;
    socklen_t size = family == AF_INET ? sizeof(four) : sizeof(six);
    int fd = socket(family, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, address, size), 0);
    assert_int_equal(getsockname(fd, address, &size), 0);
    if (backlog >= 0)
        assert_int_equal(listen(fd, backlog), 0);
    *ret_port = ntohs(family == AF_INET ? four.sin_port : six.sin6_port);
    return fd;
}

static void check_success(int family, const char *address)
{
    struct world world;
    unsigned port;
    int listener = bind_one(family, 8, &port);
    set_up(&world, address, port);
    assert_int_equal(sample(&world), 1);
    assert_int_equal(success(&world), 1);
    assert_string_equal(error_text(&world), "");
    assert_string_equal(snapshot_text(world.snapshot, &table_connect_probe, 0, CONNECT_PROBE_TARGET), world.target);
    tear_down(&world);
    close(listener);
}

static void a_connection_that_comes_to_be_is_a_success(void **state)
{
    (void)state;
    check_success(AF_INET, "127.0.0.1");
    check_success(AF_INET6, "[::1]");
}

static void one_that_is_refused_says_why_and_is_tried_again_a_minute_later(void **state)
{
    (void)state;
    struct world world;
    unsigned port;
    int server = bind_one(AF_INET, -1, &port);
    set_up(&world, "127.0.0.1", port);
    assert_int_equal(sample(&world), 1);
    assert_int_equal(success(&world), 0);
    assert_string_equal(error_text(&world), "Connection refused");
    assert_int_equal(listen(server, 8), 0);
    world.now += MINUTE - CLOCK_SECOND;
    assert_int_equal(sample(&world), 1);
    assert_int_equal(success(&world), 0); /* at most one a minute */
    world.now += CLOCK_SECOND;
    assert_int_equal(sample(&world), 1);
    assert_int_equal(success(&world), 1);
    tear_down(&world);
    close(server);
}

/* An accept queue of one that is full: who comes next gets no answer. */
static void no_answer_is_waited_for_and_no_sample_waits(void **state)
{
    (void)state;
    struct world world;
    unsigned port;
    int waiting[3], server = bind_one(AF_INET, 0, &port);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
    for (unsigned i = 0; i < 3; i++) {
        waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(waiting[i], (const struct sockaddr *)&address, sizeof(address));
    }
    set_up(&world, "127.0.0.1", port);
    int64_t start = clock_monotonic();
    assert_int_equal(sample(&world), 0);
    world.now += (PROBE_PATIENCE_SECONDS - 1) * CLOCK_SECOND;
    assert_int_equal(sample(&world), 0);
    assert_true(world.probe.fd >= 0);
    world.now += CLOCK_SECOND;
    assert_int_equal(sample(&world), 1);
    assert_true(clock_monotonic() - start < CLOCK_SECOND / 2);
    assert_int_equal(success(&world), 0);
    assert_string_equal(error_text(&world), "Connection timed out");
    assert_int_equal(world.probe.fd, -1);
    tear_down(&world);
    for (unsigned i = 0; i < 3; i++)
        close(waiting[i]);
    close(server);
}

static void without_a_target_nothing_is_tried(void **state)
{
    (void)state;
    struct world world;
    set_up(&world, "127.0.0.1", 9);
    world.options.target = NULL;
    assert_int_equal(sample(&world), 0);
    world.options = (struct tcp_probe_options){.target = world.target, .interval = MINUTE}; /* connect_probe: off */
    assert_int_equal(sample(&world), 0);
    assert_int_equal(world.probe.fd, -1);
    tear_down(&world);
}

static void a_target_is_an_address_and_a_port(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        ":",
                                        "192.0.2.1",
                                        "192.0.2.1:",
                                        "192.0.2.1:0",
                                        "192.0.2.1:65536",
                                        "relay:25",
                                        "2001:db8::1:443",
                                        "[2001:db8::1]",
                                        "192.0.2.1:25 ",
                                        "[192.0.2.1:25",
                                        "1:2:3",
                                        "[2001:db8:1111:2222:3333:4444:5555:6666:7777:8888:9999]:25"};
    struct address address;
    uint16_t port = 1;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        if (tcp_target_parse(wrong[i], &address, &port) == 0)
            fail_msg("%s was taken for a target", wrong[i]);
    assert_int_equal(port, 1);
    assert_int_equal(tcp_target_parse("192.0.2.1:443", &address, &port), 0);
    assert_int_equal(port, 443);
    assert_int_equal(address.bytes[15], 1);
    assert_int_equal(tcp_target_parse("[2001:db8::5]:65535", &address, &port), 0);
    assert_int_equal(port, 65535);
    assert_int_equal(address.bytes[15], 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_that_comes_to_be_is_a_success),
        cmocka_unit_test(one_that_is_refused_says_why_and_is_tried_again_a_minute_later),
        cmocka_unit_test(no_answer_is_waited_for_and_no_sample_waits),
        cmocka_unit_test(without_a_target_nothing_is_tried),
        cmocka_unit_test(a_target_is_an_address_and_a_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
