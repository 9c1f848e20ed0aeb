/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/process.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/parse.h"
#include "collectors/mail/times.h"

#define STAT_SIZE     65536u
#define PID_FILE_SIZE 4096u

/* Positions in /proc/PID/stat, counted from 1. */
enum { FIELD_STATE = 3, FIELD_START_TIME = 22, FIELD_START_STACK = 28 };

static int read_proc(const char *procfs, const char *below, struct text *text)
{
    char path[FILE_PATH_MAX];
    text_clear(text);
    int error = file_path(path, sizeof(path), procfs, below);
    if (error == 0)
        error = file_read(path, STAT_SIZE, text);
    return error == 0 && text->length == 0 ? -EINVAL : error;
}

/* When the host started, in seconds since 1970. */
static int boot_time(const char *procfs, struct text *text, uint64_t *ret_seconds)
{
    int error = read_proc(procfs, "stat", text);
    char *line = error == 0 ? strstr(text->data, "\nbtime ") : NULL;
    if (!line)
        return error < 0 ? error : -EINVAL;
    char *rest = line + 7;
    const char *number = parse_field(&rest);
    return number ? parse_unsigned(number, ret_seconds) : -EINVAL;
}

static int parse_stat(char *line, uint64_t boot, struct process_status *status)
{
    char *open = strchr(line, '('), *close = strrchr(line, ')');
    if (!open || !close || close < open)
        return -EINVAL;
    *close = '\0';
    (void)snprintf(status->name, sizeof(status->name), "%s", open + 1);
    char *rest = close + 1;
    uint64_t ticks = 0;
    for (unsigned i = FIELD_STATE; i <= FIELD_START_STACK; i++) {
        const char *field = parse_field(&rest);
        if (!field)
            return -EINVAL;
        if (i == FIELD_START_TIME && parse_unsigned(field, &ticks) < 0)
            return -EINVAL;
        if (i == FIELD_START_STACK && parse_unsigned(field, &status->stack) < 0)
            return -EINVAL;
    }
    uint64_t per_second = (uint64_t)sysconf(_SC_CLK_TCK);
    status->started = times_moment((int64_t)(boot + ticks / per_second),
                                   (int64_t)(ticks % per_second) * (CLOCK_SECOND / (int64_t)per_second));
    return 0;
}

int process_look(const char *procfs, uint64_t pid, struct process_status *ret_status)
{
    char below[64];
    struct text text = TEXT_EMPTY;
    struct process_status status = {0};
    uint64_t boot = 0;
    int error = boot_time(procfs, &text, &boot);
    (void)snprintf(below, sizeof(below), "%llu/stat", (unsigned long long)pid);
    if (error == 0)
        error = read_proc(procfs, below, &text);
    if (error == 0)
        error = parse_stat(text.data, boot, &status);
    text_free(&text);
    if (error == 0)
        *ret_status = status;
    return error;
}

int process_pid_file(const char *path, uint64_t *ret_pid, int64_t *ret_written)
{
    struct text text = TEXT_EMPTY;
    struct stat status;
    uint64_t pid = 0;
    int error = stat(path, &status) < 0 ? -errno : file_read(path, PID_FILE_SIZE, &text);
    char *rest = text.data;
    const char *number = error == 0 && rest ? parse_field(&rest) : NULL;
    if (error == 0)
        error = number ? parse_unsigned(number, &pid) : -EINVAL;
    text_free(&text);
    if (error == 0) {
        *ret_pid = pid;
        *ret_written = times_moment(status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
    }
    return error;
}
