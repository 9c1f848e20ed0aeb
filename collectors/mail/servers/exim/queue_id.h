/* SPDX-License-Identifier: Apache-2.0
 * Exim's names of queue files: a message id and -H (envelope and header), -D (body) or -J (journal). */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_EXIM_QUEUE_ID_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_EXIM_QUEUE_ID_H

#include "collectors/mail/queue_tree.h"

/* The arrival of a message by the name of its -H file: the first six characters of the id are seconds in base 62. The
 * id is 6-6-2 characters, from 4.97 on 6-11-4. ARRIVAL_NAME, or ARRIVAL_GONE for any other file. */
enum arrival_method exim_queue_id_arrival(const char *name, size_t length, int64_t *ret_arrival);

/* Whether it is the body of a message. */
bool exim_queue_id_is_body(const char *name, size_t length);

#endif
