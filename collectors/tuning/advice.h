/* SPDX-License-Identifier: Apache-2.0
 * What we hold right for one number or text, and whether a value satisfies it. Pure functions. */
#ifndef CHOKEPOINT_COLLECTORS_TUNING_ADVICE_H
#define CHOKEPOINT_COLLECTORS_TUNING_ADVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define ADVICE_MAX_NUMBERS 4u

struct tuning_field;

enum advice_kind {
    ADVICE_SHOW_ONLY,
    ADVICE_AT_LEAST,    /* numbers[0] */
    ADVICE_AT_MOST,     /* numbers[0] */
    ADVICE_BETWEEN,     /* numbers[0] to numbers[1] */
    ADVICE_ONE_OF,      /* numbers[0..count) */
    ADVICE_TEXT,        /* exactly text */
    ADVICE_LEAVE_ALONE, /* the default */
    ADVICE_DELETE,      /* a registry value that should not be there */
};

/* The bound that judges and the value that we recommend may differ: the default port range is no fault, but where ports
 * run short the command should widen it well. */
struct advice {
    enum advice_kind kind;
    unsigned count;
    int64_t numbers[ADVICE_MAX_NUMBERS];
    int64_t recommended; /* AT_LEAST, AT_MOST, BETWEEN, ONE_OF; always satisfies the advice itself */
    const char *text;    /* TEXT */
};

/* How a value stands to its advice. */
enum verdict { VERDICT_NONE, VERDICT_AGAINST, VERDICT_OK };

/* Judges a number in force. VERDICT_NONE where there is no advice, or only one about texts. */
enum verdict advice_judge(const struct tuning_field *field, int64_t number);

/* Whether we recommend a number, and which. */
bool advice_recommended(const struct tuning_field *field, int64_t *ret_number);

/* The number that the command should set where `number` is in force: never worse than what is there. */
int64_t advice_target(const struct tuning_field *field, int64_t number);

/* Writes the advice in words, such as "at least 4096", "one of 1, 2", "1", "leave alone", "show only". */
void advice_describe(const struct advice *advice, char *buffer, size_t size);

/* Reads what a user wrote: "1", "1, 2" (one of them), "at least N", "at most N", "one of ...", "show only"; for a value
 * of several fields one number each, such as "4096 131072 16777216". free_text: anything else is the exact text wanted.
 * Fills field_count advices; texts go to arena. 0, -EINVAL or -ENOMEM. */
int advice_parse(const char *text, unsigned field_count, bool free_text, struct arena *arena,
                 struct advice *ret_advices);

/* Whether two texts are the same apart from the width of their blanks, as the kernel reads them. */
bool advice_same_text(const char *one, const char *other);

#endif
