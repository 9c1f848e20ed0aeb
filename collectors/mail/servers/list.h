/* SPDX-License-Identifier: Apache-2.0
 * THE list of mail servers; each line names the constant that a folder here exports. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_LIST_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_LIST_H

#include "collectors/mail/server.h"

/* clang-format off */
#define MAIL_SERVERS(server) \
    server(postfix_server)   \
    server(exim_server)      \
    server(sendmail_server)  \
    server(opensmtpd_server) \
    server(exchange_server)  \
    server(spool_server)
/* clang-format on */

#define MAIL_SERVER_DECLARATION(name) extern const struct mail_server name;
MAIL_SERVERS(MAIL_SERVER_DECLARATION)

#endif
