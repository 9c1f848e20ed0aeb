/* SPDX-License-Identifier: Apache-2.0
 * The destinations that the messages of one queue wait for, each with the number of its messages. A destination is
 * known by a small number while messages have it; there are at most DESTINATIONS_MAX, and the rest is one more. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_DESTINATIONS_H
#define CHOKEPOINT_COLLECTORS_MAIL_DESTINATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snapshot/tables/mail_destinations.h"

#define DESTINATIONS_MAX   512u
#define DESTINATIONS_OTHER DESTINATIONS_MAX /* the number of all that found no place */
#define DESTINATIONS_COUNT (DESTINATIONS_MAX + 1)

/* What one message waits for, as its files tell. */
struct destination {
    char domain[256];                   /* in lower case; "": not told */
    char dsn[MAIL_DSN_BOUND + 1];       /* RFC 3463; "": no attempt is known */
    char reason[MAIL_REASON_BOUND + 1]; /* may be "" */
};

/* domain NULL: no such destination now. */
struct destination_entry {
    char *domain;
    char *reason;
    char dsn[MAIL_DSN_BOUND + 1];
    uint32_t hash;
    uint64_t messages;
};

/* Start with zeroes. The last entry is that of DESTINATIONS_OTHER. */
struct destinations {
    size_t messages; /* over all entries */
    struct destination_entry entries[DESTINATIONS_COUNT];
};

/* The number of this destination, given now if it is new; DESTINATIONS_OTHER where there is no room, also for want of
 * memory. It is kept until the next destinations_sweep() at least. */
uint32_t destinations_number(struct destinations *destinations, const struct destination *destination);

/* Forgets the destinations without messages. */
void destinations_sweep(struct destinations *destinations);

/* Gives the memory of the entries back. */
void destinations_clear(struct destinations *destinations);

/* Sets ret_destination->domain to what stands behind the last '@' of an address of so many bytes, without the bracket
 * that may end it, in lower case; to "" where there is no domain, or one with blanks or control characters in it. */
void destination_set_domain(struct destination *ret_destination, const char *address, size_t length);

/* Sets the reason: its first line, without blanks at its ends, as much of it as fits. */
void destination_set_reason(struct destination *ret_destination, const char *text, size_t length);

/* Sets the status to this text if it is one: digits in three groups (RFC 3463), of class 4 or 5. Whether it is. */
bool destination_set_dsn(struct destination *ret_destination, const char *text, size_t length);

/* Sets the status to the one in an SMTP reply ("451-4.7.1 text"); to that of its class at least, where it has none
 * ("451 text"). Whether the text begins with a reply of class 4 or 5. */
bool destination_set_reply(struct destination *ret_destination, const char *text, size_t length);

#endif
