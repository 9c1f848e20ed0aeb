/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/postfix/networks.h"

#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define SEPARATORS ", \t\r\n"

static void add_service(struct limits *limits, const struct limit_service *service, const char *address)
{
    struct address parsed;
    char text[ADDRESS_TEXT] = "*";
    struct limit_service copy = *service;
    if (address_parse(address, &parsed) == 0)
        address_format(text, &parsed);
    copy.role = TCP_ROLE_INBOUND;
    copy.address = text;
    limits_add_service(limits, &copy);
}

static void add_loopback(struct limits *limits, const struct limit_service *service)
{
    add_service(limits, service, "127.0.0.1");
    add_service(limits, service, "::1");
}

void networks_add_services(const struct main_cf *main_cf, struct limits *limits, const struct limit_service *service,
                           const char *host)
{
    struct text interfaces = TEXT_EMPTY;
    char *rest;
    if (strcmp(host, "localhost") == 0) {
        add_loopback(limits, service);
    } else if (*host) {
        add_service(limits, service, host);
    } else if (main_cf_value(main_cf, "inet_interfaces", &interfaces) < 0 || interfaces.length == 0) {
        add_service(limits, service, "*");
    } else {
        for (char *name = strtok_r(interfaces.data, SEPARATORS, &rest); name;
             name = strtok_r(NULL, SEPARATORS, &rest)) {
            if (strcmp(name, "loopback-only") == 0 || strcmp(name, "localhost") == 0)
                add_loopback(limits, service);
            else
                add_service(limits, service, name);
        }
    }
    text_free(&interfaces);
}

static void add_exempt(struct limits *limits, const char *scope, const char *pattern)
{
    struct limit_range range = {.scope = scope, .kind = MAIL_RANGE_EXEMPT, .negated = *pattern == '!'};
    if (address_range_parse(pattern + range.negated, &range.range) == 0)
        limits_add_range(limits, &range);
}

static struct address address_of(const struct sockaddr *socket)
{
    struct address address = {.bytes = {[10] = 0xff, [11] = 0xff}};
    if (socket->sa_family == AF_INET)
        memcpy(address.bytes + 12, &((const struct sockaddr_in *)(const void *)socket)->sin_addr, 4);
    else
        memcpy(address.bytes, &((const struct sockaddr_in6 *)(const void *)socket)->sin6_addr, sizeof(address.bytes));
    return address;
}

/* The host's own addresses; with a mask the networks that they are in. */
static struct address_range network_of(const struct ifaddrs *interface, bool subnet)
{
    struct address address = address_of(interface->ifa_addr);
    struct address_range range = {address, address};
    struct address mask = subnet && interface->ifa_netmask ? address_of(interface->ifa_netmask) : address;
    size_t first = interface->ifa_addr->sa_family == AF_INET ? 12 : 0;
    if (!subnet || !interface->ifa_netmask)
        return range;
    for (size_t i = first; i < sizeof(address.bytes); i++) {
        range.first.bytes[i] = (uint8_t)(address.bytes[i] & mask.bytes[i]);
        range.last.bytes[i] = (uint8_t)(address.bytes[i] | ~mask.bytes[i]);
    }
    return range;
}

/* mynetworks is not set: Postfix makes it of the interfaces, by mynetworks_style, whose default depends on the
 * compatibility level. */
static void add_own_networks(const struct main_cf *main_cf, struct limits *limits, const char *scope)
{
    struct text style = TEXT_EMPTY, level = TEXT_EMPTY;
    struct ifaddrs *interfaces;
    (void)main_cf_value(main_cf, "mynetworks_style", &style);
    (void)main_cf_value(main_cf, "compatibility_level", &level);
    bool is_old = level.length > 0 && (level.data[0] == '0' || level.data[0] == '1') && !level.data[1];
    bool subnet = style.length > 0 ? strcmp(style.data, "host") != 0 : is_old;
    if (getifaddrs(&interfaces) == 0) {
        for (const struct ifaddrs *at = interfaces; at; at = at->ifa_next) {
            if (!at->ifa_addr || (at->ifa_addr->sa_family != AF_INET && at->ifa_addr->sa_family != AF_INET6))
                continue;
            struct limit_range range = {scope, MAIL_RANGE_EXEMPT, network_of(at, subnet), false};
            limits_add_range(limits, &range);
        }
        freeifaddrs(interfaces);
    }
    text_free(&style);
    text_free(&level);
}

/* Stands for "not set" where mynetworks is expanded; no network is called so. */
#define NOT_SET "(not set)"

void networks_add_exempt(struct main_cf *main_cf, struct limits *limits, const char *scope)
{
    struct text patterns = TEXT_EMPTY;
    char *rest;
    size_t count = main_cf->count;
    if (main_cf_find(main_cf, "mynetworks") == count && main_cf_set(main_cf, "mynetworks", NOT_SET) < 0)
        limits->error = -ENOMEM;
    int error = main_cf_value(main_cf, "smtpd_client_event_limit_exceptions", &patterns);
    main_cf->count = count;
    if (error == 0 && patterns.length > 0 && strstr(patterns.data, NOT_SET))
        add_own_networks(main_cf, limits, scope);
    if (error == 0 && patterns.length > 0)
        for (char *at = strtok_r(patterns.data, SEPARATORS, &rest); at; at = strtok_r(NULL, SEPARATORS, &rest))
            add_exempt(limits, scope, at);
    text_free(&patterns);
}
