/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/settings_place.h"

#include <string.h>
#include <sys/un.h>

#include "exporter/http/address.h"

bool settings_is_control(const char *path)
{
    return !*path || http_address_is_socket_path(path);
}

/* A path only: net-snmp would take TCP too. */
bool settings_is_agentx(const char *address)
{
    return settings_is_absolute_path(address);
}

bool settings_is_absolute_path(const char *path)
{
    return path[0] == '/' && strlen(path) < sizeof(((struct sockaddr_un *)NULL)->sun_path);
}
