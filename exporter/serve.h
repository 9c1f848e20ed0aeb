/* SPDX-License-Identifier: Apache-2.0
 * Puts the HTTP server up as the settings say, and says in the log where it listens and what is missing. */
#ifndef CHOKEPOINT_EXPORTER_SERVE_H
#define CHOKEPOINT_EXPORTER_SERVE_H

#include "base/text.h"
#include "exporter/control.h"
#include "exporter/http/server.h"
#include "exporter/settings.h"

/* Starts the server and what local commands reach; a control socket that nobody asked for by name may be missing. 0, or
 * negative errno with one sentence in *why. */
int serve_start(const struct web_settings *web, const struct control_settings *control, struct renderer *renderer,
                struct http_server **ret_server, struct control **ret_control, struct text *why);

/* Whether the two would be served at other addresses or paths. */
bool serve_differs(const struct web_settings *one, const struct web_settings *other);

#endif
