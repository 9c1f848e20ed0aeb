/* SPDX-License-Identifier: Apache-2.0
 * The event log of a Windows whose log cannot be read: Wine's lacks functions and ends whoever calls them. */
#include <windows.h>

#include <winevt.h>

EVT_HANDLE WINAPI EvtCreateRenderContext(DWORD count, LPCWSTR *paths, DWORD flags)
{
    (void)count;
    (void)paths;
    (void)flags;
    SetLastError(ERROR_ACCESS_DENIED);
    return NULL;
}

EVT_HANDLE WINAPI EvtSubscribe(EVT_HANDLE session, HANDLE event, LPCWSTR channel, LPCWSTR query, EVT_HANDLE bookmark,
                               PVOID context, EVT_SUBSCRIBE_CALLBACK callback, DWORD flags)
{
    (void)session;
    (void)event;
    (void)channel;
    (void)query;
    (void)bookmark;
    (void)context;
    (void)callback;
    (void)flags;
    SetLastError(ERROR_ACCESS_DENIED);
    return NULL;
}

BOOL WINAPI EvtNext(EVT_HANDLE results, DWORD size, EVT_HANDLE *events, DWORD timeout, DWORD flags, DWORD *returned)
{
    (void)results;
    (void)size;
    (void)events;
    (void)timeout;
    (void)flags;
    *returned = 0;
    SetLastError(ERROR_NO_MORE_ITEMS);
    return FALSE;
}

BOOL WINAPI EvtRender(EVT_HANDLE context, EVT_HANDLE fragment, DWORD flags, DWORD size, PVOID buffer, DWORD *used,
                      DWORD *properties)
{
    (void)context;
    (void)fragment;
    (void)flags;
    (void)size;
    (void)buffer;
    *used = 0;
    *properties = 0;
    SetLastError(ERROR_INVALID_HANDLE);
    return FALSE;
}

BOOL WINAPI EvtClose(EVT_HANDLE object)
{
    (void)object;
    return TRUE;
}
