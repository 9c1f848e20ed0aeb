/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/postfix/running.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/parse.h"
#include "collectors/mail/process.h"

#define CHILDREN_SIZE 65536u
#define CHILDREN_MAX  512u

static int64_t started(const char *procfs, uint64_t pid, const char *name)
{
    struct process_status status;
    return process_look(procfs, pid, &status) == 0 && strcmp(status.name, name) == 0 ? status.started : 0;
}

/* When the queue manager of this master started; 0: not known. */
static int64_t manager_started(const char *procfs, uint64_t master)
{
    char path[FILE_PATH_MAX];
    struct text children = TEXT_EMPTY;
    int64_t found = 0;
    unsigned long long id = master;
    int error = file_path_format(path, sizeof(path), procfs, "%llu/task/%llu/children", id, id);
    if (error == 0)
        error = file_read(path, CHILDREN_SIZE, &children);
    char *rest = error == 0 ? children.data : NULL;
    for (unsigned i = 0; rest && i < CHILDREN_MAX && found == 0; i++) {
        uint64_t pid;
        const char *field = parse_field(&rest);
        if (!field || parse_unsigned(field, &pid) < 0)
            break;
        found = started(procfs, pid, "qmgr");
    }
    text_free(&children);
    return found;
}

enum server_state postfix_running_state(const char *procfs, const char *queue_directory, int64_t changed)
{
    char path[FILE_PATH_MAX];
    uint64_t master;
    int64_t since;
    if (file_path(path, sizeof(path), queue_directory, "pid/master.pid") < 0 ||
        process_pid_file(path, &master, &since) < 0 || started(procfs, master, "master") == 0)
        return SERVER_STATE_UNKNOWN;
    if (changed <= since)
        return SERVER_STATE_FRESH;
    int64_t reloaded = manager_started(procfs, master);
    if (reloaded == 0)
        return SERVER_STATE_UNKNOWN;
    return changed <= reloaded + PROCESS_STARTED_ERROR ? SERVER_STATE_FRESH : SERVER_STATE_STALE;
}
