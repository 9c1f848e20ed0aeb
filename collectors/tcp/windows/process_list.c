/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/windows/process_list.h"

#include <errno.h>
#include <stdlib.h>

#include <windows.h>

#include <tlhelp32.h>

#include "base/windows/error.h"
#include "base/windows/wide.h"

#define NAME_OCTETS 1024u

/* EnumServicesStatusEx() answers so much at once at most. */
#define SERVICES_BYTES (256u * 1024)

static int last_error(void)
{
    return error_from_windows(GetLastError());
}

int process_list_programs(process_list_visit visit, void *context)
{
    PROCESSENTRY32W process = {.dwSize = sizeof(process)};
    HANDLE list = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    if (list == INVALID_HANDLE_VALUE)
        return last_error();
    for (BOOL more = Process32FirstW(list, &process); more; more = Process32NextW(list, &process)) {
        char name[NAME_OCTETS];
        if (process.th32ProcessID != 0 && wide_to_utf8(name, sizeof(name), process.szExeFile) == 0)
            visit(context, process.th32ProcessID, name);
    }
    int error = GetLastError() == ERROR_NO_MORE_FILES ? 0 : last_error();
    (void)CloseHandle(list);
    return error;
}

static void visit_services(const ENUM_SERVICE_STATUS_PROCESSW *services, DWORD count, process_list_visit visit,
                           void *context)
{
    for (DWORD i = 0; i < count; i++) {
        char name[NAME_OCTETS];
        if (wide_to_utf8(name, sizeof(name), services[i].lpServiceName) == 0)
            visit(context, services[i].ServiceStatusProcess.dwProcessId, name);
    }
}

static int enumerate(SC_HANDLE manager, BYTE *buffer, process_list_visit visit, void *context)
{
    DWORD needed, count, resume = 0;
    BOOL done;
    do {
        done = EnumServicesStatusExW(manager, SC_ENUM_PROCESS_INFO, SERVICE_WIN32, SERVICE_ACTIVE, buffer,
                                     SERVICES_BYTES, &needed, &count, &resume, NULL);
        if (!done && GetLastError() != ERROR_MORE_DATA)
            return last_error();
        visit_services((const ENUM_SERVICE_STATUS_PROCESSW *)(const void *)buffer, count, visit, context);
    } while (!done && count > 0);
    return 0;
}

int process_list_services(process_list_visit visit, void *context)
{
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_ENUMERATE_SERVICE);
    if (!manager)
        return last_error();
    BYTE *buffer = malloc(SERVICES_BYTES);
    int error = buffer ? enumerate(manager, buffer, visit, context) : -ENOMEM;
    free(buffer);
    (void)CloseServiceHandle(manager);
    return error;
}
