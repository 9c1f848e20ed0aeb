/* SPDX-License-Identifier: Apache-2.0
 * Local commands come over a named pipe here, exporter/windows/control.c. */
#include <errno.h>

#include "exporter/http/listener.h"

int listener_open_unix(const char *path, struct listener *ret_listener, struct text *why)
{
    (void)ret_listener;
    text_format(why, "unix:%s: there are no Unix sockets on Windows", path);
    return why->error ? why->error : -EAFNOSUPPORT;
}

void listener_remove_unix(const struct listener *listener)
{
    (void)listener;
}
