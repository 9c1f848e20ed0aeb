/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/self_process.h"

#include <dirent.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/parse.h"
#include "snapshot/tables/agent.h"

static int read_self(const char *procfs, const char *name, struct text *buffer)
{
    char path[FILE_PATH_MAX];
    text_clear(buffer);
    int error = file_path_format(path, sizeof(path), procfs, "%s", name);
    return error < 0 ? error : file_read(path, 65536, buffer);
}

double self_boot_time(const char *procfs, struct text *buffer)
{
    static const char key[] = "\nbtime ";
    const char *line = read_self(procfs, "stat", buffer) == 0 ? strstr(text_value(buffer), key) : NULL;
    return line ? strtod(line + sizeof(key) - 1, NULL) : 0;
}

/* man 5 proc: fields of /proc/PID/stat after the command in parentheses; utime is the 14th, counted from 1. */
static void put_times(struct builder *builder, const char *procfs, double boot, struct text *buffer)
{
    char *fields[23] = {NULL};
    if (read_self(procfs, "self/stat", buffer) < 0 || !buffer->data)
        return;
    char *rest = strrchr(buffer->data, ')');
    size_t count = 2;
    for (rest = rest ? rest + 1 : buffer->data; count < 23 && (fields[count] = parse_field(&rest)) != NULL;)
        count++;
    if (count < 23)
        return;
    double ticks = (double)sysconf(_SC_CLK_TCK);
    double cpu = (strtod(fields[13], NULL) + strtod(fields[14], NULL)) / ticks;
    builder_real(builder, AGENT_CPU, cpu);
    if (boot > 0)
        builder_real(builder, AGENT_START_TIME, boot + strtod(fields[21], NULL) / ticks);
    builder_number(builder, AGENT_VIRTUAL_MEMORY, strtoull(fields[22], NULL, 10));
}

static void put_memory(struct builder *builder, const char *procfs, struct text *buffer)
{
    uint64_t pages;
    if (read_self(procfs, "self/statm", buffer) < 0 || !buffer->data)
        return;
    char *rest = buffer->data;
    (void)parse_field(&rest);
    const char *resident = parse_field(&rest);
    if (resident && parse_unsigned(resident, &pages) == 0)
        builder_number(builder, AGENT_RESIDENT_MEMORY, pages * (uint64_t)sysconf(_SC_PAGESIZE));
}

/* What a real procfs says since Linux 6.2 without listing them; 0 if it does not. */
static uint64_t size_of_directory(const char *path)
{
    struct statfs system;
    struct stat status;
    if (statfs(path, &system) < 0 || system.f_type != PROC_SUPER_MAGIC || stat(path, &status) < 0)
        return 0;
    return status.st_size > 0 ? (uint64_t)status.st_size : 0;
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

static void put_descriptors(struct builder *builder, const char *procfs, struct text *buffer)
{
    static const char limit[] = "\nMax open files";
    char path[FILE_PATH_MAX];
    if (file_path(path, sizeof(path), procfs, "self/fd") == 0) {
        uint64_t open = size_of_directory(path);
        open = open > 0 ? open : count_names(path);
        if (open > 0)
            builder_number(builder, AGENT_OPEN_FDS, open);
    }
    const char *line = read_self(procfs, "self/limits", buffer) == 0 ? strstr(text_value(buffer), limit) : NULL;
    if (line)
        builder_number(builder, AGENT_MAX_FDS, strtoull(line + sizeof(limit) - 1, NULL, 10));
}

void self_process_put(struct builder *builder, const char *procfs, double boot, struct text *buffer)
{
    put_times(builder, procfs, boot, buffer);
    put_memory(builder, procfs, buffer);
    put_descriptors(builder, procfs, buffer);
}
