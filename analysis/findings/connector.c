/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/connector.h"

#include <math.h>
#include <string.h>

#include "snapshot/tables/mail_limits.h"

/* What the vendor advises where all mail comes through one gateway. */
static const double gateway_percent = 20;

/* Octets of a character that PowerShell takes for a single quote: the apostrophe, and U+2018 to U+201B. */
static size_t quote_length(const char *at)
{
    if (*at == '\'')
        return 1;
    return strncmp(at, "\xe2\x80", 2) == 0 && at[2] >= '\x98' && at[2] <= '\x9b' ? 3 : 0;
}

/* The connector's name as PowerShell wants it, whatever somebody has called it. */
static void write_name(const struct connector *connector, struct text *text)
{
    const char *colon = strchr(connector->scope, ':');
    text_string(text, "'");
    for (const char *at = colon ? colon + 1 : connector->scope; *at; at++) {
        text_format(text, "%.*s", (int)quote_length(at), at);
        text_format(text, "%c", *at);
    }
    text_string(text, "'");
}

/* NaN where it is not known. */
static double value_of(const struct connector *connector, enum mail_limit limit)
{
    const struct builder *builder = connector->builder;
    const struct table *table = &table_mail_limits;
    for (size_t row = 0; row < builder_row_count(builder, table); row++)
        if (builder_get_number(builder, table, row, MAIL_LIMITS_MTA) == MAIL_EXCHANGE &&
            builder_get_number(builder, table, row, MAIL_LIMITS_LIMIT) == limit &&
            builder_has(builder, table, row, MAIL_LIMITS_VALUE) &&
            strcmp(builder_get_text(builder, table, row, MAIL_LIMITS_SERVER), connector->server) == 0 &&
            strcmp(builder_get_text(builder, table, row, MAIL_LIMITS_SCOPE), connector->scope) == 0)
            return builder_get_real(builder, table, row, MAIL_LIMITS_VALUE);
    return NAN;
}

static void write_setting(struct text *text, const char *name, double value)
{
    if (isinf(value))
        text_format(text, " -%s unlimited", name);
    else if (!isnan(value))
        text_format(text, " -%s %.0f", name, value);
}

static void begin(const struct connector *connector, struct text *text)
{
    text_string(text, "Set-ReceiveConnector ");
    write_name(connector, text);
}

void connector_set(const struct connector *connector, const char *name, const char *wanted, const char *now,
                   struct finding *finding)
{
    begin(connector, &finding->remedy);
    text_format(&finding->remedy, " -%s %s", name, wanted);
    begin(connector, &finding->undo);
    text_format(&finding->undo, " -%s %s", name, now);
}

void connector_raise_total(const struct connector *connector, double wanted, struct finding *finding)
{
    begin(connector, &finding->remedy);
    write_setting(&finding->remedy, "MaxInboundConnection", wanted);
    begin(connector, &finding->undo);
    write_setting(&finding->undo, "MaxInboundConnection", value_of(connector, MAIL_LIMIT_INBOUND_CONNECTIONS));
}

static void write_source(const struct connector *connector, double percent, double number, struct text *text)
{
    begin(connector, text);
    write_setting(text, "MaxInboundConnectionPercentagePerSource", percent);
    write_setting(text, "MaxInboundConnectionPerSource", number);
}

void connector_raise_source(const struct connector *connector, struct finding *finding)
{
    double percent = value_of(connector, MAIL_LIMIT_INBOUND_CONNECTIONS_PERCENT_PER_SOURCE);
    double number = value_of(connector, MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE);
    double wanted = percent >= gateway_percent ? fmin(2 * percent, 100) : gateway_percent;
    write_source(connector, wanted, INFINITY, &finding->remedy);
    write_source(connector, percent, number, &finding->undo);
}
