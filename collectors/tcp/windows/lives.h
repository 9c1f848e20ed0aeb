/* SPDX-License-Identifier: Apache-2.0
 * How long a TIME_WAIT really lives here. Windows says nowhere, and what the registry sets does not hold on every
 * version: it is measured from those that were seen to come and to go. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_WINDOWS_LIVES_H
#define CHOKEPOINT_COLLECTORS_TCP_WINDOWS_LIVES_H

#include <stdint.h>

/* So many of the newest are remembered, and so many are needed to tell. */
#define LIVES_KEPT   256u
#define LIVES_NEEDED 30u

/* Zero to start with. */
struct lives {
    uint16_t seconds[LIVES_KEPT];
    unsigned count;
    unsigned next;
};

/* Notes one that lived so many milliseconds, give or take a sample's interval: too long as often as too short. */
void lives_note(struct lives *lives, uint32_t milliseconds);

/* The life in milliseconds, whole seconds: the median, since a reset ends some early. 0: not enough was seen. */
uint32_t lives_measured(const struct lives *lives);

#endif
