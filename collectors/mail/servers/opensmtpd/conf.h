/* SPDX-License-Identifier: Apache-2.0
 * As much of smtpd.conf(5) as tells where OpenSMTPD listens and what its limits are. Macros and include files are not
 * followed: a statement that needs one is left out. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_OPENSMTPD_CONF_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_OPENSMTPD_CONF_H

#include "base/text.h"
#include "collectors/mail/limits.h"

/* Reads a file's text, which is changed, over the defaults of limit_mta_set_defaults() and smtpd.conf(5), which are the
 * same in all versions from 6.4 on. 0, -ENOMEM, or -EINVAL for a text with zero bytes; limits_free() in any case. */
int opensmtpd_conf_parse(struct limits *limits, struct text *text);

#endif
