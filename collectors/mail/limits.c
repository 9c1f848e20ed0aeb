/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/limits.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 16u

static const char *keep(struct limits *limits, const char *text)
{
    if (!text || limits->error)
        return NULL;
    const char *copy = arena_copy(&limits->arena, text, strlen(text));
    if (!copy)
        limits->error = -ENOMEM;
    return copy;
}

/* The place of one more entry in an array that doubles, or NULL. */
static void *grow(struct limits *limits, void *entries, size_t count, size_t size)
{
    bool power = (count & (count - 1)) == 0;
    if (limits->error || count >= LIMITS_MAX)
        return NULL;
    if (count > 0 && (!power || count < FIRST_CAPACITY))
        return entries;
    void *grown = realloc(entries, (count > 0 ? 2 * count : FIRST_CAPACITY) * size);
    if (!grown)
        limits->error = -ENOMEM;
    return grown;
}

void limits_add(struct limits *limits, const struct limit_setting *setting)
{
    if (isnan(setting->value))
        return;
    struct limit_setting copy = *setting;
    copy.scope = keep(limits, setting->scope);
    copy.native = keep(limits, setting->native);
    copy.origin = keep(limits, setting->origin);
    struct limit_setting *settings = grow(limits, limits->settings, limits->setting_count, sizeof(*settings));
    if (!settings)
        return;
    limits->settings = settings;
    settings[limits->setting_count++] = copy;
}

static bool is_every_address(const char *text)
{
    return text && (strcmp(text, "0.0.0.0") == 0 || strcmp(text, "::") == 0);
}

void limits_add_service(struct limits *limits, const struct limit_service *service)
{
    struct limit_service copy = *service;
    copy.scope = keep(limits, service->scope);
    copy.address = keep(limits, is_every_address(service->address) ? "*" : service->address);
    copy.process = keep(limits, service->process);
    struct limit_service *services = grow(limits, limits->services, limits->service_count, sizeof(*services));
    if (!services)
        return;
    limits->services = services;
    services[limits->service_count++] = copy;
}

void limits_add_range(struct limits *limits, const struct limit_range *range)
{
    struct limit_range copy = *range;
    copy.scope = keep(limits, range->scope);
    struct limit_range *ranges = grow(limits, limits->ranges, limits->range_count, sizeof(*ranges));
    if (!ranges)
        return;
    limits->ranges = ranges;
    ranges[limits->range_count++] = copy;
}

static void put_setting(struct builder *builder, enum mail_mta mta, const char *server,
                        const struct limit_setting *setting)
{
    builder_row(builder, &table_mail_limits);
    builder_number(builder, MAIL_LIMITS_MTA, mta);
    builder_text(builder, MAIL_LIMITS_SERVER, server);
    builder_text(builder, MAIL_LIMITS_SCOPE, setting->scope);
    builder_number(builder, MAIL_LIMITS_LIMIT, setting->limit);
    builder_text(builder, MAIL_LIMITS_NATIVE, setting->native);
    builder_real(builder, MAIL_LIMITS_VALUE, setting->value);
    builder_real(builder, MAIL_LIMITS_DEFAULT, setting->fallback);
    builder_text(builder, MAIL_LIMITS_ORIGIN, setting->origin);
}

static void put_service(struct builder *builder, enum mail_mta mta, const char *server,
                        const struct limit_service *service)
{
    builder_row(builder, &table_mail_services);
    builder_number(builder, MAIL_SERVICES_MTA, mta);
    builder_text(builder, MAIL_SERVICES_SERVER, server);
    builder_text(builder, MAIL_SERVICES_SCOPE, service->scope);
    builder_number(builder, MAIL_SERVICES_ROLE, service->role);
    builder_text(builder, MAIL_SERVICES_ADDRESS, service->address);
    builder_text(builder, MAIL_SERVICES_PROCESS, service->process);
    if (service->port > 0)
        builder_number(builder, MAIL_SERVICES_PORT, service->port);
}

static void put_range(struct builder *builder, enum mail_mta mta, const char *server, const struct limit_range *range)
{
    char first[ADDRESS_TEXT], last[ADDRESS_TEXT];
    address_format(first, &range->range.first);
    address_format(last, &range->range.last);
    builder_row(builder, &table_mail_ranges);
    builder_number(builder, MAIL_RANGES_MTA, mta);
    builder_text(builder, MAIL_RANGES_SERVER, server);
    builder_text(builder, MAIL_RANGES_SCOPE, range->scope);
    builder_number(builder, MAIL_RANGES_KIND, range->kind);
    builder_text(builder, MAIL_RANGES_FIRST, first);
    builder_text(builder, MAIL_RANGES_LAST, last);
    builder_number(builder, MAIL_RANGES_NEGATED, range->negated);
}

void limits_put(const struct limits *limits, struct builder *builder, enum mail_mta mta, const char *server)
{
    for (size_t i = 0; i < limits->setting_count; i++)
        put_setting(builder, mta, server, &limits->settings[i]);
    for (size_t i = 0; i < limits->service_count; i++)
        put_service(builder, mta, server, &limits->services[i]);
    for (size_t i = 0; i < limits->range_count; i++)
        put_range(builder, mta, server, &limits->ranges[i]);
}

void limits_free(struct limits *limits)
{
    free(limits->settings);
    free(limits->services);
    free(limits->ranges);
    arena_free(&limits->arena);
    *limits = LIMITS_EMPTY;
}
