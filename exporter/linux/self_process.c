/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/self_process.h"

#include <dirent.h>
#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/linux/kept_files.h"
#include "base/parse.h"
#include "snapshot/tables/agent.h"

struct self_process {
    char root[FILE_PATH_MAX];
    struct kept_files files;
    bool counts_descriptors; /* procfs says how many there are without listing them */
    double boot_time;        /* seconds since 1970; 0 where it cannot be read */
    struct text buffer;
};

static int read_self(struct self_process *process, const char *name)
{
    text_clear(&process->buffer);
    return kept_files_read(&process->files, "self", name, 65536, &process->buffer);
}

static double read_boot_time(struct self_process *process)
{
    static const char key[] = "\nbtime ";
    char path[FILE_PATH_MAX];
    text_clear(&process->buffer);
    if (file_path(path, sizeof(path), process->root, "stat") < 0 || file_read(path, 1u << 20, &process->buffer) < 0)
        return 0;
    const char *line = strstr(text_value(&process->buffer), key);
    return line ? strtod(line + sizeof(key) - 1, NULL) : 0;
}

/* A real procfs does since Linux 6.2. */
static bool counts_descriptors(const char *path)
{
    struct statfs system;
    struct stat status;
    return statfs(path, &system) == 0 && system.f_type == PROC_SUPER_MAGIC && stat(path, &status) == 0 &&
           status.st_size > 0;
}

int self_process_new(const char *procfs, struct self_process **ret_process)
{
    char path[FILE_PATH_MAX];
    struct self_process *process = calloc(1, sizeof(*process));
    if (!process)
        return -ENOMEM;
    (void)snprintf(process->root, sizeof(process->root), "%s", procfs);
    process->files = (struct kept_files){.root = process->root, .keeps = true};
    process->boot_time = read_boot_time(process);
    process->counts_descriptors =
        file_path(path, sizeof(path), process->root, "self/fd") == 0 && counts_descriptors(path);
    *ret_process = process;
    return 0;
}

/* man 5 proc: fields of /proc/PID/stat after the command in parentheses; utime is the 14th, counted from 1. */
static void put_times(struct self_process *process, struct builder *builder)
{
    char *fields[23] = {NULL};
    if (read_self(process, "stat") < 0 || !process->buffer.data)
        return;
    char *rest = strrchr(process->buffer.data, ')');
    size_t count = 2;
    for (rest = rest ? rest + 1 : process->buffer.data; count < 23 && (fields[count] = parse_field(&rest)) != NULL;)
        count++;
    if (count < 23)
        return;
    double ticks = (double)sysconf(_SC_CLK_TCK);
    double cpu = (strtod(fields[13], NULL) + strtod(fields[14], NULL)) / ticks;
    builder_real(builder, AGENT_CPU, cpu);
    if (process->boot_time > 0)
        builder_real(builder, AGENT_START_TIME, process->boot_time + strtod(fields[21], NULL) / ticks);
    builder_number(builder, AGENT_VIRTUAL_MEMORY, strtoull(fields[22], NULL, 10));
}

static void put_memory(struct self_process *process, struct builder *builder)
{
    uint64_t pages;
    if (read_self(process, "statm") < 0 || !process->buffer.data)
        return;
    char *rest = process->buffer.data;
    (void)parse_field(&rest);
    const char *resident = parse_field(&rest);
    if (resident && parse_unsigned(resident, &pages) == 0)
        builder_number(builder, AGENT_RESIDENT_MEMORY, pages * (uint64_t)sysconf(_SC_PAGESIZE));
}

static uint64_t count_names(const char *path)
{
    DIR *stream = opendir(path);
    uint64_t names = 0;
    while (stream && readdir(stream))
        names++;
    if (stream)
        (void)closedir(stream);
    return names > 3 ? names - 3 : 0; /* ".", ".." and this walk's own */
}

static uint64_t count_descriptors(const struct self_process *process)
{
    char path[FILE_PATH_MAX];
    struct stat status;
    if (file_path(path, sizeof(path), process->root, "self/fd") < 0)
        return 0;
    if (!process->counts_descriptors)
        return count_names(path);
    return stat(path, &status) == 0 ? (uint64_t)status.st_size : 0;
}

static void put_descriptors(struct self_process *process, struct builder *builder)
{
    static const char limit[] = "\nMax open files";
    uint64_t open = count_descriptors(process);
    if (open > 0)
        builder_number(builder, AGENT_OPEN_FDS, open);
    const char *line = read_self(process, "limits") == 0 ? strstr(text_value(&process->buffer), limit) : NULL;
    if (line)
        builder_number(builder, AGENT_MAX_FDS, strtoull(line + sizeof(limit) - 1, NULL, 10));
}

void self_process_put(struct self_process *process, struct builder *builder)
{
    put_times(process, builder);
    put_memory(process, builder);
    put_descriptors(process, builder);
}

void self_process_free(struct self_process *process)
{
    if (!process)
        return;
    kept_files_close(&process->files);
    text_free(&process->buffer);
    free(process);
}
