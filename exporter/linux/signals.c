/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/signals.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>

#include "base/clock.h"

static void set_of_ours(sigset_t *ret_signals)
{
    (void)sigemptyset(ret_signals);
    (void)sigaddset(ret_signals, SIGHUP);
    (void)sigaddset(ret_signals, SIGINT);
    (void)sigaddset(ret_signals, SIGTERM);
}

void signals_take(void)
{
    sigset_t signals;
    set_of_ours(&signals);
    (void)pthread_sigmask(SIG_BLOCK, &signals, NULL); /* every thread started later inherits it */
    (void)signal(SIGPIPE, SIG_IGN);
}

enum signals_wish signals_wait(int64_t limit)
{
    const struct timespec span = {.tv_sec = limit / CLOCK_SECOND, .tv_nsec = limit % CLOCK_SECOND};
    sigset_t signals;
    set_of_ours(&signals);
    int signal = sigtimedwait(&signals, NULL, &span);
    if (signal == SIGHUP)
        return SIGNALS_RELOAD;
    return signal == SIGINT || signal == SIGTERM ? SIGNALS_STOP : SIGNALS_NONE;
}
