/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "tests/exporter/http/client.h"
#include "tests/tree.h"

static struct site site;
static const char *address;

static int set_up(void **state)
{
    (void)state;
    site_start(&site, "127.0.0.1:0", NULL, 0, 20);
    address = http_server_address(site.server, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    site_stop(&site);
    return 0;
}

static void expect_header(const struct response *response, const char *name, const char *value)
{
    const char *found = response_header(response, name);
    if (!value) {
        assert_null(found);
        return;
    }
    assert_non_null(found);
    assert_string_equal(found, value);
}

static void every_path_is_served(void **state)
{
    (void)state;
    static const struct {
        const char *path, *type, *vary, *policy, *content;
    } pages[] = {
        {"/metrics", "text/plain; version=0.0.4; charset=utf-8", "Accept, Accept-Encoding", NULL,
         "chokepoint_tuning_value"},
        {"/metrics?collect[]=tcp", "text/plain; version=0.0.4; charset=utf-8", "Accept, Accept-Encoding", NULL,
         "chokepoint_tuning_value"},
        {"/", "text/html; charset=utf-8", "Accept-Encoding",
         "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:", "<html"},
        {"/status.txt", "text/plain; charset=utf-8", "Accept-Encoding", NULL, "\n"},
        {"/api/v1/snapshot", "application/json", "Accept-Encoding", NULL, "\"tables\""},
        {"/runbooks/", "text/plain; charset=utf-8", NULL, NULL, "/runbooks/ephemeral_ports_filling\n"},
        {"/runbooks/ephemeral_ports_filling", "text/plain; charset=utf-8", NULL, NULL, "\n## Do now\n"},
        {"/runbooks/watchdog.md", "text/plain; charset=utf-8", NULL, NULL, "# watchdog\n"},
        {"/-/healthy", "text/plain; charset=utf-8", NULL, NULL, "chokepoint is healthy\n"},
        {"/-/ready", "text/plain; charset=utf-8", NULL, NULL, "chokepoint is ready\n"},
    };
    uint64_t before = http_server_requests(site.server);
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        struct response response = client_get(address, pages[i].path, "");
        assert_int_equal(response.status, 200);
        expect_header(&response, "Content-Type", pages[i].type);
        expect_header(&response, "Vary", pages[i].vary);
        expect_header(&response, "Content-Security-Policy", pages[i].policy);
        expect_header(&response, "X-Content-Type-Options", "nosniff");
        expect_header(&response, "Cache-Control", "no-store");
        expect_header(&response, "Content-Encoding", NULL);
        assert_non_null(strstr(text_value(&response.body), pages[i].content));
        response_free(&response);
    }
    assert_int_equal(http_server_requests(site.server) - before, 10);
}

static void unknown_paths_are_not_found(void **state)
{
    (void)state;
    static const char *const paths[] = {"/x",
                                        "/metrics/",
                                        "/metrics%00",
                                        "/metrics%00x",
                                        "//metrics",
                                        "/favicon.ico",
                                        "/api/v1/",
                                        "/-/",
                                        "/../etc",
                                        "/runbooks/x",
                                        "/runbooks/watchdog.m",
                                        "/runbooks",
                                        "/runbooks/../docs/findings.md"};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct response response = client_get(address, paths[i], "");
        assert_int_equal(response.status, 404);
        expect_header(&response, "Content-Type", "text/plain; charset=utf-8");
        assert_non_null(strstr(text_value(&response.body), "not found; there are / /metrics "));
        response_free(&response);
    }
}

/* Sends one request as it is and receives the answer. */
static struct response ask(const char *request, bool *ret_closed)
{
    struct client client;
    struct response response;
    client_open(&client, address, NULL);
    assert_true(client_send(&client, request, strlen(request)));
    assert_true(client_receive(&client, strncmp(request, "HEAD", 4) == 0, &response));
    *ret_closed = client_ends(&client, 300);
    client_close(&client);
    return response;
}

static void head_is_get_without_a_body(void **state)
{
    (void)state;
    static const char *const paths[] = {"/metrics", "/", "/status.txt", "/api/v1/snapshot", "/-/healthy", "/x"};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        char request[100], length[32];
        bool closed;
        struct response get = client_get(address, paths[i], "");
        snprintf(request, sizeof(request), "HEAD %s HTTP/1.1\r\nHost: x\r\n\r\n", paths[i]);
        struct response head = ask(request, &closed);
        snprintf(length, sizeof(length), "%zu", get.body.length);
        assert_int_equal(head.status, get.status);
        expect_header(&head, "Content-Length", length);
        assert_false(closed); /* nothing followed, and it would take more */
        response_free(&get);
        response_free(&head);
    }
}

static void other_methods_are_not_allowed(void **state)
{
    (void)state;
    static const char *const methods[] = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "get", "X"};
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        char request[100];
        bool closed;
        snprintf(request, sizeof(request), "%s /metrics HTTP/1.1\r\nHost: x\r\n\r\n", methods[i]);
        struct response response = ask(request, &closed);
        assert_int_equal(response.status, 405);
        expect_header(&response, "Allow", "GET, HEAD");
        response_free(&response);
    }
}

static void a_request_may_carry_the_whole_url(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        int status;
    } requests[] = {
        {"GET http://host:10421/-/healthy HTTP/1.1\r\nHost: x\r\n\r\n", 200},
        {"GET HTTP://host HTTP/1.1\r\nHost: x\r\n\r\n", 200},
        {"GET http://host/nothing HTTP/1.1\r\nHost: x\r\n\r\n", 404},
        {"GET ftp://host/metrics HTTP/1.1\r\nHost: x\r\n\r\n", 404},
    };
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        bool closed;
        struct response response = ask(requests[i].request, &closed);
        assert_int_equal(response.status, requests[i].status);
        response_free(&response);
    }
}

static void bodies_are_not_read(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        int status;
    } requests[] = {
        {"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nabc", 405},
        {"GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n", 413},
        {"GET /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 413},
        {"GET /metrics HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n", 413},
    };
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        bool closed;
        struct response response = ask(requests[i].request, &closed);
        assert_int_equal(response.status, requests[i].status);
        assert_true(closed);
        response_free(&response);
    }
    bool closed;
    struct response response = ask("GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", &closed);
    assert_int_equal(response.status, 200);
    assert_false(closed);
    response_free(&response);
}

static void the_client_chooses_the_format(void **state)
{
    (void)state;
    struct response response = client_get(
        address, "/metrics", "Accept: text/plain;q=0.5\r\nAccept: application/openmetrics-text; version=1.0.0\r\n");
    expect_header(&response, "Content-Type", "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert_string_equal(response.body.data + response.body.length - 6, "# EOF\n");
    response_free(&response);
    response = client_get(address, "/metrics", "Accept: */*\r\n");
    expect_header(&response, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response_free(&response);
    /* Only the metrics are negotiated. */
    response = client_get(address, "/api/v1/snapshot", "Accept: application/openmetrics-text\r\n");
    expect_header(&response, "Content-Type", "application/json");
    response_free(&response);
}

static void gzip_when_asked(void **state)
{
    (void)state;
    static char text[1 << 20];
    struct response plain = client_get(address, "/metrics", "Accept-Encoding: gzip;q=0\r\n");
    struct response packed = client_get(address, "/metrics", "Accept-Encoding: deflate, gzip\r\n");
    expect_header(&plain, "Content-Encoding", NULL);
    expect_header(&packed, "Content-Encoding", "gzip");
    expect_header(&packed, "Vary", "Accept, Accept-Encoding");
    assert_true(packed.body.length < plain.body.length);
    z_stream stream = {.next_in = (Bytef *)packed.body.data,
                       .avail_in = (uInt)packed.body.length,
                       .next_out = (Bytef *)text,
                       .avail_out = sizeof(text)};
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.total_out, plain.body.length);
    assert_memory_equal(text, plain.body.data, plain.body.length);
    inflateEnd(&stream);
    response_free(&plain);
    response_free(&packed);
}

static void connections_are_kept_and_pipelined(void **state)
{
    (void)state;
    static const char request[] = "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n"
                                  "HEAD /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n"
                                  "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
                                  "GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    static const int statuses[] = {200, 200, 200, 404};
    struct client client;
    client_open(&client, address, NULL);
    for (int round = 0; round < 2; round++) {
        /* At once, then byte by byte. */
        size_t step = round == 0 ? sizeof(request) - 1 : 1;
        if (round == 1)
            client_open(&client, address, NULL);
        for (size_t at = 0; at < sizeof(request) - 1; at += step)
            assert_true(client_send(&client, request + at, step));
        for (int i = 0; i < 4; i++) {
            struct response response;
            assert_true(client_receive(&client, i == 1, &response));
            assert_int_equal(response.status, statuses[i]);
            response_free(&response);
        }
        assert_true(client_ends(&client, 2000));
        client_close(&client);
    }
}

static void before_the_first_sample_it_says_so(void **state)
{
    (void)state;
    struct site empty;
    site_start(&empty, "127.0.0.1:0", NULL, 0, 0);
    const char *where = http_server_address(empty.server, 0);
    static const char *const paths[] = {"/metrics", "/", "/status.txt", "/api/v1/snapshot", "/-/ready"};
    for (size_t i = 0; i < 5; i++) {
        struct response response = client_get(where, paths[i], "Accept-Encoding: gzip\r\n");
        assert_int_equal(response.status, 503);
        expect_header(&response, "Retry-After", "1");
        assert_string_equal(text_value(&response.body), "no sample yet; try again in a second\n");
        response_free(&response);
    }
    struct response response = client_get(where, "/-/healthy", "");
    assert_int_equal(response.status, 200);
    response_free(&response);
    site_publish(&empty, 1);
    response = client_get(where, "/-/ready", "");
    assert_int_equal(response.status, 200);
    response_free(&response);
    site_stop(&empty);
}

static void the_control_socket_answers_too(void **state)
{
    (void)state;
    char root[64], path[128], control[140];
    struct stat status;
    struct site other;
    tree_make(root, sizeof(root));
    snprintf(path, sizeof(path), "%s/run/c.sock", root);
    snprintf(control, sizeof(control), "unix:%s", path);
    site_start(&other, ":0", path, 0, 3);
    assert_null(http_server_warning(other.server));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0660);
    struct response response = client_get(control, "/metrics", "");
    assert_int_equal(response.status, 200);
    response_free(&response);
    response = client_get(http_server_address(other.server, 0), "/metrics", "");
    assert_int_equal(response.status, 200);
    response_free(&response);
    site_stop(&other);
    assert_int_equal(stat(path, &status), -1);
    tree_remove(root);
}

static int start(const char *const *addresses, size_t count, const char *path, const char *control, bool optional,
                 struct http_server **ret_server, struct text *why)
{
    const struct http_settings settings = {addresses, count, path, control, optional, 0, 0};
    return http_server_start(&settings, site.renderer, ret_server, why);
}

static unsigned count_fds(void)
{
    DIR *directory = opendir("/proc/self/fd");
    unsigned count = 0;
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

static void on_failure_nothing_stays_open(void **state)
{
    (void)state;
    char root[64], path[128], unix_address[140], message[512];
    struct stat status;
    struct http_server *server = NULL;
    struct text why = TEXT_EMPTY;
    tree_make(root, sizeof(root));
    snprintf(path, sizeof(path), "%s/c.sock", root);
    snprintf(unix_address, sizeof(unix_address), "unix:%s/w.sock", root);
    const char *const addresses[] = {"127.0.0.1:0", unix_address, address};
    unsigned before = count_fds();
    assert_int_equal(start(addresses, 3, "/metrics", path, false, &server, &why), -EADDRINUSE);
    snprintf(message, sizeof(message),
             "%s: Address already in use; another process listens there ('ss -ltnp' tells which): stop it or choose "
             "another address",
             address);
    assert_string_equal(text_value(&why), message);
    assert_null(server);
    assert_int_equal(count_fds(), before);
    assert_int_equal(stat(unix_address + 5, &status), -1);
    text_clear(&why);
    assert_int_equal(start(addresses, 1, "metrics", NULL, false, &server, &why), -EINVAL);
    assert_string_equal(text_value(&why), "metrics: the path of the metrics begins with /");
    text_clear(&why);
    /* Two starts and stops later nothing has leaked either. */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(start(addresses, 2, "/m", path, false, &server, &why), 0);
        struct response response = client_get(http_server_address(server, 0), "/m", "");
        assert_int_equal(response.status, 200);
        response_free(&response);
        assert_string_equal(http_server_address(server, 1), unix_address);
        http_server_stop(server);
        assert_int_equal(count_fds(), before);
        assert_int_equal(stat(unix_address + 5, &status), -1);
    }
    http_server_stop(NULL);
    text_free(&why);
    tree_remove(root);
}

static void an_optional_control_socket_is_only_missed(void **state)
{
    (void)state;
    const char *const addresses[] = {"127.0.0.1:0"};
    struct http_server *server = NULL;
    struct text why = TEXT_EMPTY;
    static const char path[] = "/nonexistent/a/b.sock";
    assert_int_equal(start(addresses, 1, "/metrics", path, false, &server, &why), -ENOENT);
    assert_string_equal(
        text_value(&why),
        "/nonexistent/a/b.sock: No such file or directory; its directory is missing and cannot be made");
    text_clear(&why);
    assert_int_equal(start(addresses, 1, "/metrics", path, true, &server, &why), 0);
    assert_string_equal(text_value(&why), "");
    assert_string_equal(
        http_server_warning(server),
        "/nonexistent/a/b.sock: No such file or directory; its directory is missing and cannot be made");
    struct response response = client_get(http_server_address(server, 0), "/metrics", "");
    assert_int_equal(response.status, 200);
    response_free(&response);
    http_server_stop(server);
    text_free(&why);
}

static void curl_agrees(void **state)
{
    (void)state;
    char command[400], output[200] = "";
    snprintf(command, sizeof(command),
             "curl -sS --max-time 10 --noproxy '*' --compressed -o /dev/null -w '%%{http_code} %%{content_type}' "
             "-H 'Accept: application/openmetrics-text;version=1.0.0' http://%s/metrics",
             address);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_non_null(fgets(output, sizeof(output), pipe));
    assert_int_equal(pclose(pipe), 0);
    assert_string_equal(output, "200 application/openmetrics-text; version=1.0.0; charset=utf-8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_path_is_served),
        cmocka_unit_test(unknown_paths_are_not_found),
        cmocka_unit_test(head_is_get_without_a_body),
        cmocka_unit_test(other_methods_are_not_allowed),
        cmocka_unit_test(a_request_may_carry_the_whole_url),
        cmocka_unit_test(bodies_are_not_read),
        cmocka_unit_test(the_client_chooses_the_format),
        cmocka_unit_test(gzip_when_asked),
        cmocka_unit_test(connections_are_kept_and_pipelined),
        cmocka_unit_test(before_the_first_sample_it_says_so),
        cmocka_unit_test(the_control_socket_answers_too),
        cmocka_unit_test(on_failure_nothing_stays_open),
        cmocka_unit_test(an_optional_control_socket_is_only_missed),
        cmocka_unit_test(curl_agrees),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
