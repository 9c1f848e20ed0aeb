/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/http/answer.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "exporter/http/negotiate.h"
#include "exporter/paths.h"
#include "exporter/runbooks.h"

static const char text_type[] = "text/plain; charset=utf-8";
/* The page has its styles inside and no scripts. */
static const char page_policy[] = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

/* A response that grows header by header; one that lacks memory becomes NULL. */
static void add_header(struct MHD_Response **response, const char *name, const char *value)
{
    if (*response && MHD_add_response_header(*response, name, value) != MHD_YES) {
        MHD_destroy_response(*response);
        *response = NULL;
    }
}

/* Sends the response, with the headers that all have. MHD_NO, for want of memory, closes the connection. */
static enum MHD_Result send_response(struct answer_source *source, struct MHD_Connection *connection, unsigned status,
                                     struct MHD_Response *response)
{
    add_header(&response, "X-Content-Type-Options", "nosniff");
    add_header(&response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (!response)
        return MHD_NO;
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    if (result == MHD_YES)
        atomic_fetch_add_explicit(&source->requests, 1, memory_order_relaxed);
    return result;
}

static struct MHD_Response *make_text(const char *text)
{
    /* The library copies the text; its prototype lacks the const. */
    struct MHD_Response *response = MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_MUST_COPY);
    add_header(&response, MHD_HTTP_HEADER_CONTENT_TYPE, text_type);
    return response;
}

static enum MHD_Result send_text(struct answer_source *source, struct MHD_Connection *connection, unsigned status,
                                 const char *text)
{
    return send_response(source, connection, status, make_text(text));
}

static enum MHD_Result send_unavailable(struct answer_source *source, struct MHD_Connection *connection, int error)
{
    struct MHD_Response *response = make_text(error == -EAGAIN ? "no sample yet; try again in a second\n"
                                                               : "short of memory; try again in a few seconds\n");
    add_header(&response, MHD_HTTP_HEADER_RETRY_AFTER, error == -EAGAIN ? "1" : "5");
    return send_response(source, connection, MHD_HTTP_SERVICE_UNAVAILABLE, response);
}

static enum MHD_Result send_not_found(struct answer_source *source, struct MHD_Connection *connection)
{
    char text[512];
    (void)snprintf(text, sizeof(text),
                   "not found; there are / %.200s /status.txt " PATHS_RUNBOOKS " /api/v1/snapshot " PATHS_HEALTHY
                   " " PATHS_READY "\n",
                   source->telemetry_path);
    return send_text(source, connection, MHD_HTTP_NOT_FOUND, text);
}

static enum MHD_Result take_header(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct negotiate *negotiate = context;
    (void)kind;
    if (value && strcasecmp(name, MHD_HTTP_HEADER_ACCEPT) == 0)
        negotiate_accept(negotiate, value);
    else if (value && strcasecmp(name, MHD_HTTP_HEADER_ACCEPT_ENCODING) == 0)
        negotiate_encoding(negotiate, value);
    return MHD_YES;
}

static void release(void *context)
{
    rendering_release(context);
}

/* Takes over the reference to the rendering. */
static struct MHD_Response *make_rendered(const struct rendering *rendering, enum format format, bool gzip)
{
    void *bytes = (void *)rendering->bytes, *context = (void *)rendering;
    bool metrics = format == FORMAT_PROMETHEUS || format == FORMAT_OPENMETRICS;
    struct MHD_Response *response =
        MHD_create_response_from_buffer_with_free_callback_cls(rendering->length, bytes, release, context);
    if (!response) {
        rendering_release(rendering);
        return NULL;
    }
    add_header(&response, MHD_HTTP_HEADER_CONTENT_TYPE, rendering->content_type);
    add_header(&response, MHD_HTTP_HEADER_VARY, metrics ? "Accept, Accept-Encoding" : "Accept-Encoding");
    if (gzip)
        add_header(&response, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
    if (format == FORMAT_PAGE)
        add_header(&response, "Content-Security-Policy", page_policy);
    return response;
}

static enum MHD_Result send_rendered(struct answer_source *source, struct MHD_Connection *connection,
                                     enum format format)
{
    struct negotiate negotiate = {0};
    const struct rendering *rendering;
    (void)MHD_get_connection_values(connection, MHD_HEADER_KIND, take_header, &negotiate);
    if (format == FORMAT_PROMETHEUS && negotiate_openmetrics(&negotiate))
        format = FORMAT_OPENMETRICS;
    bool gzip = negotiate_gzip(&negotiate);
    int error = renderer_get(source->renderer, format, gzip, &rendering);
    if (error == -ENOMEM && gzip) {
        gzip = false; /* plain may be there already */
        error = renderer_get(source->renderer, format, gzip, &rendering);
    }
    if (error < 0)
        return send_unavailable(source, connection, error);
    return send_response(source, connection, MHD_HTTP_OK, make_rendered(rendering, format, gzip));
}

static enum MHD_Result send_ready(struct answer_source *source, struct MHD_Connection *connection)
{
    if (!renderer_is_ready(source->renderer))
        return send_unavailable(source, connection, -EAGAIN);
    return send_text(source, connection, MHD_HTTP_OK, "chokepoint is ready\n");
}

/* The list of all runbooks, or one of them. */
static enum MHD_Result send_runbook(struct answer_source *source, struct MHD_Connection *connection, const char *name)
{
    struct text list = TEXT_EMPTY;
    const char *page = runbooks_find(name);
    if (!page && !name[0]) {
        runbooks_list(&list);
        page = list.error ? NULL : text_value(&list);
    }
    enum MHD_Result result =
        page ? send_text(source, connection, MHD_HTTP_OK, page) : send_not_found(source, connection);
    text_free(&list);
    return result;
}

static enum MHD_Result send_path(struct answer_source *source, struct MHD_Connection *connection, const char *path)
{
    enum format format;
    if (strcmp(path, source->telemetry_path) == 0)
        return send_rendered(source, connection, FORMAT_PROMETHEUS);
    if (paths_find(path, &format))
        return send_rendered(source, connection, format);
    if (strcmp(path, PATHS_HEALTHY) == 0)
        return send_text(source, connection, MHD_HTTP_OK, "chokepoint is healthy\n");
    if (strcmp(path, PATHS_READY) == 0)
        return send_ready(source, connection);
    const char *runbook = paths_runbook(path);
    return runbook ? send_runbook(source, connection, runbook) : send_not_found(source, connection);
}

/* A request line may carry the whole URL (RFC 9112, 3.2.2); the path of it, inside of url. */
static const char *path_of(const char *url)
{
    static const char scheme[] = "http://";
    if (strncasecmp(url, scheme, sizeof(scheme) - 1) != 0)
        return url;
    const char *path = strchr(url + sizeof(scheme) - 1, '/');
    return path ? path : "/";
}

static bool has_body(struct MHD_Connection *connection)
{
    const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    return (length && strcmp(length, "0") != 0) ||
           MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_TRANSFER_ENCODING);
}

static enum MHD_Result send_not_allowed(struct answer_source *source, struct MHD_Connection *connection)
{
    struct MHD_Response *response = make_text("only GET and HEAD\n");
    add_header(&response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    return send_response(source, connection, MHD_HTTP_METHOD_NOT_ALLOWED, response);
}

size_t answer_unescape(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strstr(text, "%00") ? strlen(text) : MHD_http_unescape(text);
}

enum MHD_Result answer_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                               const char *version, const char *upload, size_t *upload_size, void **request)
{
    struct answer_source *source = context;
    (void)version;
    (void)upload;
    (void)upload_size;
    bool readable = strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
    bool first = !*request;
    bool body = first && has_body(connection);
    *request = source; /* anything but NULL: the next call is not the first */
    /* An answer in the first call is one before the body: libmicrohttpd does not read that and closes. Without a body
     * the answer waits for the second call, and the connection lives on. */
    if (first && !body)
        return MHD_YES;
    if (!readable)
        return send_not_allowed(source, connection);
    if (body)
        return send_text(source, connection, MHD_HTTP_CONTENT_TOO_LARGE, "no body is wanted\n");
    return send_path(source, connection, path_of(url));
}
