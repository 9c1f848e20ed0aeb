/* SPDX-License-Identifier: Apache-2.0
 * What an OpenSMTPD message waits for. Its directory holds one envelope for each recipient that is not done. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_OPENSMTPD_ENVELOPE_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_OPENSMTPD_ENVELOPE_H

#include "collectors/mail/destinations.h"

/* For the content tier; name is that of the message's directory, attempts is not used. Asks the envelope with the least
 * name among the first hundreds. */
void opensmtpd_envelope_destination(int directory, int attempts, const char *name, struct destination *ret_destination);

/* The same from the first octets of an envelope, which it cuts into lines "field: value": rcpt, errorline, and the
 * status in the far side's reply, else the one of esc-class and esc-code (RFC 3463; 41 is X.4.1). */
void opensmtpd_envelope_parse(char *text, struct destination *ret_destination);

#endif
