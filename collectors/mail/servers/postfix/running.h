/* SPDX-License-Identifier: Apache-2.0
 * Whether the running Postfix has read its configuration since that was changed. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_POSTFIX_RUNNING_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_POSTFIX_RUNNING_H

#include <stdint.h>

#include "collectors/mail/server_row.h"

/* changed: when the configuration was, nanoseconds since 1970. The master tells its start by pid/master.pid in the
 * queue directory; a reload restarts the queue manager, its child. SERVER_STATE_UNKNOWN where it does not run or cannot
 * be asked. */
enum server_state postfix_running_state(const char *procfs, const char *queue_directory, int64_t changed);

#endif
