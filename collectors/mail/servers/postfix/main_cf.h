/* SPDX-License-Identifier: Apache-2.0
 * As much of Postfix's main.cf (postconf(5)) as is needed to find its queues and limits. postconf itself is not run: a
 * sample starts no program. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_POSTFIX_MAIN_CF_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_POSTFIX_MAIN_CF_H

#include <stddef.h>

#include "base/arena.h"
#include "base/text.h"

struct main_cf_entry {
    const char *name;
    const char *value;
};

/* Start with MAIN_CF_EMPTY. */
struct main_cf {
    struct arena arena;
    struct main_cf_entry *entries;
    size_t count;
    size_t capacity;
};

#define MAIN_CF_EMPTY ((struct main_cf){ARENA_EMPTY, NULL, 0, 0})

/* Sets a parameter, over any earlier value. 0 or -ENOMEM. */
int main_cf_set(struct main_cf *main_cf, const char *name, const char *value);

/* Adds the parameters of a file's text: comments, continuation lines, the last one wins. Lines without "=", at which
 * Postfix would not start, are skipped. 0; -EINVAL for a text with zero bytes; -ENOMEM. */
int main_cf_parse(struct main_cf *main_cf, const char *text, size_t length);

/* The position of the entry that sets a parameter, or main_cf->count: what is set later stands behind. */
size_t main_cf_find(const struct main_cf *main_cf, const char *name);

/* Appends the expanded value to *into: $name, ${name}, $(name), ${name?text}, ${name:text}, ${name?{a}:{b}}, $$.
 * A parameter that is not set is empty (Postfix's defaults are not known here). 0; -ELOOP for a parameter that needs
 * itself or for too much work; -E2BIG for a value over 64 KiB; -EINVAL for what is malformed; -EOPNOTSUPP for
 * comparisons; -ENOMEM. What was appended before a failure stays. */
int main_cf_value(const struct main_cf *main_cf, const char *name, struct text *into);

/* Gives the memory back. */
void main_cf_free(struct main_cf *main_cf);

#endif
