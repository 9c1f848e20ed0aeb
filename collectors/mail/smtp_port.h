/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SMTP_PORT_H
#define CHOKEPOINT_COLLECTORS_MAIL_SMTP_PORT_H

#include <stdint.h>

/* The port that a mail server's configuration names: a number, or a service's name (smtp, submission, smtps,
 * submissions). 0 for anything else. services(5), RFC 8314. */
uint16_t smtp_port(const char *text);

#endif
