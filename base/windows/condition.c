/* SPDX-License-Identifier: Apache-2.0 */
#include "base/condition.h"

#include <errno.h>
#include <time.h>

#include "base/clock.h"

void condition_init(pthread_cond_t *condition)
{
    (void)pthread_cond_init(condition, NULL);
}

/* winpthreads knows no monotonic attribute, but it waits for a span without asking the wall clock. */
int condition_wait_until(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t due)
{
    int64_t left = due - clock_monotonic();
    if (left <= 0)
        return -ETIMEDOUT;
    const struct timespec span = {.tv_sec = left / CLOCK_SECOND, .tv_nsec = (long)(left % CLOCK_SECOND)};
    return -pthread_cond_timedwait_relative_np(condition, mutex, &span);
}
