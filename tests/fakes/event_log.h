/* SPDX-License-Identifier: Apache-2.0
 * An event log that the test writes; linked in place of collectors/windows/event_log.c. */
#ifndef CHOKEPOINT_TESTS_FAKES_EVENT_LOG_H
#define CHOKEPOINT_TESTS_FAKES_EVENT_LOG_H

/* An event is logged so many times. */
void fake_event_log_happen(const char *provider, unsigned id, unsigned times);

/* Opening and reading the log ends with this error until it is 0. */
void fake_event_log_fail(int error);

#endif
