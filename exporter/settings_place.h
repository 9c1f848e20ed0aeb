/* SPDX-License-Identifier: Apache-2.0
 * What a place on this host may be called. Each platform's folder answers in settings_platform.c, and has the defaults
 * in a settings_platform.h of its own. */
#ifndef CHOKEPOINT_EXPORTER_SETTINGS_PLACE_H
#define CHOKEPOINT_EXPORTER_SETTINGS_PLACE_H

#include <stdbool.h>

/* Whether local commands can be reached there; empty is nowhere. */
bool settings_is_control(const char *path);

/* Whether an AgentX master can be there. AgentX knows no authentication: whoever answers is the master. */
bool settings_is_agentx(const char *address);

/* Whether the path depends on no working directory. */
bool settings_is_absolute_path(const char *path);

#endif
