/* SPDX-License-Identifier: Apache-2.0
 * Numbers and names as sentences want them, for use as arguments of text_format():
 *     text_format(&text, "%s of %s ports", words_count(used).text, words_count(usable).text); */
#ifndef CHOKEPOINT_ANALYSIS_FINDINGS_WORDS_H
#define CHOKEPOINT_ANALYSIS_FINDINGS_WORDS_H

#include <stdint.h>

/* A text by value; it lives as long as the expression that made it. */
struct words {
    char text[96];
};

/* 14,100 */
struct words words_count(uint64_t number);

/* 49.9 % */
struct words words_ratio(double ratio);

/* 3 d 4 h */
struct words words_seconds(double seconds);

/* 470.5 */
struct words words_real(double number);

/* 1.2 GiB */
struct words words_bytes(double bytes);

/* "relay (relay.service)", "relay", or "an unknown process". */
struct words words_who(const char *process, const char *unit);

/* " in namespace NAME", or nothing for our own. */
struct words words_where(const char *netns);

#endif
