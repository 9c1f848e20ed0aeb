/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/exporter/http/client.h"

#define SECOND INT64_C(1000000000)

static struct site site;
static const char *address;
static atomic_bool stop_sweeping;
static pthread_t sweeper;

/* What main does once a second, faster. */
static void *sweep(void *context)
{
    (void)context;
    while (!atomic_load(&stop_sweeping)) {
        http_server_sweep(site.server);
        usleep(50000);
    }
    return NULL;
}

/* A server whose requests may take one second, and about 12 MB of JSON. */
static int set_up(void **state)
{
    (void)state;
    const struct rendering *rendering;
    site_start(&site, "127.0.0.1:0", NULL, SECOND, 6000);
    /* Rendered now: under a sanitizer that alone may take the second. */
    assert_int_equal(renderer_get(site.renderer, FORMAT_JSON, false, &rendering), 0);
    rendering_release(rendering);
    address = http_server_address(site.server, 0);
    assert_int_equal(pthread_create(&sweeper, NULL, sweep, NULL), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    atomic_store(&stop_sweeping, true);
    assert_int_equal(pthread_join(sweeper, NULL), 0);
    site_stop(&site);
    return 0;
}

static void still_serves(void)
{
    struct response response = client_get(address, "/-/healthy", "");
    assert_int_equal(response.status, 200);
    response_free(&response);
}

static void a_dribbling_client_is_cut(void **state)
{
    (void)state;
    struct client client;
    client_open(&client, address, NULL);
    double start = seconds_now();
    assert_true(client_send(&client, "GET /-/healthy HTTP/1.1\r\nX: ", 28));
    while (seconds_now() - start < 8 && !client_ends(&client, 100) && client_send(&client, "x", 1))
        ;
    double seconds = seconds_now() - start;
    assert_true(seconds > 0.9 && seconds < 4);
    client_close(&client);
    /* So is one that says nothing. */
    client_open(&client, address, NULL);
    start = seconds_now();
    assert_true(client_ends(&client, 8000));
    assert_true(seconds_now() - start < 4);
    client_close(&client);
    still_serves();
}

static void a_slow_reader_is_cut(void **state)
{
    (void)state;
    static const char request[] = "GET /api/v1/snapshot HTTP/1.1\r\nHost: x\r\n\r\n";
    struct client client;
    int small = 4096, taken = 0;
    char byte;
    client_open(&client, address, NULL);
    setsockopt(client.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    double start = seconds_now();
    assert_true(client_send(&client, request, sizeof(request) - 1));
    /* What came before the reset may be read after it, so reading does not tell. */
    struct pollfd cut = {.fd = client.fd};
    while (seconds_now() - start < 8 && poll(&cut, 1, 20) == 0 && recv(client.fd, &byte, 1, 0) == 1)
        taken++;
    double seconds = seconds_now() - start;
    assert_true(taken > 10);
    assert_true(seconds > 0.9 && seconds < 4);
    client_close(&client);
    still_serves();
}

static void a_large_answer_reaches_a_good_reader(void **state)
{
    (void)state;
    struct response response = client_get(address, "/api/v1/snapshot", "");
    assert_int_equal(response.status, 200);
    assert_in_range(response.body.length, 10000000, 20000000);
    response_free(&response);
}

static void a_busy_connection_lives_on(void **state)
{
    (void)state;
    static const char request[] = "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n";
    struct client client;
    client_open(&client, address, NULL);
    double start = seconds_now();
    while (seconds_now() - start < 2.5) {
        struct response response;
        assert_true(client_send(&client, request, sizeof(request) - 1));
        assert_true(client_receive(&client, false, &response));
        assert_int_equal(response.status, 200);
        response_free(&response);
        usleep(100000);
    }
    client_close(&client);
}

static void garbage_harms_nobody(void **state)
{
    (void)state;
    static const char *const garbage[] = {
        "\r\n\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "GET\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET  HTTP/1.1\r\n\r\n",
        "GET /%00%ff%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nzz\r\n",
        "GET /metrics HTTP/1.1\r\n: nothing\r\n folded\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET /?a=b&a&&==%&\xff HTTP/1.1\r\nHost: x\r\nCookie: ;;==;\"\r\n\r\n",
    };
    uint64_t random_state = 88172645463325252u;
    for (size_t i = 0; i < 30; i++) {
        struct client client;
        char bytes[300];
        size_t length = sizeof(bytes);
        for (size_t j = 0; j < sizeof(bytes); j++) {
            random_state ^= random_state << 13;
            random_state ^= random_state >> 7;
            random_state ^= random_state << 17;
            bytes[j] = (char)(random_state >> 40);
        }
        if (i < sizeof(garbage) / sizeof(garbage[0])) {
            length = strlen(garbage[i]);
            memcpy(bytes, garbage[i], length);
        }
        client_open(&client, address, NULL);
        (void)client_send(&client, bytes, length);
        (void)shutdown(client.fd, SHUT_WR);
        assert_true(client_ends(&client, 20000));
        client_close(&client);
    }
    still_serves();
}

static void huge_headers_are_refused(void **state)
{
    (void)state;
    for (int form = 0; form < 3; form++) {
        struct client client;
        struct text request = TEXT_EMPTY;
        struct response response = {.head = TEXT_EMPTY, .body = TEXT_EMPTY};
        text_string(&request, form == 0 ? "GET /" : "GET /metrics HTTP/1.1\r\nHost: x\r\n");
        while (request.length < 200000)
            text_string(&request, form == 0 ? "aaaaaaaaaa" : form == 1 ? "X-Header: value\r\n" : "Y: ");
        text_string(&request, form == 0 ? " HTTP/1.1\r\n\r\n" : "\r\n\r\n");
        client_open(&client, address, NULL);
        (void)client_send(&client, request.data, request.length);
        /* An answer may be lost to the reset that unread bytes cause, but 200 is none. */
        if (client_receive(&client, false, &response))
            assert_in_range(response.status, 400, 499);
        response_free(&response);
        client_close(&client);
        text_free(&request);
    }
    /* A browser's or a proxy's long headers are fine. */
    struct text headers = TEXT_EMPTY;
    text_string(&headers, "Cookie: session=");
    while (headers.length < 12000)
        text_string(&headers, "value");
    text_string(&headers, "\r\n");
    struct response response = client_get(address, "/-/healthy", headers.data);
    assert_int_equal(response.status, 200);
    response_free(&response);
    text_free(&headers);
}

static void two_hundred_at_once_are_answered(void **state)
{
    (void)state;
    enum { CLIENTS = 200 };
    static const char request[] = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    static struct client clients[CLIENTS];
    char from[32];
    uint64_t before = http_server_requests(site.server);
    for (int i = 0; i < CLIENTS; i++) {
        snprintf(from, sizeof(from), "127.0.0.%d", 10 + i / 20);
        client_open(&clients[i], address, from);
        assert_true(client_send(&clients[i], request, sizeof(request) - 1));
    }
    for (int i = 0; i < CLIENTS; i++) {
        struct response response;
        assert_true(client_receive(&clients[i], false, &response));
        assert_int_equal(response.status, 200);
        response_free(&response);
        client_close(&clients[i]);
    }
    assert_int_equal(http_server_requests(site.server) - before, CLIENTS);
}

static void one_address_gets_32_connections(void **state)
{
    (void)state;
    enum { CLIENTS = 60 };
    static const char request[] = "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n";
    static struct client clients[CLIENTS];
    int served = 0;
    for (int i = 0; i < CLIENTS; i++)
        client_open(&clients[i], address, "127.0.0.99");
    for (int i = 0; i < CLIENTS; i++) {
        struct response response = {.head = TEXT_EMPTY, .body = TEXT_EMPTY};
        if (client_send(&clients[i], request, sizeof(request) - 1) && client_receive(&clients[i], false, &response))
            served++;
        response_free(&response);
    }
    assert_int_equal(served, 32);
    /* Others are not kept out by that one. */
    still_serves();
    for (int i = 0; i < CLIENTS; i++)
        client_close(&clients[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dribbling_client_is_cut),
        cmocka_unit_test(a_slow_reader_is_cut),
        cmocka_unit_test(a_large_answer_reaches_a_good_reader),
        cmocka_unit_test(a_busy_connection_lives_on),
        cmocka_unit_test(garbage_harms_nobody),
        cmocka_unit_test(huge_headers_are_refused),
        cmocka_unit_test(two_hundred_at_once_are_answered),
        cmocka_unit_test(one_address_gets_32_connections),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
