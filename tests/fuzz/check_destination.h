/* SPDX-License-Identifier: Apache-2.0
 * What every parser of messages promises of a destination, whatever it read: one line of text in each field, a domain
 * in lower case, a status that is one. */
#ifndef CHOKEPOINT_TESTS_FUZZ_CHECK_DESTINATION_H
#define CHOKEPOINT_TESTS_FUZZ_CHECK_DESTINATION_H

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "collectors/mail/destinations.h"

static inline void check_destination(const struct destination *found)
{
    struct destination same = {.dsn = ""};
    size_t domain = strnlen(found->domain, sizeof(found->domain)), dsn = strnlen(found->dsn, sizeof(found->dsn));
    if (domain == sizeof(found->domain) || dsn == sizeof(found->dsn) ||
        strnlen(found->reason, sizeof(found->reason)) == sizeof(found->reason) || strchr(found->reason, '\n'))
        abort();
    for (size_t i = 0; i < domain; i++)
        if (isupper((unsigned char)found->domain[i]) || isspace((unsigned char)found->domain[i]) ||
            iscntrl((unsigned char)found->domain[i]) || found->domain[i] == '@')
            abort();
    if (dsn > 0 && !destination_set_dsn(&same, found->dsn, dsn))
        abort();
}

/* Gives any octets, as a text that may be written to, to a parser, and checks what it found. */
static inline void check_parser(const uint8_t *data, size_t size,
                                void (*parse)(char *text, struct destination *ret_destination))
{
    struct destination found = {.dsn = ""};
    struct text text = TEXT_EMPTY;
    text_append(&text, (const char *)data, size);
    if (text.data)
        parse(text.data, &found);
    text_free(&text);
    check_destination(&found);
}

#endif
