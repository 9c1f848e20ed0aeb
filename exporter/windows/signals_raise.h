/* SPDX-License-Identifier: Apache-2.0
 * How the agent and the service control manager know of each other. */
#ifndef CHOKEPOINT_EXPORTER_WINDOWS_SIGNALS_RAISE_H
#define CHOKEPOINT_EXPORTER_WINDOWS_SIGNALS_RAISE_H

#include "exporter/signals.h"

/* Leaves a wish for signals_wait(). Any thread. */
void signals_raise(enum signals_wish wish);

/* What to call once, when signals_wait() is first called: the agent is up. Before the agent runs. */
void signals_when_ready(void (*ready)(void));

#endif
