/* SPDX-License-Identifier: Apache-2.0
 * A real-time session of Event Tracing for Windows, read by a thread (ProcessTrace does not return before it ends). */
#include "collectors/tcp/windows/connection_events.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <initguid.h>
#include <windows.h>

#include <evntrace.h>

#include <evntcons.h>

#include "base/windows/error.h"

#define SESSION_NAME L"chokepoint"

/* Microsoft-Windows-Kernel-Network, and its keywords for IPv4 and IPv6. */
DEFINE_GUID(kernel_network, 0x7dd42a49, 0x5329, 0x4832, 0x8d, 0xfd, 0x43, 0xd9, 0x79, 0x15, 0x3a, 0x88);
#define KEYWORDS UINT64_C(0x30)

/* Two lists, one being filled while the other is read. */
struct record_list {
    struct connection_record *items; /* CONNECTION_EVENTS_MAX of them */
    size_t count;
    uint64_t lost;
};

struct connection_events {
    TRACEHANDLE session; /* 0: none */
    TRACEHANDLE trace;
    HANDLE thread;
    CRITICAL_SECTION lock; /* of the two below */
    struct record_list lists[2];
    bool ended;
    unsigned filled; /* which of the lists; changed by drain only, under the lock */
};

/* The session's properties, with room for its name behind them. */
struct properties {
    EVENT_TRACE_PROPERTIES fixed;
    wchar_t name[64];
};

static struct properties make_properties(void)
{
    struct properties properties = {
        .fixed = {.Wnode = {.BufferSize = sizeof(properties), .ClientContext = 1, .Flags = WNODE_FLAG_TRACED_GUID},
                  .BufferSize = 64, /* KiB */
                  .MaximumBuffers = 32,
                  .LogFileMode = EVENT_TRACE_REAL_TIME_MODE,
                  .LoggerNameOffset = offsetof(struct properties, name)}};
    return properties;
}

static void keep(struct connection_events *events, const struct connection_record *record)
{
    EnterCriticalSection(&events->lock);
    struct record_list *list = &events->lists[events->filled];
    if (list->count < CONNECTION_EVENTS_MAX)
        list->items[list->count++] = *record;
    else
        list->lost++;
    LeaveCriticalSection(&events->lock);
}

static void WINAPI take_event(EVENT_RECORD *event)
{
    struct connection_record record;
    if (IsEqualGUID(&event->EventHeader.ProviderId, &kernel_network) &&
        connection_record_read(event->EventHeader.EventDescriptor.Id, event->UserData, event->UserDataLength, &record) ==
            0)
        keep(event->UserContext, &record);
}

static DWORD WINAPI read_trace(void *argument)
{
    struct connection_events *events = argument;
    (void)ProcessTrace(&events->trace, 1, NULL, NULL);
    EnterCriticalSection(&events->lock);
    events->ended = true;
    LeaveCriticalSection(&events->lock);
    return 0;
}

/* A session outlives a process that was killed: one of our name is ended first. */
static int start_session(struct connection_events *events)
{
    struct properties properties = make_properties();
    ULONG code = StartTraceW(&events->session, SESSION_NAME, &properties.fixed);
    if (code == ERROR_ALREADY_EXISTS) {
        struct properties old = make_properties();
        (void)ControlTraceW(0, SESSION_NAME, &old.fixed, EVENT_TRACE_CONTROL_STOP);
        properties = make_properties();
        code = StartTraceW(&events->session, SESSION_NAME, &properties.fixed);
    }
    if (code != ERROR_SUCCESS) {
        events->session = 0;
        return error_from_windows(code);
    }
    code = EnableTraceEx2(events->session, &kernel_network, EVENT_CONTROL_CODE_ENABLE_PROVIDER, TRACE_LEVEL_INFORMATION,
                          KEYWORDS, 0, 0, NULL);
    return code == ERROR_SUCCESS ? 0 : error_from_windows(code);
}

static int start_reading(struct connection_events *events)
{
    wchar_t name[] = SESSION_NAME;
    EVENT_TRACE_LOGFILEW file = {.LoggerName = name, .Context = events, .EventRecordCallback = take_event};
    file.ProcessTraceMode = PROCESS_TRACE_MODE_REAL_TIME | PROCESS_TRACE_MODE_EVENT_RECORD;
    events->trace = OpenTraceW(&file);
    if (events->trace == INVALID_PROCESSTRACE_HANDLE)
        return error_from_windows(GetLastError());
    events->thread = CreateThread(NULL, 0, read_trace, events, 0, NULL);
    return events->thread ? 0 : error_from_windows(GetLastError());
}

int connection_events_open(struct connection_events **ret_events)
{
    struct connection_events *events = calloc(1, sizeof(*events));
    int error = 0;
    if (!events)
        return -ENOMEM;
    InitializeCriticalSection(&events->lock);
    events->trace = INVALID_PROCESSTRACE_HANDLE;
    for (unsigned i = 0; i < 2; i++) {
        events->lists[i].items = calloc(CONNECTION_EVENTS_MAX, sizeof(*events->lists[i].items));
        if (!events->lists[i].items)
            error = -ENOMEM;
    }
    if (error == 0)
        error = start_session(events);
    if (error == 0)
        error = start_reading(events);
    if (error < 0)
        connection_events_close(events);
    else
        *ret_events = events;
    return error;
}

void connection_events_close(struct connection_events *events)
{
    if (!events)
        return;
    if (events->session) {
        struct properties properties = make_properties();
        (void)ControlTraceW(events->session, NULL, &properties.fixed, EVENT_TRACE_CONTROL_STOP);
    }
    if (events->trace != INVALID_PROCESSTRACE_HANDLE)
        (void)CloseTrace(events->trace);
    if (events->thread) {
        (void)WaitForSingleObject(events->thread, INFINITE);
        (void)CloseHandle(events->thread);
    }
    DeleteCriticalSection(&events->lock);
    free(events->lists[0].items);
    free(events->lists[1].items);
    free(events);
}

int connection_events_drain(struct connection_events *events, connection_events_visit visit, void *context,
                            uint64_t *lost)
{
    EnterCriticalSection(&events->lock);
    struct record_list *list = &events->lists[events->filled];
    bool ended = events->ended;
    events->filled = !events->filled;
    LeaveCriticalSection(&events->lock);
    for (size_t i = 0; i < list->count; i++)
        visit(context, &list->items[i]);
    *lost += list->lost;
    list->count = 0;
    list->lost = 0;
    return ended ? -EPIPE : 0;
}
