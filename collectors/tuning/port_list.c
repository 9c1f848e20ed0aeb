/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tuning/port_list.h"

#include <errno.h>

/* Reads a port off the front of *text; -1 if there is none. */
static long take_port(const char **text)
{
    long port = 0;
    const char *at = *text;
    for (; *at >= '0' && *at <= '9' && port <= 65535; at++)
        port = port * 10 + (*at - '0');
    if (at == *text || port > 65535)
        return -1;
    *text = at;
    return port;
}

int port_list_parse(const char *text, struct port_list *ret_list)
{
    struct port_list list = {{0}};
    while (*text && *text != '\n') {
        long low = take_port(&text), high = low;
        if (low >= 0 && *text == '-') {
            text++;
            high = take_port(&text);
        }
        if (low < 0 || high < low || (*text && *text != ',' && *text != '\n'))
            return -EINVAL;
        for (long port = low; port <= high; port++)
            list.bits[port / 64] |= UINT64_C(1) << (port % 64);
        text += *text == ',';
    }
    *ret_list = list;
    return 0;
}
