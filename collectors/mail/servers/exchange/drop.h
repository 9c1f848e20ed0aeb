/* SPDX-License-Identifier: Apache-2.0
 * The drop file: what a scheduled task on an Exchange server (packaging/windows/Export-ExchangeState.ps1) writes as
 * JSON.
 *
 *     {"schema": 1, "server": "EX1", "version": "Version 15.2 (Build 1118.7)", "edge": false, "queues": [Get-Queue],
 *      "receive_connectors": [Get-ReceiveConnector], "send_connectors": [Get-SendConnector],
 *      "transport": Get-TransportService, "back_pressure": [{"Resource", "CurrentResourceUse"}]}
 *
 * Any part may be missing. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_EXCHANGE_DROP_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_EXCHANGE_DROP_H

#include <stdint.h>

#include "base/text.h"
#include "collectors/mail/limits.h"

#define EXCHANGE_QUEUES    1024u
#define EXCHANGE_RESOURCES 64u

/* Texts live in the drop's arena. */
struct exchange_queue {
    const char *name; /* the next hop, or the queue's own name for Submission, Poison and Unreachable */
    const char *detail;
    uint64_t messages;
    double velocity; /* NaN: not told */
    double oldest;   /* arrival of the oldest message, seconds since 1970; NaN: not told */
};

struct exchange_resource {
    const char *name;
    unsigned level; /* 0 normal, 1 medium, 2 high */
};

/* Start with zeroes. */
struct exchange_drop {
    struct limits limits; /* its arena holds all texts */
    const char *server;   /* NULL: not told */
    const char *version;
    struct exchange_queue *queues; /* shadow queues are left out: messages in them are normal */
    size_t queue_count;
    struct exchange_resource *resources;
    size_t resource_count;
};

/* Reads the text of a drop file, in any encoding that PowerShell writes. 0; -EILSEQ or -EINVAL for what is no such
 * file, -ENOTSUP for a schema that is newer than we are, -ENOMEM; exchange_drop_free() in any case. */
int exchange_drop_parse(struct exchange_drop *drop, struct text *text);

/* Gives the memory back. */
void exchange_drop_free(struct exchange_drop *drop);

#endif
