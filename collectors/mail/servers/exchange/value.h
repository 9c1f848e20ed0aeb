/* SPDX-License-Identifier: Apache-2.0
 * The shapes in which PowerShell's ConvertTo-Json writes one and the same value: it depends on the version, on whether
 * the session is a remote one, and on how many elements there are. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_EXCHANGE_VALUE_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_EXCHANGE_VALUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* The member of this name, whatever the case of its letters; NULL: there is none. Borrowed. */
const json_t *exchange_member(const json_t *object, const char *name);

/* A list of one element may have lost its array, and one of none may be null: how many elements there are, and the one
 * at this position. An array may also stand in a member `value` beside `Count`. */
size_t exchange_count(const json_t *list);
const json_t *exchange_element(const json_t *list, size_t position);

/* A number, a number as text, or an Unlimited<T>: "Unlimited", {"IsUnlimited":true} or {"IsUnlimited":false,"Value":5}.
 * +Inf is unlimited; NaN where it is none of these. */
double exchange_number(const json_t *value);

/* A time span in seconds: "00:10:00", "1.02:03:04.5", {"TotalSeconds":600}, {"Ticks":6000000000}, or unlimited. NaN
 * where it is none of these. */
double exchange_seconds(const json_t *value);

/* A moment in seconds since 1970: "2026-01-31T12:00:00Z", "/Date(1769860800000)/" or {"value":"/Date(...)/"}. NaN where
 * it is none of these; a moment without a zone counts as UTC. */
double exchange_moment(const json_t *value);

/* Text: a string, a number's digits, or the member Name, Address or value of an object; "" where there is none. buffer
 * is used for numbers. */
const char *exchange_text(const json_t *value, char *buffer, size_t size);

/* true, "True", 1. */
bool exchange_is_true(const json_t *value);

/* Turns UTF-16 with a byte order mark into UTF-8 and drops a UTF-8 mark: what PowerShell's > and Out-File write. 0;
 * -EILSEQ for what is no UTF-16; -ENOMEM. */
int exchange_decode(struct text *text);

#endif
