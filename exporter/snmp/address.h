/* SPDX-License-Identifier: Apache-2.0
 * Addresses as the tables have them, text, and as SNMP has them: InetAddressType, InetAddress, InetPortNumber (RFC
 * 4001). */
#ifndef CHOKEPOINT_EXPORTER_SNMP_ADDRESS_H
#define CHOKEPOINT_EXPORTER_SNMP_ADDRESS_H

#include <stddef.h>

enum address_type { ADDRESS_UNKNOWN, ADDRESS_IPV4, ADDRESS_IPV6 };

#define ADDRESS_MAX 255u

/* octets: 4, 16, or the text itself where it is no address ("*", "other"), then with type ADDRESS_UNKNOWN.
 * port: 0 where there is none. */
struct address {
    enum address_type type;
    unsigned char octets[ADDRESS_MAX];
    size_t length;
    unsigned port;
};

/* Reads an IP address without brackets, or takes the text as it is; at most 255 octets of it. */
void address_read(const char *text, struct address *ret_address);

/* The same for "192.0.2.1:25" and "[2001:db8::1]:25". */
void address_read_endpoint(const char *text, struct address *ret_address);

#endif
