/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/processes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/parse.h"

/* How many descriptors pass between two looks at the clock. */
#define CLOCK_STRIDE 256u

struct walk {
    struct processes *processes;
    struct inodes *inodes;
    struct names *names;
    uint32_t now;
    int64_t deadline;
    int64_t cpu_end;
};

static bool late(const struct walk *walk)
{
    return clock_monotonic() >= walk->deadline || clock_cpu() >= walk->cpu_end;
}

uint32_t processes_rule_name(const struct processes *processes, struct names *names, const char *command)
{
    for (size_t i = 0; i < processes->rule_count; i++)
        if (regexec(&processes->rules[i].pattern, command, 0, NULL, 0) == 0)
            return names_process(names, processes->rules[i].name, strlen(processes->rules[i].name));
    return NAME_UNKNOWN;
}

static uint32_t rule_name(const struct processes *processes, struct names *names, pid_t pid)
{
    char path[FILE_PATH_MAX], line[4096];
    if (processes->rule_count == 0 || file_path_format(path, sizeof(path), processes->procfs, "%d/cmdline", pid) < 0)
        return NAME_UNKNOWN;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NAME_UNKNOWN;
    ssize_t length = read(fd, line, sizeof(line) - 1);
    (void)close(fd);
    for (ssize_t i = 0; i < length; i++)
        if (line[i] == '\0')
            line[i] = ' ';
    line[length > 0 ? length : 0] = '\0';
    return processes_rule_name(processes, names, line);
}

static uint32_t executable_name(const struct processes *processes, struct names *names, pid_t pid)
{
    static const char deleted[] = " (deleted)";
    char path[FILE_PATH_MAX], target[FILE_PATH_MAX];
    if (file_path_format(path, sizeof(path), processes->procfs, "%d/exe", pid) < 0)
        return NAME_UNKNOWN;
    ssize_t size = readlink(path, target, sizeof(target) - 1);
    if (size <= 0)
        return NAME_UNKNOWN;
    size_t length = (size_t)size, suffix = sizeof(deleted) - 1;
    if (length > suffix && memcmp(target + length - suffix, deleted, suffix) == 0)
        length -= suffix;
    target[length] = '\0';
    const char *slash = strrchr(target, '/');
    const char *base = slash ? slash + 1 : target;
    return names_process(names, base, strlen(base));
}

static uint32_t comm_name(const struct processes *processes, struct names *names, pid_t pid)
{
    char path[FILE_PATH_MAX];
    struct text comm = TEXT_EMPTY;
    uint32_t name = NAME_UNKNOWN;
    if (file_path_format(path, sizeof(path), processes->procfs, "%d/comm", pid) == 0 &&
        file_read(path, 256, &comm) == 0 && comm.length > 1)
        name = names_process(names, comm.data, comm.length - 1); /* less the newline that ends it */
    text_free(&comm);
    return name;
}

uint32_t processes_name(const struct processes *processes, struct names *names, pid_t pid)
{
    uint32_t name = rule_name(processes, names, pid);
    if (name == NAME_UNKNOWN)
        name = executable_name(processes, names, pid);
    return name == NAME_UNKNOWN ? comm_name(processes, names, pid) : name;
}

/* The inode of "socket:[123]", else 0. */
static uint32_t socket_inode(int directory, const char *name)
{
    static const char prefix[] = "socket:[";
    char target[64];
    ssize_t size = readlinkat(directory, name, target, sizeof(target) - 1);
    if (size <= (ssize_t)sizeof(prefix) || memcmp(target, prefix, sizeof(prefix) - 1) != 0)
        return 0;
    target[size - 1] = '\0';
    uint64_t inode;
    if (parse_unsigned(target + sizeof(prefix) - 1, &inode) < 0 || inode > UINT32_MAX)
        return 0;
    return (uint32_t)inode;
}

/* The entry of the socket that this descriptor is, if its process is wanted; else NULL. */
static struct inode_entry *wanted_socket(const struct walk *walk, DIR *stream, const struct dirent *descriptor)
{
    struct inode_entry *entry = inodes_find(walk->inodes, socket_inode(dirfd(stream), descriptor->d_name));
    return entry && inode_wanted(entry) ? entry : NULL;
}

static void note_opener(struct processes *processes, pid_t pid)
{
    for (unsigned i = 0; i < PROCESSES_OPENERS; i++)
        if (processes->openers[i] == pid)
            return;
    processes->openers[processes->next_opener++ % PROCESSES_OPENERS] = pid;
}

/* Looks at descriptors of one process from where it stopped last time. Returns false when time is up. */
static bool visit_descriptors(struct walk *walk, pid_t pid, DIR *stream)
{
    struct processes *processes = walk->processes;
    uint32_t name = 0; /* read at most once, and only if it holds a wanted socket */
    unsigned looked = 0;
    if (processes->current == pid)
        seekdir(stream, processes->position);
    processes->current = 0;
    for (struct dirent *entry; walk->inodes->wanted > 0 && (entry = readdir(stream)) != NULL;) {
        struct inode_entry *wanted = wanted_socket(walk, stream, entry);
        if (wanted) {
            name = name ? name : processes_name(processes, walk->names, pid);
            inodes_resolve(walk->inodes, wanted, name, walk->now);
            if (inode_is_fresh(wanted))
                note_opener(processes, pid);
        }
        if (++looked % CLOCK_STRIDE == 0 && late(walk)) {
            processes->current = pid;
            processes->position = telldir(stream);
            return false;
        }
    }
    return true;
}

static DIR *open_descriptors(const struct processes *processes, pid_t pid)
{
    char path[FILE_PATH_MAX];
    if (file_path_format(path, sizeof(path), processes->procfs, "%d/fd", pid) < 0)
        return NULL;
    return opendir(path);
}

static bool visit_process(struct walk *walk, pid_t pid)
{
    struct processes *processes = walk->processes;
    DIR *stream = open_descriptors(processes, pid);
    processes->looked += processes->current == 0;
    if (!stream) {
        processes->unreadable += errno == EACCES || errno == EPERM;
        processes->current = 0;
        return true; /* vanished, or not ours to read */
    }
    bool in_time = visit_descriptors(walk, pid, stream);
    (void)closedir(stream);
    return in_time;
}

static int begin_pass(struct processes *processes, struct inodes *inodes)
{
    int error = pids_list(&processes->pids, processes->procfs);
    if (error < 0)
        return error;
    processes->walking = true;
    processes->current = 0;
    processes->looked = processes->unreadable = 0;
    inodes->pass++;
    return 0;
}

/* Who is still wanted is held by nobody that we may see. */
static void end_pass(struct processes *processes, struct inodes *inodes, uint32_t now)
{
    if (inodes->wanted > 0) {
        processes->hidden = !pids_include_init(&processes->pids);
        processes->blind = processes->hidden || processes->unreadable * 10 > processes->looked;
    }
    pids_free(&processes->pids);
    processes->walking = false;
    inodes_give_up(inodes, now);
}

int processes_resolve(struct processes *processes, struct inodes *inodes, struct names *names, uint32_t now,
                      const struct processes_limit *limit)
{
    struct walk walk = {processes, inodes, names, now, limit->deadline, clock_cpu() + limit->cpu};
    int error = inodes->wanted > 0 && !processes->walking ? begin_pass(processes, inodes) : 0;
    if (error < 0)
        return error;
    while (inodes->wanted > 0) {
        pid_t pid = processes->current ? processes->current : pids_next(&processes->pids);
        if (pid == 0)
            break;
        if (!visit_process(&walk, pid) || late(&walk))
            return 0; /* goes on in the next sample */
    }
    if (processes->walking)
        end_pass(processes, inodes, now);
    return 0;
}

static void ask(const struct walk *walk, pid_t pid)
{
    DIR *stream = open_descriptors(walk->processes, pid);
    uint32_t name = NAME_UNKNOWN;
    unsigned looked = 0;
    for (struct dirent *entry; stream && (entry = readdir(stream)) != NULL;) {
        struct inode_entry *wanted = wanted_socket(walk, stream, entry);
        if (wanted && wanted->process == NAME_UNKNOWN) {
            name = name == NAME_UNKNOWN ? processes_name(walk->processes, walk->names, pid) : name;
            wanted->process = name;
        }
        if (++looked % CLOCK_STRIDE == 0 && late(walk))
            break;
    }
    if (stream)
        (void)closedir(stream);
}

void processes_ask_openers(struct processes *processes, struct inodes *inodes, struct names *names,
                           const struct processes_limit *limit)
{
    const struct walk walk = {processes, inodes, names, 0, limit->deadline, clock_cpu() + limit->cpu};
    for (unsigned i = 0; i < PROCESSES_OPENERS && processes->walking && inodes->wanted > 0 && !late(&walk); i++)
        if (processes->openers[i] > 0)
            ask(&walk, processes->openers[i]);
}

void processes_free(struct processes *processes)
{
    pids_free(&processes->pids);
}
