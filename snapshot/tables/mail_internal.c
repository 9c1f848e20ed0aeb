/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/tables/mail_internal.h"

#include "snapshot/tables/mail_limits.h"
#include "snapshot/tables/mail_queues.h"
#include "snapshot/tables/tcp_internal.h"
#include "snapshot/tables/tcp_sockets.h"

#define KEY(name_, type_, bound_, words_, help_)                                                                       \
    {                                                                                                                  \
        .name = name_, .kind = COLUMN_KEY, .type = type_, .bound = bound_, .words = words_, .help = help_              \
    }

static const char *const range_words[] = {"remote", "exempt", NULL};

static const struct column service_columns[] = {
    [MAIL_SERVICES_MTA] = KEY("mta", COLUMN_WORD, 0, mail_mta_words, "Kind of mail server."),
    [MAIL_SERVICES_SERVER] = KEY("server", COLUMN_TEXT, MAIL_SERVER_BOUND, NULL, "Instance."),
    [MAIL_SERVICES_SCOPE] = KEY("scope", COLUMN_TEXT, MAIL_SCOPE_BOUND, NULL, "Service, connector or transport."),
    [MAIL_SERVICES_ROLE] = KEY("role", COLUMN_WORD, 0, tcp_role_words, "inbound or outbound."),
    [MAIL_SERVICES_ADDRESS] = KEY("address", COLUMN_ADDRESS, TCP_ADDRESS_BOUND, NULL, "Local address."),
    [MAIL_SERVICES_PORT] = KEY("port", COLUMN_PORT, 0, NULL, "Local port."),
    [MAIL_SERVICES_PROCESS] = KEY("process", COLUMN_TEXT, TCP_PROCESS_BOUND, NULL, "Executable."),
};

const struct table table_mail_services = {
    .name = "mail_services",
    .help = "The connections that a mail server's limits hold for, before analysis",
    .columns = service_columns,
    .column_count = COLUMN_COUNT(service_columns),
    .internal = true,
    .not_in_mib = "internal",
};

static const struct column range_columns[] = {
    [MAIL_RANGES_MTA] = KEY("mta", COLUMN_WORD, 0, mail_mta_words, "Kind of mail server."),
    [MAIL_RANGES_SERVER] = KEY("server", COLUMN_TEXT, MAIL_SERVER_BOUND, NULL, "Instance."),
    [MAIL_RANGES_SCOPE] = KEY("scope", COLUMN_TEXT, MAIL_SCOPE_BOUND, NULL, "Service or connector."),
    [MAIL_RANGES_KIND] = KEY("kind", COLUMN_WORD, 0, range_words, "What the range is for."),
    [MAIL_RANGES_FIRST] = KEY("first", COLUMN_ADDRESS, TCP_ADDRESS_BOUND, NULL, "First address."),
    [MAIL_RANGES_LAST] = KEY("last", COLUMN_ADDRESS, TCP_ADDRESS_BOUND, NULL, "Last address."),
    [MAIL_RANGES_NEGATED] = KEY("negated", COLUMN_BOOLEAN, 0, NULL, "Whether these are left out."),
};

const struct table table_mail_ranges = {
    .name = "mail_ranges",
    .help = "Peers that a mail server treats apart, before analysis",
    .columns = range_columns,
    .column_count = COLUMN_COUNT(range_columns),
    .internal = true,
    .not_in_mib = "internal",
};

static const struct column arrival_columns[] = {
    [MAIL_ARRIVALS_SERVER] = KEY("server", COLUMN_TEXT, MAIL_SERVER_BOUND, NULL, "Instance."),
    [MAIL_ARRIVALS_SCOPE] = KEY("scope", COLUMN_TEXT, MAIL_SCOPE_BOUND, NULL, "Service or connector."),
    [MAIL_ARRIVALS_PEER] = KEY("peer", COLUMN_ADDRESS, TCP_ADDRESS_BOUND, NULL, "Address of the other side."),
    [MAIL_ARRIVALS_ACCEPTED] = {.name = "accepted",
                                .kind = COLUMN_VALUE,
                                .type = COLUMN_COUNTER,
                                .help = "Connections of the peer ever accepted."},
    [MAIL_ARRIVALS_PASSING] = {.name = "passing",
                               .kind = COLUMN_VALUE,
                               .type = COLUMN_GAUGE,
                               .help = "Sockets of the ports that it talks to that are on their way in or out."},
    [MAIL_ARRIVALS_ALONE] = {.name = "alone",
                             .kind = COLUMN_VALUE,
                             .type = COLUMN_BOOLEAN,
                             .help = "Whether the host's other ports are quiet."},
};

const struct table table_mail_arrivals = {
    .name = "mail_arrivals",
    .help = "Whether more connections of a peer come than stay, for the findings",
    .columns = arrival_columns,
    .column_count = COLUMN_COUNT(arrival_columns),
    .internal = true,
    .not_in_mib = "internal",
};
