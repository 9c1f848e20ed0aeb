/* SPDX-License-Identifier: Apache-2.0
 * A condition variable that waits on the monotonic clock. */
#ifndef CHOKEPOINT_BASE_CONDITION_H
#define CHOKEPOINT_BASE_CONDITION_H

#include <pthread.h>
#include <stdint.h>

/* Prepares the condition; pthread_cond_destroy() ends it. */
void condition_init(pthread_cond_t *condition);

/* Waits with the mutex held until the condition is signalled or clock_monotonic() reaches `due`. 0, also for no reason,
 * or -ETIMEDOUT. pthread_cond_timedwait(3). */
int condition_wait_until(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t due);

#endif
