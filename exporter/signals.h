/* SPDX-License-Identifier: Apache-2.0
 * What asks the running agent to stop or to read its configuration again: SIGTERM, SIGINT and SIGHUP on Linux; Ctrl+C,
 * Ctrl+Break, the end of the session and the service control manager on Windows, which has no SIGHUP: there a service
 * is told by `sc control chokepoint paramchange`. */
#ifndef CHOKEPOINT_EXPORTER_SIGNALS_H
#define CHOKEPOINT_EXPORTER_SIGNALS_H

#include <stdint.h>

enum signals_wish { SIGNALS_NONE, SIGNALS_RELOAD, SIGNALS_STOP };

/* From now on wishes wait for signals_wait(). Call it before other threads run. */
void signals_take(void);

/* Waits at most so many nanoseconds for a wish. */
enum signals_wish signals_wait(int64_t limit);

#endif
