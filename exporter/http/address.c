/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/http/address.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"

int http_address_parse(const char *text, struct http_address *ret_address)
{
    static const char unix_prefix[] = "unix:";
    const char *colon = strrchr(text, ':'), *host = text;
    struct http_address address = {.path = NULL};
    uint64_t port;
    if (strncmp(text, unix_prefix, strlen(unix_prefix)) == 0) {
        *ret_address = (struct http_address){.path = text + strlen(unix_prefix)};
        return 0;
    }
    if (!colon || parse_unsigned(colon + 1, &port) < 0 || port > UINT16_MAX)
        return -EINVAL;
    size_t length = (size_t)(colon - text);
    bool bracketed = length > 2 && host[0] == '[' && host[length - 1] == ']';
    if (bracketed) {
        host++;
        length -= 2;
    }
    if (length >= sizeof(address.host) || (!bracketed && memchr(host, ':', length)))
        return -EINVAL;
    memcpy(address.host, host, length);
    (void)snprintf(address.port, sizeof(address.port), "%u", (unsigned)port);
    *ret_address = address;
    return 0;
}

bool http_address_is_valid(const char *text)
{
    struct http_address address;
    return http_address_parse(text, &address) == 0 && (!address.path || http_address_is_socket_path(address.path));
}
