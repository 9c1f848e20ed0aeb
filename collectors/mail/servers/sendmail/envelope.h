/* SPDX-License-Identifier: Apache-2.0
 * What a Sendmail message waits for, from its queue file (qf, hf or Qf). */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_SENDMAIL_ENVELOPE_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_SENDMAIL_ENVELOPE_H

#include "collectors/mail/destinations.h"

/* For the content tier; name is that of the queue file in directory, attempts is not used. */
void sendmail_envelope_destination(int directory, int attempts, const char *name, struct destination *ret_destination);

/* The same from the first octets of a queue file, which it cuts into lines, each with a letter for its kind: the first
 * recipient (R) with a domain, and what the last attempt was told (M). Sendmail keeps no status of its own: the one in
 * the far side's reply, else the one that RFC 3463 has for the cause. Recipients that are done are not in the file. */
void sendmail_envelope_parse(char *text, struct destination *ret_destination);

#endif
