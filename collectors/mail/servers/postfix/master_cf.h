/* SPDX-License-Identifier: Apache-2.0
 * Postfix's master.cf (master(5)): which services there are, how many processes each may have, and the parameters that
 * it sets over main.cf with -o. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_POSTFIX_MASTER_CF_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_POSTFIX_MASTER_CF_H

#include <stddef.h>

#include "base/arena.h"
#include "collectors/mail/servers/postfix/main_cf.h"

#define MASTER_CF_SERVICES 512u

struct master_service {
    const char *name;
    const char *type;          /* "inet", "unix", "pass", ... */
    const char *process_limit; /* as written; "-" is default_process_limit */
    const char *command;
    const struct main_cf_entry *overrides; /* as written, in their order */
    size_t override_count;
};

/* Start with MASTER_CF_EMPTY. */
struct master_cf {
    struct arena arena;
    struct master_service *services;
    size_t count;
};

#define MASTER_CF_EMPTY ((struct master_cf){ARENA_EMPTY, NULL, 0})

/* Reads a file's text; of two entries with one name and type the last wins. Lines that are no service, at which
 * Postfix would not start, and those beyond MASTER_CF_SERVICES are skipped. 0; -EINVAL for a text with zero bytes;
 * -ENOMEM; master_cf_free() in any case. */
int master_cf_parse(struct master_cf *master_cf, const char *text, size_t length);

/* Gives the memory back. */
void master_cf_free(struct master_cf *master_cf);

#endif
