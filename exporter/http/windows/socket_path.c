/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/http/address.h"

bool http_address_is_socket_path(const char *path)
{
    (void)path;
    return false;
}
