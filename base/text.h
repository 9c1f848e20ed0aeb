/* SPDX-License-Identifier: Apache-2.0
 * A growing buffer of bytes with a sticky error: append freely, ask once at the end. */
#ifndef CHOKEPOINT_BASE_TEXT_H
#define CHOKEPOINT_BASE_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* Start with TEXT_EMPTY. data always ends in a zero byte that length does not count; NULL while nothing was appended.
 * error is 0 or -ENOMEM; after an error nothing more is appended. */
struct text {
    char *data;
    size_t length;
    size_t capacity;
    int error;
};

#define TEXT_EMPTY ((struct text){NULL, 0, 0, 0})

/* Makes room for length more bytes. Returns 0 or -ENOMEM, which also sticks. */
int text_reserve(struct text *text, size_t length);

/* Appends length bytes. */
void text_append(struct text *text, const char *bytes, size_t length);

/* Appends a zero-ended string. */
void text_string(struct text *text, const char *string);

/* Appends printf() output. */
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same with an argument list. */
void text_format_list(struct text *text, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

/* Appends an unsigned decimal number. */
void text_unsigned(struct text *text, uint64_t number);

/* Appends the shortest decimal that strtod() reads back as the same double; +Inf, -Inf and NaN as Prometheus spells
 * them. */
void text_real(struct text *text, double number);

/* The bytes so far as a string; "" when there are none. Valid until the next append. */
const char *text_value(const struct text *text);

/* Empties the buffer and forgets the error, keeping the memory for reuse. */
void text_clear(struct text *text);

/* Gives the memory back. */
void text_free(struct text *text);

#endif
