/* SPDX-License-Identifier: Apache-2.0
 * When a message arrived, asked of its queue file: for short queue ids, which do not tell. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_POSTFIX_QUEUE_FILE_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_POSTFIX_QUEUE_FILE_H

#include "collectors/mail/queue_tree.h"

/* The birth time by statx(2) where the file system keeps one, else the record of the arrival. The modification time is
 * no arrival: Postfix sets it to the next delivery attempt. Never follows a link, never waits.
 * ARRIVAL_BIRTH_TIME or ARRIVAL_RECORD with *ret_arrival in nanoseconds since 1970, ARRIVAL_UNKNOWN or ARRIVAL_GONE. */
enum arrival_method queue_file_arrival(int directory, const char *name, int64_t *ret_arrival);

/* The same from the first records of a queue file alone: type (one octet), length (7 bits an octet, low ones first),
 * data. The record 'T' holds seconds and perhaps microseconds in decimal (Postfix's rec_type.h). */
enum arrival_method queue_file_record(const char *bytes, size_t length, int64_t *ret_arrival);

/* Fills ret_destination for the content tier: the first recipient that the file about the attempts of this name tells
 * of, with status and reason (Postfix's defer(5) log); where there is no such file, the first recipient of the message
 * that is not done. */
void queue_file_destination(int directory, int attempts, const char *name, struct destination *ret_destination);

/* The same from the first octets of each file. */
void queue_file_log(const char *text, size_t length, struct destination *ret_destination);
void queue_file_recipient(const char *bytes, size_t length, struct destination *ret_destination);

#endif
