/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tuning/windows/port_settings.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "collectors/tuning/reading.h"

static bool is_old(int64_t read_at, int64_t seconds, int64_t now)
{
    return read_at == 0 || now - read_at >= seconds * CLOCK_SECOND;
}

void port_settings_refresh(struct port_settings *settings, int64_t now)
{
    struct text *buffer = &settings->buffer;
    if (!is_old(settings->read_at, PORT_SETTINGS_SECONDS, now))
        return;
    settings->read_at = now;
    for (unsigned family = 0; family < NETSH_FAMILIES; family++) {
        struct text *excluded = &settings->excluded[family];
        text_clear(excluded);
        settings->range_errors[family] =
            netsh_dynamic_range((enum netsh_family)family, buffer, &settings->ranges[family]);
        settings->excluded_errors[family] = netsh_excluded((enum netsh_family)family, buffer, excluded);
    }
    settings->autotuning_error = netsh_autotuning(buffer, &settings->autotuning);
    if (!is_old(settings->reuse_read_at, PORT_SETTINGS_REUSE_SECONDS, now))
        return;
    settings->reuse_read_at = now;
    settings->auto_reuse_error = netsh_auto_reuse_range(buffer, &settings->auto_reuse);
}

static const struct tuning_entry *find(const struct plan_list *list, const char *key)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->entries[i].key, key) == 0)
            return &list->entries[i];
    return NULL;
}

static void put(const struct plan_list *list, const char *key, struct reading reading, struct builder *builder)
{
    reading.entry = find(list, key);
    if (reading.entry)
        reading_put(&reading, builder);
}

static void put_range(const struct plan_list *list, const char *key, enum tuning_source source,
                      struct netsh_range range, struct builder *builder)
{
    const struct reading reading = {.source = source, .state = READING_NUMBERS, .numbers = {range.low, range.high}};
    put(list, key, reading, builder);
}

static void put_text(const struct plan_list *list, const char *key, const char *text, struct builder *builder)
{
    put(list, key, (struct reading){.source = TUNING_NETSH, .state = READING_TEXT, .text = text}, builder);
}

void port_settings_put(const struct port_settings *settings, const struct plan_list *list, struct builder *builder)
{
    for (unsigned family = 0; family < NETSH_FAMILIES; family++) {
        char key[64];
        (void)snprintf(key, sizeof(key), "%s dynamicport tcp", netsh_family_words[family]);
        if (settings->range_errors[family] == 0)
            put_range(list, key, TUNING_NETSH, settings->ranges[family], builder);
        (void)snprintf(key, sizeof(key), "%s excludedportrange tcp", netsh_family_words[family]);
        if (settings->excluded_errors[family] == 0)
            put_text(list, key, text_value(&settings->excluded[family]), builder);
    }
    if (settings->autotuning_error == 0)
        put_text(list, "tcp autotuninglevel", settings->autotuning, builder);
    if (settings->auto_reuse_error == 0)
        put_range(list, "tcp autoreuseportrange", TUNING_POWERSHELL, settings->auto_reuse, builder);
}

int port_settings_error(const struct port_settings *settings, const char **ret_subject)
{
    *ret_subject = "netsh int ipv4 show dynamicport tcp";
    if (settings->range_errors[NETSH_IPV4] < 0)
        return settings->range_errors[NETSH_IPV4];
    *ret_subject = "netsh int ipv4 show excludedportrange tcp";
    if (settings->excluded_errors[NETSH_IPV4] < 0)
        return settings->excluded_errors[NETSH_IPV4];
    *ret_subject = "netsh int tcp show global";
    return settings->autotuning_error;
}

void port_settings_free(struct port_settings *settings)
{
    for (unsigned family = 0; family < NETSH_FAMILIES; family++)
        text_free(&settings->excluded[family]);
    text_free(&settings->buffer);
}
