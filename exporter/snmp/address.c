/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/snmp/address.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/parse.h"

static void take_text(const char *text, struct address *ret_address)
{
    size_t length = strnlen(text, ADDRESS_MAX);
    *ret_address = (struct address){.type = ADDRESS_UNKNOWN, .length = length};
    memcpy(ret_address->octets, text, length);
}

void address_read(const char *text, struct address *ret_address)
{
    struct address address = {.type = ADDRESS_UNKNOWN};
    if (inet_pton(AF_INET, text, address.octets) == 1) {
        address.type = ADDRESS_IPV4;
        address.length = 4;
    } else if (inet_pton(AF_INET6, text, address.octets) == 1) {
        address.type = ADDRESS_IPV6;
        address.length = 16;
    }
    if (address.type == ADDRESS_UNKNOWN)
        take_text(text, ret_address);
    else
        *ret_address = address;
}

/* The address part of an endpoint without its brackets, and the port's text; NULL if this is no endpoint. */
static const char *split(char *text, const char **ret_address)
{
    char *colon = strrchr(text, ':');
    if (!colon || colon == text)
        return NULL;
    *colon = '\0';
    *ret_address = text;
    if (text[0] == '[' && colon[-1] == ']') {
        colon[-1] = '\0';
        *ret_address = text + 1;
    }
    return colon + 1;
}

void address_read_endpoint(const char *text, struct address *ret_address)
{
    char copy[ADDRESS_MAX + 1] = "";
    const char *host;
    uint64_t port = 0;
    memcpy(copy, text, strnlen(text, ADDRESS_MAX));
    const char *port_text = split(copy, &host);
    if (port_text && parse_unsigned(port_text, &port) == 0 && port <= UINT16_MAX) {
        address_read(host, ret_address);
        ret_address->port = (unsigned)port;
        if (ret_address->type != ADDRESS_UNKNOWN)
            return;
    }
    take_text(text, ret_address);
}
