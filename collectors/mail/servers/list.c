/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/list.h"

#include <stddef.h>

#define MAIL_SERVER_ENTRY(name) &(name),

const struct mail_server *const mail_servers[] = {MAIL_SERVERS(MAIL_SERVER_ENTRY) NULL};
