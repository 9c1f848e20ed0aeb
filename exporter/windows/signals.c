/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/signals.h"

#include <stdatomic.h>
#include <stdbool.h>

#include <windows.h>

#include "base/clock.h"
#include "exporter/windows/signals_raise.h"

static HANDLE wake;
static atomic_bool stop, reload;
static void (*when_ready)(void);

void signals_raise(enum signals_wish wish)
{
    if (wish == SIGNALS_NONE)
        return;
    atomic_store(wish == SIGNALS_STOP ? &stop : &reload, true);
    if (wake)
        (void)SetEvent(wake);
}

/* Runs in a thread that Windows makes for it. When the console is closed or the session ends, the process is killed
 * once this returns: a moment is left for the end. */
static BOOL WINAPI on_console(DWORD event)
{
    signals_raise(SIGNALS_STOP);
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT)
        Sleep(INFINITE);
    return TRUE;
}

void signals_take(void)
{
    if (!wake)
        wake = CreateEventW(NULL, FALSE, FALSE, NULL);
    (void)SetConsoleCtrlHandler(on_console, TRUE);
}

void signals_when_ready(void (*ready)(void))
{
    when_ready = ready;
}

static enum signals_wish take_wish(void)
{
    if (atomic_load(&stop))
        return SIGNALS_STOP;
    return atomic_exchange(&reload, false) ? SIGNALS_RELOAD : SIGNALS_NONE;
}

enum signals_wish signals_wait(int64_t limit)
{
    void (*ready)(void) = when_ready;
    when_ready = NULL;
    if (ready)
        ready();
    enum signals_wish wish = take_wish();
    if (wish == SIGNALS_NONE && WaitForSingleObject(wake, (DWORD)(limit / CLOCK_MILLISECOND)) == WAIT_OBJECT_0)
        wish = take_wish();
    return wish;
}
