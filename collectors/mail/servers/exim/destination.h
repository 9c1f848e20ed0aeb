/* SPDX-License-Identifier: Apache-2.0
 * What an Exim message waits for: from its log of attempts (msglog/), and from its -H file where there was none. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_EXIM_DESTINATION_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_EXIM_DESTINATION_H

#include "collectors/mail/destinations.h"

/* For the content tier; name is that of the -H file in directory, attempts is that of the message logs. */
void exim_destination(int directory, int attempts, const char *name, struct destination *ret_destination);

/* From a message log, perhaps without its beginning: the address of the last attempt that was put off, and what it was
 * told. Exim keeps no status of its own: the one in the far side's reply, else the one that RFC 3463 has for the cause,
 * where that is a connection. Changes no octet, takes zero bytes. */
void exim_destination_log(const char *text, size_t length, struct destination *ret_destination);

/* From the first octets of a -H file (Exim's specification, chapter "Format of spool files"): the first recipient. */
void exim_destination_recipient(const char *text, size_t length, struct destination *ret_destination);

#endif
