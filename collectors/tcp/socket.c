/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/socket.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const uint8_t v4_prefix[12] = {[10] = 0xff, [11] = 0xff};

/* As words, so that the whole is written at once: it is read as one soon after. */
struct tcp_address tcp_address_v4(const void *octets)
{
    struct tcp_address address;
    uint32_t words[4] = {0, 0, htonl(0xffff), 0};
    memcpy(&words[3], octets, sizeof(words[3]));
    memcpy(address.bytes, words, sizeof(address.bytes));
    return address;
}

bool tcp_address_is_v4(const struct tcp_address *address)
{
    return memcmp(address->bytes, v4_prefix, sizeof(v4_prefix)) == 0;
}

bool tcp_address_is_any(const struct tcp_address *address)
{
    static const uint8_t zeroes[16];
    size_t from = tcp_address_is_v4(address) ? sizeof(v4_prefix) : 0;
    return memcmp(address->bytes + from, zeroes, sizeof(zeroes) - from) == 0;
}

bool tcp_address_is_loopback(const struct tcp_address *address)
{
    static const uint8_t loopback[16] = {[15] = 1};
    if (tcp_address_is_v4(address))
        return address->bytes[12] == 127;
    return memcmp(address->bytes, loopback, sizeof(loopback)) == 0;
}

void tcp_address_format(char text[TCP_ADDRESS_TEXT], const struct tcp_address *address)
{
    bool v4 = tcp_address_is_v4(address);
    const void *octets = v4 ? address->bytes + sizeof(v4_prefix) : address->bytes;
    (void)inet_ntop(v4 ? AF_INET : AF_INET6, octets, text, TCP_ADDRESS_TEXT);
}

void tcp_endpoint_format(char text[TCP_ENDPOINT_TEXT], const struct tcp_address *address, uint16_t port)
{
    char plain[TCP_ADDRESS_TEXT];
    tcp_address_format(plain, address);
    (void)snprintf(text, TCP_ENDPOINT_TEXT, tcp_address_is_v4(address) ? "%s:%u" : "[%s]:%u", plain, port);
}
