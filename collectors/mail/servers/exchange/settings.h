/* SPDX-License-Identifier: Apache-2.0
 * Exchange's throttle settings in the vocabulary, with the defaults of its version. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_EXCHANGE_SETTINGS_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_EXCHANGE_SETTINGS_H

#include <jansson.h>

#include "collectors/mail/limits.h"

/* major: 8 for 2007, 14 for 2010, 15 for 2013 and later; minor tells these apart: 0 is 2013, 1 is 2016, 2 is 2019 and
 * SE. edge: the Edge Transport role, whose time-outs are shorter. server NULL: not known. */
struct exchange_version {
    unsigned major, minor;
    bool edge;
    const char *server;
};

/* The version in "Version 15.1 (Build 2507.6)" or "15.01.2507.006"; that of 2019 where it cannot be read. */
struct exchange_version exchange_version_parse(const char *text);

/* Adds what Get-TransportService or Get-TransportServer tells. */
void exchange_add_server(struct limits *limits, const json_t *server, const struct exchange_version *version);

/* Adds one receive connector: limits, bindings, remote ranges. A disabled one is left out. */
void exchange_add_receive_connector(struct limits *limits, const json_t *connector,
                                    const struct exchange_version *version);

/* Adds one send connector. */
void exchange_add_send_connector(struct limits *limits, const json_t *connector);

#endif
