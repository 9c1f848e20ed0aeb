/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/check/client.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "exporter/check/exchange.h"

/* Appends what follows the headers of a 200. RFC 9112, sections 2 to 4. */
static int take_body(const struct text *answer, struct text *body)
{
    static const char version[] = "HTTP/1.", blank[] = "\r\n\r\n";
    const char *text = text_value(answer);
    const char *status = strchr(text, ' '), *end = strstr(text, blank);
    if (strncmp(text, version, strlen(version)) != 0 || !status || !end || strncmp(status, " 200", 4) != 0)
        return -EPROTO;
    const char *start = end + strlen(blank);
    text_append(body, start, answer->length - (size_t)(start - text));
    return body->error;
}

int client_get(const char *socket_path, const char *path, int64_t limit, struct text *body)
{
    struct text request = TEXT_EMPTY, answer = TEXT_EMPTY;
    int64_t end = clock_monotonic() + limit;
    text_format(&request, "GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n", path);
    int error = request.error ? request.error : exchange(socket_path, &request, end, &answer);
    if (error == 0)
        error = take_body(&answer, body);
    text_free(&request);
    text_free(&answer);
    return error;
}
