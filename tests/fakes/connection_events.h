/* SPDX-License-Identifier: Apache-2.0
 * Events of connections that the test plays as bytes; linked in place of collectors/tcp/windows/connection_events.c. */
#ifndef CHOKEPOINT_TESTS_FAKES_CONNECTION_EVENTS_H
#define CHOKEPOINT_TESTS_FAKES_CONNECTION_EVENTS_H

#include <stddef.h>

/* An event with this number and data comes. */
void fake_connection_events_play(unsigned id, const void *data, size_t size);

/* Opening ends with this error until it is 0. */
void fake_connection_events_fail(int error);

#endif
