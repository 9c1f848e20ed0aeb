/* SPDX-License-Identifier: Apache-2.0
 * What every parser of messages promises of a destination, whatever it read: one line of text in each field, a domain
 * in lower case, a status that is one. */
#ifndef CHOKEPOINT_TESTS_FUZZ_CHECK_DESTINATION_H
#define CHOKEPOINT_TESTS_FUZZ_CHECK_DESTINATION_H

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

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

#endif
