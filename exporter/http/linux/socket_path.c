/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/un.h>

#include "exporter/http/address.h"

bool http_address_is_socket_path(const char *path)
{
    size_t length = strlen(path);
    return length > 0 && length < sizeof(((struct sockaddr_un *)NULL)->sun_path);
}
