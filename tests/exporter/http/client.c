/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/exporter/http/client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "snapshot/builder.h"
#include "snapshot/tables/tuning.h"

#define NOTE_BYTES 250
#define TIMEOUT_MS 10000

double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void site_publish(struct site *site, unsigned rows)
{
    unsigned *max_rows = calloc(tables_count() + 1, sizeof(*max_rows));
    max_rows[tables_position(&table_tuning)] = rows;
    const struct builder_settings settings = {
        .interval = INT64_C(5000000000), .hold = BUILDER_HOLD, .max_rows = max_rows};
    struct snapshot *previous = snapshot_store_newest(site->store), *snapshot = NULL;
    struct builder *builder = NULL;
    char key[16], text[NOTE_BYTES + 1];
    memset(text, 'x', NOTE_BYTES);
    text[NOTE_BYTES] = '\0';
    assert_int_equal(builder_new(&settings, previous, &builder), 0);
    for (unsigned i = 0; i < rows; i++) {
        snprintf(key, sizeof(key), "key.%u", i);
        builder_row(builder, &table_tuning);
        builder_number(builder, TUNING_SOURCE, TUNING_SYSCTL);
        builder_text(builder, TUNING_KEY, key);
        builder_real(builder, TUNING_VALUE, i);
        for (unsigned note = TUNING_TEXT; note <= TUNING_ORIGIN; note++)
            builder_text(builder, note, text);
    }
    assert_int_equal(builder_finish(builder, &snapshot), 0);
    builder_free(builder);
    free(max_rows);
    snapshot_release(previous);
    snapshot_store_publish(site->store, snapshot);
}

void site_start(struct site *site, const char *address, const char *control, int64_t request_limit, unsigned rows)
{
    const struct http_settings settings = {.listen_addresses = &address,
                                           .listen_address_count = 1,
                                           .telemetry_path = "/metrics",
                                           .control_socket = control,
                                           .request_limit = request_limit};
    *site = (struct site){.why = TEXT_EMPTY};
    assert_int_equal(snapshot_store_new(&site->store), 0);
    assert_int_equal(renderer_new(site->store, &site->renderer), 0);
    if (rows > 0)
        site_publish(site, rows);
    int error = http_server_start(&settings, site->renderer, &site->server, &site->why);
    assert_string_equal(text_value(&site->why), "");
    assert_int_equal(error, 0);
}

void site_stop(struct site *site)
{
    http_server_stop(site->server);
    renderer_free(site->renderer);
    snapshot_store_free(site->store);
    text_free(&site->why);
}

static int open_unix(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    assert_true(strlen(path) < sizeof(address.sun_path));
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

void client_open(struct client *client, const char *address, const char *from)
{
    *client = (struct client){.fd = -1, .received = TEXT_EMPTY};
    if (strncmp(address, "unix:", 5) == 0) {
        client->fd = open_unix(address + 5);
        return;
    }
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    to.sin_port = htons((uint16_t)atoi(strrchr(address, ':') + 1));
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(client->fd >= 0);
    if (from) {
        struct sockaddr_in source = {.sin_family = AF_INET};
        assert_int_equal(inet_pton(AF_INET, from, &source.sin_addr), 1);
        assert_int_equal(bind(client->fd, (struct sockaddr *)&source, sizeof(source)), 0);
    }
    assert_int_equal(connect(client->fd, (struct sockaddr *)&to, sizeof(to)), 0);
}

void client_close(struct client *client)
{
    if (client->fd >= 0)
        close(client->fd);
    text_free(&client->received);
    client->fd = -1;
}

bool client_send(struct client *client, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = send(client->fd, bytes, length, MSG_NOSIGNAL);
        if (count <= 0)
            return false;
        bytes += count;
        length -= (size_t)count;
    }
    return true;
}

/* Adds what comes next; false at the end or after the timeout. */
static bool receive_more(struct client *client)
{
    struct pollfd readable = {.fd = client->fd, .events = POLLIN};
    char buffer[65536];
    if (poll(&readable, 1, TIMEOUT_MS) <= 0)
        return false;
    ssize_t count = recv(client->fd, buffer, sizeof(buffer), 0);
    if (count <= 0)
        return false;
    text_append(&client->received, buffer, (size_t)count);
    return true;
}

static void use_up(struct client *client, size_t length, struct text *into)
{
    text_append(into, client->received.data, length);
    memmove(client->received.data, client->received.data + length, client->received.length - length + 1);
    client->received.length -= length;
}

bool client_receive(struct client *client, bool head, struct response *response)
{
    const char *end;
    *response = (struct response){.head = TEXT_EMPTY, .body = TEXT_EMPTY};
    while (!(end = strstr(text_value(&client->received), "\r\n\r\n")))
        if (!receive_more(client))
            return false;
    use_up(client, (size_t)(end - client->received.data) + 4, &response->head);
    if (sscanf(response->head.data, "HTTP/1.%*d %d ", &response->status) != 1)
        return false;
    const char *length = response_header(response, "Content-Length");
    size_t wanted = length && !head ? (size_t)atol(length) : 0;
    while (client->received.length < wanted)
        if (!receive_more(client))
            return false;
    if (wanted > 0)
        use_up(client, wanted, &response->body);
    return true;
}

bool client_ends(struct client *client, int timeout_ms)
{
    struct pollfd readable = {.fd = client->fd, .events = POLLIN};
    char buffer[65536];
    double end = seconds_now() + timeout_ms / 1000.0;
    while (seconds_now() < end) {
        int left_ms = (int)((end - seconds_now()) * 1000) + 1;
        if (poll(&readable, 1, left_ms) > 0 && recv(client->fd, buffer, sizeof(buffer), 0) <= 0)
            return true;
    }
    return false;
}

struct response client_get(const char *address, const char *path, const char *headers)
{
    struct client client;
    struct response response;
    struct text request = TEXT_EMPTY;
    client_open(&client, address, NULL);
    text_format(&request, "GET %s HTTP/1.1\r\nHost: localhost\r\n%sConnection: close\r\n\r\n", path, headers);
    assert_true(client_send(&client, request.data, request.length));
    assert_true(client_receive(&client, false, &response));
    text_free(&request);
    client_close(&client);
    return response;
}

const char *response_header(const struct response *response, const char *name)
{
    static char value[512];
    size_t length = strlen(name);
    for (const char *line = strstr(text_value(&response->head), "\r\n"); line; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, length) == 0 && line[2 + length] == ':') {
            const char *start = line + 3 + length + strspn(line + 3 + length, " ");
            snprintf(value, sizeof(value), "%.*s", (int)strcspn(start, "\r"), start);
            return value;
        }
    }
    return NULL;
}

void response_free(struct response *response)
{
    text_free(&response->head);
    text_free(&response->body);
}
