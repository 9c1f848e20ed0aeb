/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/analyse.h"

#include "analysis/mail_connections.h"
#include "analysis/port_use.h"

void analyse(struct builder *builder)
{
    port_use_analyse(builder);
    mail_connections_analyse(builder);
}
