/* SPDX-License-Identifier: Apache-2.0
 * What the programs that make loads share: addresses and numbers from the command line. */
#ifndef CHOKEPOINT_TESTS_SYSTEM_LOAD_ENDPOINT_H
#define CHOKEPOINT_TESTS_SYSTEM_LOAD_ENDPOINT_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static inline _Noreturn void die(const char *what)
{
    (void)fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
    exit(1);
}

static inline long parse_count(const char *text)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (end == text || *end || value < 0) {
        errno = EINVAL;
        die(text);
    }
    return value;
}

static inline socklen_t parse_address(const char *address, const char *port, struct sockaddr_storage *storage)
{
    struct sockaddr_in *four = (struct sockaddr_in *)storage;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)storage;
    memset(storage, 0, sizeof(*storage));
    if (inet_pton(AF_INET, address, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons((uint16_t)parse_count(port));
        return sizeof(*four);
    }
    if (inet_pton(AF_INET6, address, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons((uint16_t)parse_count(port));
        return sizeof(*six);
    }
    errno = EINVAL;
    die(address);
}

#endif
