/* SPDX-License-Identifier: Apache-2.0
 * Values as people read them: 12,345, 1.2 GiB, 3 d 4 h, 49.9 %; and text made fit for a terminal. */
#ifndef CHOKEPOINT_BASE_HUMAN_H
#define CHOKEPOINT_BASE_HUMAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Appends a whole number in groups of three digits: 12,345. */
void human_count(struct text *text, uint64_t number);

/* Appends a number with at most two decimals, its whole part in groups; "infinite" where it is. */
void human_real(struct text *text, double number);

/* Appends bytes in the greatest binary unit that leaves a whole part: 1.2 GiB. */
void human_bytes(struct text *text, double bytes);

/* Appends a duration in its two greatest units: 3 d 4 h; below 10 s with a fraction. */
void human_duration(struct text *text, double seconds);

/* Appends a time of day, seconds since 1970: 2026-01-01 00:00:00 UTC. */
void human_timestamp(struct text *text, double seconds);

/* Appends a share in percent with one decimal: 49.9 %. */
void human_ratio(struct text *text, double ratio);

/* Appends well-formed UTF-8 with what would act on a terminal or hide text (control characters, changes of writing
 * direction) spelled out as an escape: \n, \u001b. */
void human_visible(struct text *text, const char *value);

/* Columns that well-formed UTF-8 takes on a terminal: two for East Asian wide characters and emoji, else one. */
size_t human_width(const char *value);

/* Octets of the longest beginning of value that takes at most so many columns. */
size_t human_fit(const char *value, size_t columns);

/* Appends value in lines of at most width columns, broken at blanks where there are any; the second and later ones
 * begin with indent blanks, the first continues a line that has that many columns already. Ends in a newline. */
void human_wrap(struct text *text, const char *value, size_t indent, size_t width);

#endif
