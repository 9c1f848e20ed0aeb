/* SPDX-License-Identifier: Apache-2.0
 * A subscription that is asked, not told: nothing of ours runs in a thread of the system. Wine's functions succeed and
 * give nothing; so what gives no handle is an error, whatever GetLastError() says. */
#include "collectors/windows/event_log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <windows.h>
#include <winevt.h>

#include "base/text.h"
#include "base/windows/error.h"
#include "base/windows/wide.h"

#define BATCH       16u
#define QUERY_UNITS 512u

struct event_log {
    const struct event_log_query *query;
    HANDLE signal;
    EVT_HANDLE subscription;
    EVT_HANDLE context; /* what is rendered: the system's values */
};

static int failure(void)
{
    DWORD code = GetLastError();
    return code == ERROR_SUCCESS ? -ENOSYS : error_from_windows(code);
}

/* *[System[Provider[@Name='Tcpip'] and (EventID=4227 or EventID=4231)]] */
static int make_query(const struct event_log_query *query, wchar_t wide[QUERY_UNITS])
{
    struct text text = TEXT_EMPTY;
    text_format(&text, "*[System[Provider[@Name='%s'] and (", query->provider);
    for (size_t i = 0; i < query->count; i++)
        text_format(&text, "%sEventID=%u", i > 0 ? " or " : "", query->ids[i]);
    text_string(&text, ")]]");
    int error = text.error ? text.error : wide_from_utf8(wide, QUERY_UNITS, text_value(&text));
    text_free(&text);
    return error;
}

static int subscribe(struct event_log *log)
{
    wchar_t channel[64], query[QUERY_UNITS];
    int error = wide_from_utf8(channel, 64, log->query->channel);
    if (error == 0)
        error = make_query(log->query, query);
    if (error < 0)
        return error;
    log->signal = CreateEventW(NULL, TRUE, TRUE, NULL);
    log->context = EvtCreateRenderContext(0, NULL, EvtRenderContextSystem);
    if (!log->signal || !log->context)
        return failure();
    log->subscription =
        EvtSubscribe(NULL, log->signal, channel, query, NULL, NULL, NULL, EvtSubscribeToFutureEvents);
    return log->subscription ? 0 : failure();
}

int event_log_open(const struct event_log_query *query, struct event_log **ret_log)
{
    struct event_log *log = calloc(1, sizeof(*log));
    if (!log)
        return -ENOMEM;
    log->query = query;
    int error = subscribe(log);
    if (error < 0)
        event_log_close(log);
    else
        *ret_log = log;
    return error;
}

void event_log_close(struct event_log *log)
{
    if (!log)
        return;
    if (log->subscription)
        (void)EvtClose(log->subscription);
    if (log->context)
        (void)EvtClose(log->context);
    if (log->signal)
        (void)CloseHandle(log->signal);
    free(log);
}

static void count_event(const struct event_log *log, EVT_HANDLE event, uint64_t counts[EVENT_LOG_IDS])
{
    union {
        EVT_VARIANT values[EvtSystemPropertyIdEND];
        BYTE bytes[8192]; /* the values and the texts that they point to */
    } rendered;
    DWORD used, properties;
    if (!EvtRender(log->context, event, EvtRenderEventValues, sizeof(rendered), &rendered, &used, &properties) ||
        properties <= EvtSystemEventID)
        return;
    unsigned id = rendered.values[EvtSystemEventID].UInt16Val;
    for (size_t i = 0; i < log->query->count; i++)
        counts[i] += log->query->ids[i] == id;
}

int event_log_read(struct event_log *log, uint64_t counts[EVENT_LOG_IDS])
{
    EVT_HANDLE events[BATCH];
    DWORD count;
    while (EvtNext(log->subscription, BATCH, events, 0, 0, &count)) {
        for (DWORD i = 0; i < count; i++) {
            count_event(log, events[i], counts);
            (void)EvtClose(events[i]);
        }
    }
    DWORD code = GetLastError();
    (void)ResetEvent(log->signal);
    return code == ERROR_NO_MORE_ITEMS || code == ERROR_TIMEOUT ? 0 : failure();
}
