/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/postfix/running.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/clock.h"
#include "base/parse.h"
#include "collectors/mail/times.h"

#define FILE_SIZE    65536u
#define START_FIELD  22 /* of /proc/PID/stat, proc(5) */
#define CHILDREN_MAX 512u
#define STARTS_LATE  (2 * CLOCK_SECOND) /* process start times are this coarse: the boot time is in whole seconds */

static bool read_proc(const char *procfs, const char *below, struct text *text)
{
    char path[FILE_PATH_MAX];
    text_clear(text);
    return file_path(path, sizeof(path), procfs, below) == 0 && file_read(path, FILE_SIZE, text) == 0 &&
           text->length > 0;
}

/* When the host started, seconds since 1970; 0: not known. */
static uint64_t boot_seconds(const char *procfs, struct text *text)
{
    uint64_t seconds = 0;
    const char *line = read_proc(procfs, "stat", text) ? strstr(text->data, "\nbtime ") : NULL;
    char number[24];
    if (line && sscanf(line + 7, "%20[0-9]", number) == 1)
        (void)parse_unsigned(number, &seconds);
    return seconds;
}

/* When the process of this id started, if it has this name; 0: it has not, or it cannot be asked. */
static int64_t started(const char *procfs, uint64_t pid, const char *name, struct text *text)
{
    char below[64];
    uint64_t ticks;
    uint64_t boot = boot_seconds(procfs, text);
    (void)snprintf(below, sizeof(below), "%llu/stat", (unsigned long long)pid);
    if (boot == 0 || !read_proc(procfs, below, text))
        return 0;
    char *open = strchr(text->data, '('), *close = strrchr(text->data, ')');
    if (!open || !close || close < open)
        return 0;
    *close = '\0';
    char *rest = close + 1, *field = NULL;
    for (unsigned i = 2; i < START_FIELD; i++)
        field = parse_field(&rest);
    if (strcmp(open + 1, name) != 0 || !field || parse_unsigned(field, &ticks) < 0)
        return 0;
    uint64_t per_second = (uint64_t)sysconf(_SC_CLK_TCK);
    int64_t moment = times_moment((int64_t)(boot + ticks / per_second), 0);
    return moment + (int64_t)(ticks % per_second) * (CLOCK_SECOND / (int64_t)per_second);
}

/* When the queue manager of this master started; 0: not known. */
static int64_t manager_started(const char *procfs, uint64_t master)
{
    char below[64];
    struct text children = TEXT_EMPTY, text = TEXT_EMPTY;
    int64_t found = 0;
    (void)snprintf(below, sizeof(below), "%llu/task/%llu/children", (unsigned long long)master,
                   (unsigned long long)master);
    char *rest = read_proc(procfs, below, &children) ? children.data : NULL;
    for (unsigned i = 0; rest && i < CHILDREN_MAX && found == 0; i++) {
        uint64_t pid;
        const char *field = parse_field(&rest);
        if (!field || parse_unsigned(field, &pid) < 0)
            break;
        found = started(procfs, pid, "qmgr", &text);
        if (found == 0)
            found = started(procfs, pid, "nqmgr", &text);
    }
    text_free(&children);
    text_free(&text);
    return found;
}

/* The master's process id and when it began; false: it does not run, or it cannot be asked. */
static bool find_master(const char *procfs, const char *queue_directory, uint64_t *ret_pid, int64_t *ret_since)
{
    char path[FILE_PATH_MAX];
    struct text text = TEXT_EMPTY;
    struct stat status;
    bool found = file_path(path, sizeof(path), queue_directory, "pid/master.pid") == 0 && stat(path, &status) == 0 &&
                 file_read(path, FILE_SIZE, &text) == 0 && text.length > 0 &&
                 parse_unsigned(parse_trim(text.data), ret_pid) == 0;
    *ret_since = found ? times_moment(status.st_mtim.tv_sec, status.st_mtim.tv_nsec) : 0;
    found = found && started(procfs, *ret_pid, "master", &text) > 0;
    text_free(&text);
    return found;
}

enum server_state postfix_running_state(const char *procfs, const char *queue_directory, int64_t changed)
{
    uint64_t master;
    int64_t since;
    if (!find_master(procfs, queue_directory, &master, &since))
        return SERVER_STATE_UNKNOWN;
    if (changed <= since)
        return SERVER_STATE_FRESH;
    int64_t reloaded = manager_started(procfs, master);
    if (reloaded == 0)
        return SERVER_STATE_UNKNOWN;
    return changed <= reloaded + STARTS_LATE ? SERVER_STATE_FRESH : SERVER_STATE_STALE;
}
