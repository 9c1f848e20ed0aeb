/* SPDX-License-Identifier: Apache-2.0
 * The name of a Postfix queue file is its queue id; a long one tells when the message arrived. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_POSTFIX_QUEUE_ID_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_POSTFIX_QUEUE_ID_H

#include <stddef.h>

#include "collectors/mail/queue_tree.h"

/* Long ids (enable_long_queue_ids = yes; Postfix's mail_queue.h): seconds in base 52 (six digits or more), microseconds
 * in four, 'z', the inode in base 51: ARRIVAL_NAME, with *ret_arrival in nanoseconds since 1970. Short ids (upper case
 * hexadecimal: five digits of microseconds, the inode): ARRIVAL_UNKNOWN. Anything else, as temporary files (with a
 * dot) and strangers, is no message: ARRIVAL_GONE. */
enum arrival_method queue_id_arrival(const char *name, size_t length, int64_t *ret_arrival);

#endif
