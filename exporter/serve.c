/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/serve.h"

#include <stdio.h>
#include <string.h>

#include "base/descriptors.h"
#include "base/log.h"

/* What the agent itself may have open at once: kernel events, procfs, spools. Clients share what is left. */
#define DESCRIPTORS_OWN ((size_t)128)
#define CONNECTIONS_MIN ((size_t)4)

static unsigned connections_max(size_t addresses)
{
    size_t limit = descriptors_raise_limit();
    size_t share = limit > DESCRIPTORS_OWN ? (limit - DESCRIPTORS_OWN) / (addresses + 1) : 0;
    if (share < HTTP_CONNECTIONS_MAX) {
        char words[24];
        (void)snprintf(words, sizeof(words), "%zu", limit);
        log_warn("few files may be open: fewer clients are served at once; raise LimitNOFILE= or ulimit -n", "limit",
                 words);
    }
    return (unsigned)(share < CONNECTIONS_MIN        ? CONNECTIONS_MIN
                      : share > HTTP_CONNECTIONS_MAX ? HTTP_CONNECTIONS_MAX
                                                     : share);
}

static void warn_of_control(const char *lack)
{
    if (lack)
        log_warn("no control socket: local commands cannot reach this agent; --control.socket=PATH puts it elsewhere",
                 "error", lack);
}

int serve_start(const struct web_settings *web, const struct control_settings *control, struct renderer *renderer,
                struct http_server **ret_server, struct control **ret_control, struct text *why)
{
    struct http_settings settings = {
        .listen_addresses = web->listen_addresses.items,
        .listen_address_count = web->listen_addresses.count,
        .telemetry_path = web->telemetry_path,
        .connections_max = connections_max(web->listen_addresses.count),
    };
    const bool optional = strcmp(control->socket, settings_control_socket) == 0;
    struct text lack = TEXT_EMPTY;
    int error = control_start(control->socket, optional, renderer, &settings, ret_control, optional ? &lack : why);
    warn_of_control(lack.length > 0 ? text_value(&lack) : NULL);
    text_free(&lack);
    if (error == 0)
        error = http_server_start(&settings, renderer, ret_server, why);
    if (error < 0)
        return error;
    warn_of_control(http_server_warning(*ret_server));
    for (size_t i = 0; i < settings.listen_address_count; i++)
        log_info("listening", "address", http_server_address(*ret_server, i), "path", web->telemetry_path);
    if (settings.listen_address_count == 0)
        log_warn("no address to listen on: only the control socket is served");
    return 0;
}

bool serve_differs(const struct web_settings *one, const struct web_settings *other)
{
    const struct option_texts *a = &one->listen_addresses, *b = &other->listen_addresses;
    if (a->count != b->count || strcmp(one->telemetry_path, other->telemetry_path) != 0)
        return true;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->items[i], b->items[i]) != 0)
            return true;
    return false;
}
