/* SPDX-License-Identifier: Apache-2.0
 * One request and its answer over the control socket, or on Windows the control pipe. */
#ifndef CHOKEPOINT_EXPORTER_CHECK_EXCHANGE_H
#define CHOKEPOINT_EXPORTER_CHECK_EXCHANGE_H

#include <stdint.h>

#include "base/text.h"

#define EXCHANGE_BYTES_MOST ((size_t)8 * 1024 * 1024)

/* Sends the request, and appends the whole answer, at most 8 MiB. It ends, done or not, when clock_monotonic() reaches
 * `end`. 0, -ETIMEDOUT, -EFBIG, or the errno of connecting, sending, receiving. */
int exchange(const char *path, const struct text *request, int64_t end, struct text *answer);

#endif
