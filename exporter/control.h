/* SPDX-License-Identifier: Apache-2.0
 * How local commands reach the running agent without a port: a Unix socket, or on Windows a named pipe. */
#ifndef CHOKEPOINT_EXPORTER_CONTROL_H
#define CHOKEPOINT_EXPORTER_CONTROL_H

#include <stdbool.h>

#include "base/text.h"
#include "exporter/http/server.h"
#include "exporter/renderer.h"

struct control;

/* On Linux the HTTP server serves the Unix socket `path` too: this puts it into *http, and *ret_control is NULL. On
 * Windows a thread answers on the pipe `path`; only the agent's own user, administrators and the system may open it.
 * What it lacks is appended to *why: an error, unless optional. An empty path is none. 0 or negative errno. */
int control_start(const char *path, bool optional, struct renderer *renderer, struct http_settings *http,
                  struct control **ret_control, struct text *why);

/* Ends the thread and closes the pipe. NULL is fine. */
void control_stop(struct control *control);

#endif
