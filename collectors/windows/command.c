/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/windows/command.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <windows.h>

#include "base/windows/error.h"
#include "base/windows/wide.h"

#define LINE_MAX_UNITS 1024u

/* How long to wait between two looks at a pipe that is empty. */
#define LOOK_MILLISECONDS 10u

static int last_error(void)
{
    return error_from_windows(GetLastError());
}

/* "C:\Windows\system32\netsh.exe" int ipv4 ... */
static int make_line(wchar_t line[LINE_MAX_UNITS], const char *program, const char *arguments)
{
    char directory[MAX_PATH * 3], text[LINE_MAX_UNITS];
    wchar_t wide[MAX_PATH];
    UINT length = GetSystemDirectoryW(wide, MAX_PATH);
    if (length == 0 || length >= MAX_PATH)
        return -ENOENT;
    int error = wide_to_utf8(directory, sizeof(directory), wide);
    if (error < 0)
        return error;
    int written = snprintf(text, sizeof(text), "\"%s\\%s\" %s", directory, program, arguments);
    if (written < 0 || (size_t)written >= sizeof(text))
        return -ENAMETOOLONG;
    return wide_from_utf8(line, LINE_MAX_UNITS, text);
}

/* Its output goes to `output`, and that is the only handle it inherits: sockets of ours are inheritable by default. */
static int start(wchar_t *line, HANDLE output, PROCESS_INFORMATION *ret_process)
{
    max_align_t room[16];
    SIZE_T size = sizeof(room);
    LPPROC_THREAD_ATTRIBUTE_LIST attributes = (LPPROC_THREAD_ATTRIBUTE_LIST)room;
    STARTUPINFOEXW startup = {
        .StartupInfo = {.cb = sizeof(startup), .dwFlags = STARTF_USESTDHANDLES, .hStdOutput = output},
        .lpAttributeList = attributes};
    if (!InitializeProcThreadAttributeList(attributes, 1, 0, &size))
        return last_error();
    bool started = UpdateProcThreadAttribute(attributes, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, &output, sizeof(output),
                                             NULL, NULL) &&
                   CreateProcessW(NULL, line, NULL, NULL, TRUE, CREATE_NO_WINDOW | EXTENDED_STARTUPINFO_PRESENT, NULL,
                                  NULL, &startup.StartupInfo, ret_process);
    int error = started ? 0 : last_error();
    DeleteProcThreadAttributeList(attributes);
    return error;
}

/* Appends what is in the pipe; *ret_more: it may bring more. */
static int drain(HANDLE pipe, size_t before, struct text *output, bool *ret_more)
{
    char buffer[4096];
    DWORD waiting = 0, length = 0;
    *ret_more = PeekNamedPipe(pipe, NULL, 0, NULL, &waiting, NULL) != 0;
    if (!*ret_more || waiting == 0)
        return *ret_more || GetLastError() == ERROR_BROKEN_PIPE ? 0 : last_error();
    if (!ReadFile(pipe, buffer, sizeof(buffer), &length, NULL))
        return last_error();
    if (output->length - before + length > COMMAND_LIMIT)
        return -EFBIG;
    text_append(output, buffer, length);
    return output->error;
}

static int read_all(HANDLE pipe, struct text *output)
{
    const ULONGLONG end = GetTickCount64() + COMMAND_MILLISECONDS;
    const size_t before = output->length;
    bool more = true;
    while (more) {
        size_t length = output->length;
        int error = drain(pipe, before, output, &more);
        if (error < 0)
            return error;
        if (GetTickCount64() >= end)
            return -ETIMEDOUT;
        if (more && output->length == length)
            Sleep(LOOK_MILLISECONDS);
    }
    return 0;
}

static int finish(const PROCESS_INFORMATION *process, int error)
{
    DWORD status = 1;
    if (error < 0)
        (void)TerminateProcess(process->hProcess, 1);
    if (WaitForSingleObject(process->hProcess, COMMAND_MILLISECONDS) != WAIT_OBJECT_0 && error == 0)
        error = -ETIMEDOUT;
    if (error == 0 && (!GetExitCodeProcess(process->hProcess, &status) || status != 0))
        error = -ENOTSUP;
    (void)CloseHandle(process->hThread);
    (void)CloseHandle(process->hProcess);
    return error;
}

int command_run(const char *program, const char *arguments, struct text *output)
{
    SECURITY_ATTRIBUTES inheritable = {.nLength = sizeof(inheritable), .bInheritHandle = TRUE};
    PROCESS_INFORMATION process;
    HANDLE ours, theirs;
    wchar_t line[LINE_MAX_UNITS];
    int error = make_line(line, program, arguments);
    if (error < 0)
        return error;
    if (!CreatePipe(&ours, &theirs, &inheritable, 0))
        return last_error();
    (void)SetHandleInformation(ours, HANDLE_FLAG_INHERIT, 0);
    error = start(line, theirs, &process);
    (void)CloseHandle(theirs);
    if (error == 0)
        error = finish(&process, read_all(ours, output));
    (void)CloseHandle(ours);
    return error;
}
