/* SPDX-License-Identifier: Apache-2.0
 * Sendmail's names of queue files: two letters and a queue id. qf is an envelope, hf a quarantined one, Qf a lost one,
 * df the body. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_SENDMAIL_QUEUE_ID_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_SENDMAIL_QUEUE_ID_H

#include "collectors/mail/queue_tree.h"

/* The arrival of a message by the name of its envelope: the id begins with year, month, day, hour, minute and second in
 * UTC, one digit of base 60 each; the year modulo 60, taken to be one of 2000 to 2059. ARRIVAL_NAME, or ARRIVAL_GONE
 * for any other file. */
enum arrival_method sendmail_queue_id_arrival(const char *name, size_t length, int64_t *ret_arrival);

/* Whether it is the body of a message. */
bool sendmail_queue_id_is_body(const char *name, size_t length);

#endif
