/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/windows/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include "base/log.h"
#include "base/windows/log_file.h"
#include "exporter/entry.h"
#include "exporter/windows/signals_raise.h"

#define LOG_FILE      SERVICE_DIRECTORY "\\chokepoint.log"
#define PATIENCE_MS   30000
#define ACCEPTED      (SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN | SERVICE_ACCEPT_PARAMCHANGE)
#define EVENT_FAILURE 1

/* The dispatcher's callbacks carry no context of ours. */
static struct {
    int argc;
    char **argv;
    int exit_status;
    SERVICE_STATUS_HANDLE handle;
} service;

static void tell(DWORD state, DWORD accepted)
{
    SERVICE_STATUS status = {
        .dwServiceType = SERVICE_WIN32_OWN_PROCESS,
        .dwCurrentState = state,
        .dwControlsAccepted = accepted,
        .dwWaitHint = state == SERVICE_START_PENDING || state == SERVICE_STOP_PENDING ? PATIENCE_MS : 0,
    };
    if (state == SERVICE_STOPPED && service.exit_status != 0) {
        status.dwWin32ExitCode = ERROR_SERVICE_SPECIFIC_ERROR;
        status.dwServiceSpecificExitCode = (DWORD)service.exit_status;
    }
    (void)SetServiceStatus(service.handle, &status);
}

static void on_ready(void)
{
    tell(SERVICE_RUNNING, ACCEPTED);
}

static DWORD WINAPI on_control(DWORD control, DWORD type, void *data, void *context)
{
    (void)type;
    (void)data;
    (void)context;
    switch (control) {
    case SERVICE_CONTROL_STOP:
    case SERVICE_CONTROL_SHUTDOWN:
        tell(SERVICE_STOP_PENDING, 0);
        signals_raise(SIGNALS_STOP);
        return NO_ERROR;
    case SERVICE_CONTROL_PARAMCHANGE:
        signals_raise(SIGNALS_RELOAD);
        return NO_ERROR;
    case SERVICE_CONTROL_INTERROGATE:
        return NO_ERROR;
    default:
        return ERROR_CALL_NOT_IMPLEMENTED;
    }
}

/* The event log shows that the service failed; its own log says why. */
static void report_failure(void)
{
    const wchar_t *line = L"chokepoint did not start or ended with an error: see "
                          L"" LOG_FILE;
    HANDLE source = RegisterEventSourceW(NULL, L"" SERVICE_NAME);
    if (!source)
        return;
    (void)ReportEventW(source, EVENTLOG_ERROR_TYPE, 0, EVENT_FAILURE, NULL, 1, 0, &line, NULL);
    (void)DeregisterEventSource(source);
}

static void WINAPI service_main(DWORD count, wchar_t **words)
{
    (void)count;
    (void)words;
    service.handle = RegisterServiceCtrlHandlerExW(L"" SERVICE_NAME, on_control, NULL);
    if (!service.handle)
        return;
    tell(SERVICE_START_PENDING, 0);
    (void)CreateDirectoryW(L"" SERVICE_DIRECTORY, NULL);
    (void)log_file_open(LOG_FILE);
    signals_when_ready(on_ready);
    service.exit_status = entry_run(service.argc, service.argv);
    if (service.exit_status != 0)
        report_failure();
    tell(SERVICE_STOPPED, 0);
}

int service_run(int argc, char **argv)
{
    wchar_t name[] = L"" SERVICE_NAME;
    const SERVICE_TABLE_ENTRYW table[] = {{name, service_main}, {NULL, NULL}};
    service.argc = argc;
    service.argv = argv;
    if (StartServiceCtrlDispatcherW(table))
        return service.exit_status;
    (void)fprintf(stderr, "chokepoint: `service run` is for the service control manager: use `service install` and "
                          "`service start`\n");
    return EXIT_FAILURE;
}
