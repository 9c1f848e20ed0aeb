/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/windows/service_control.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include "base/text.h"
#include "base/windows/error.h"
#include "base/windows/wide.h"
#include "exporter/command_line.h"
#include "exporter/entry.h"
#include "exporter/windows/service.h"

#define COMMAND_MOST     4096
#define WAIT_STEPS       300
#define WAIT_STEP_MS     100
#define RESTART_DELAY_MS 10000
#define RESET_SECONDS    86400

/* Quotes a word so that CommandLineToArgvW() reads it back: backslashes count only before a quotation mark. */
static void add_word(struct text *line, const char *word)
{
    size_t backslashes = 0;
    text_string(line, line->length > 0 ? " \"" : "\"");
    for (; *word; word++) {
        for (; *word == '\"' && backslashes > 0; backslashes--)
            text_string(line, "\\");
        if (*word == '\"')
            text_string(line, "\\");
        backslashes = *word == '\\' ? backslashes + 1 : 0;
        text_append(line, word, 1);
    }
    for (; backslashes > 0; backslashes--)
        text_string(line, "\\");
    text_string(line, "\"");
}

/* What the SCM is to run: this program, `service run`, the flags. */
static int make_command(int argc, char **argv, wchar_t command[COMMAND_MOST])
{
    wchar_t program[MAX_PATH];
    char path[3 * MAX_PATH];
    struct text line = TEXT_EMPTY;
    DWORD length = GetModuleFileNameW(NULL, program, MAX_PATH);
    if (length == 0 || length == MAX_PATH)
        return -ENAMETOOLONG;
    int error = wide_to_utf8(path, sizeof(path), program);
    if (error == 0) {
        add_word(&line, path);
        text_string(&line, " service run");
        for (int i = 1; i < argc; i++)
            add_word(&line, argv[i]);
        error = line.error ? line.error : wide_from_utf8(command, COMMAND_MOST, text_value(&line));
    }
    text_free(&line);
    return error;
}

/* What an administrator finds in the list of services, and that a crash is not the end. */
static int describe(SC_HANDLE service)
{
    wchar_t words[] = L"What is about to choke on this host: TCP ports, mail queues and the limits that bound them";
    SERVICE_DESCRIPTIONW description = {words};
    SC_ACTION actions[] = {{SC_ACTION_RESTART, RESTART_DELAY_MS}};
    SERVICE_FAILURE_ACTIONSW failure = {.dwResetPeriod = RESET_SECONDS, .cActions = 1, .lpsaActions = actions};
    if (!ChangeServiceConfig2W(service, SERVICE_CONFIG_DESCRIPTION, &description) ||
        !ChangeServiceConfig2W(service, SERVICE_CONFIG_FAILURE_ACTIONS, &failure))
        return error_from_windows(GetLastError());
    return 0;
}

static int install(SC_HANDLE manager, int argc, char **argv)
{
    wchar_t command[COMMAND_MOST];
    int error = make_command(argc, argv, command);
    if (error < 0)
        return error;
    SC_HANDLE service =
        CreateServiceW(manager, L"" SERVICE_NAME, L"" SERVICE_NAME, SERVICE_ALL_ACCESS, SERVICE_WIN32_OWN_PROCESS,
                       SERVICE_AUTO_START, SERVICE_ERROR_NORMAL, command, NULL, NULL, NULL, NULL, NULL);
    if (!service)
        return error_from_windows(GetLastError());
    error = describe(service);
    (void)CloseServiceHandle(service);
    return error;
}

/* Waits until the service has left the state that it passes through. 0 once it is as wanted, else -EIO or -ETIMEDOUT.
 */
static int wait_for(SC_HANDLE service, DWORD passing, DWORD wanted)
{
    SERVICE_STATUS status;
    for (int step = 0; step < WAIT_STEPS; step++) {
        if (!QueryServiceStatus(service, &status))
            return error_from_windows(GetLastError());
        if (status.dwCurrentState == wanted)
            return 0;
        if (status.dwCurrentState != passing && step > 0)
            return -EIO;
        Sleep(WAIT_STEP_MS);
    }
    return -ETIMEDOUT;
}

static int start(SC_HANDLE service)
{
    if (!StartServiceW(service, 0, NULL))
        return error_from_windows(GetLastError());
    return wait_for(service, SERVICE_START_PENDING, SERVICE_RUNNING);
}

static int stop(SC_HANDLE service)
{
    SERVICE_STATUS status;
    if (!ControlService(service, SERVICE_CONTROL_STOP, &status))
        return error_from_windows(GetLastError());
    return wait_for(service, SERVICE_STOP_PENDING, SERVICE_STOPPED);
}

static int remove_service(SC_HANDLE service)
{
    int error = stop(service);
    if (error < 0 && error != -ESRCH)
        return error;
    return DeleteService(service) ? 0 : error_from_windows(GetLastError());
}

static int with_service(SC_HANDLE manager, int (*action)(SC_HANDLE service))
{
    SC_HANDLE service = OpenServiceW(manager, L"" SERVICE_NAME, SERVICE_ALL_ACCESS);
    if (!service)
        return error_from_windows(GetLastError());
    int error = action(service);
    (void)CloseServiceHandle(service);
    return error;
}

static const struct {
    const char *word;
    int (*action)(SC_HANDLE service); /* NULL: install */
    const char *done;
} commands[] = {
    {"install", NULL, "installed; `chokepoint service start` starts it"},
    {"start", start, "started; its log is " SERVICE_DIRECTORY "\\chokepoint.log"},
    {"stop", stop, "stopped"},
    {"remove", remove_service, "removed"},
};

/* Its hints are for what people meet. */
static int finish(const char *word, const char *done, int error)
{
    if (error == 0) {
        (void)printf("chokepoint: service %s\n", done);
        return EXIT_SUCCESS;
    }
    (void)fprintf(stderr, "chokepoint: service %s: %s%s\n", word, strerrordesc_np(-error),
                  error == -EACCES   ? "; run this as administrator"
                  : error == -ENOENT ? "; it is not installed"
                  : error == -ESRCH  ? "; it is not running"
                  : error == -EIO    ? "; see " SERVICE_DIRECTORY "\\chokepoint.log"
                                     : "");
    return EXIT_FAILURE;
}

/* A flag that the agent would refuse is refused now, not when nobody looks. */
static bool are_flags(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-') {
            (void)command_line_refuse("unexpected argument ", argv[i], "; flags are written --NAME=VALUE");
            return false;
        }
    }
    char version[] = "--version";
    char **words = calloc((size_t)argc + 2, sizeof(*words));
    if (!words)
        return false;
    memcpy(words, argv, (size_t)argc * sizeof(*words));
    words[argc] = version;
    bool good = entry_run(argc + 1, words) == EXIT_SUCCESS;
    free(words);
    return good;
}

static int run(size_t index, int argc, char **argv)
{
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_ALL_ACCESS);
    int error = manager ? 0 : error_from_windows(GetLastError());
    if (error == 0)
        error = commands[index].action ? with_service(manager, commands[index].action) : install(manager, argc, argv);
    if (manager)
        (void)CloseServiceHandle(manager);
    return finish(commands[index].word, commands[index].done, error);
}

int service_control(int argc, char **argv)
{
    for (size_t i = 0; argc > 0 && i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(argv[0], commands[i].word) != 0)
            continue;
        if (commands[i].action && argc > 1)
            return command_line_refuse("unexpected argument ", argv[1], "");
        if (!commands[i].action && !are_flags(argc, argv))
            return COMMAND_LINE_USAGE;
        return run(i, argc, argv);
    }
    (void)fprintf(stderr, "chokepoint: service what? install [FLAG...], start, stop or remove\n");
    return COMMAND_LINE_USAGE;
}
