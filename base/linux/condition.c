/* SPDX-License-Identifier: Apache-2.0 */
#include "base/condition.h"

#include <time.h>

#include "base/clock.h"

void condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t monotonic;
    /* On Linux with default attributes these cannot fail. */
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(condition, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
}

int condition_wait_until(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t due)
{
    const struct timespec until = {.tv_sec = due / CLOCK_SECOND, .tv_nsec = due % CLOCK_SECOND};
    return -pthread_cond_timedwait(condition, mutex, &until);
}
