/* SPDX-License-Identifier: Apache-2.0
 * Asks the running agent over its control socket: no TCP socket and no port is needed, so that it answers on a host
 * that has none left. HTTP/1.0 and one GET need no library (docs/decisions/0009). */
#ifndef CHOKEPOINT_EXPORTER_CHECK_CLIENT_H
#define CHOKEPOINT_EXPORTER_CHECK_CLIENT_H

#include <stdint.h>

#include "base/text.h"

/* Appends the body of the answer to a GET of `path`. The whole exchange takes at most limit nanoseconds, and a body is
 * at most 8 MiB. 0, -EPROTO for an answer that is not HTTP or not 200, -ETIMEDOUT, -EFBIG, or the errno of connect(2)
 * and the like. */
int client_get(const char *socket_path, const char *path, int64_t limit, struct text *body);

#endif
