/* SPDX-License-Identifier: Apache-2.0
 * Strict reading of numbers, durations and words: the whole text or nothing. */
#ifndef CHOKEPOINT_BASE_PARSE_H
#define CHOKEPOINT_BASE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each returns 0, -EINVAL when the text is not entirely what it should be, or -ERANGE; outputs are untouched on
 * failure. */

/* An unsigned decimal number without sign or blanks. */
int parse_unsigned(const char *text, uint64_t *ret_number);

/* A decimal number with an optional minus. */
int parse_signed(const char *text, int64_t *ret_number);

/* A finite decimal number as strtod() reads it in the C locale. */
int parse_real(const char *text, double *ret_number);

/* A duration as Prometheus writes it, "500ms", "5s", "1h30m", "10m"; in nanoseconds. A bare "0" is allowed. */
int parse_duration(const char *text, int64_t *ret_nanoseconds);

/* true, false, yes, no, on, off. */
int parse_boolean(const char *text, bool *ret_value);

/* The position of text in a NULL-ended list of words. */
int parse_word(const char *text, const char *const *words, unsigned *ret_index);

/* Cuts the next run of non-blanks off *rest and ends it with a zero byte, in place. NULL when nothing is left. */
char *parse_field(char **rest);

/* Cuts the next line off *rest, without its newline, in place. NULL when nothing is left. */
char *parse_line(char **rest);

/* Removes blanks at both ends, in place; returns the first that stays. */
char *parse_trim(char *text);

#endif
