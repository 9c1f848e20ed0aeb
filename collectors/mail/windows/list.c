/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>

#include "collectors/mail/server.h"

extern const struct mail_server exchange_server;
extern const struct mail_server exchange_counters_server;
extern const struct mail_server spool_server;

const struct mail_server *const mail_servers[] = {&exchange_server, &exchange_counters_server, &spool_server, NULL};
