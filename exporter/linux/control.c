/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/control.h"

#include <stddef.h>

int control_start(const char *path, bool optional, struct renderer *renderer, struct http_settings *http,
                  struct control **ret_control, struct text *why)
{
    (void)renderer;
    (void)why;
    http->control_socket = path[0] ? path : NULL;
    http->control_optional = optional;
    *ret_control = NULL;
    return 0;
}

void control_stop(struct control *control)
{
    (void)control;
}
