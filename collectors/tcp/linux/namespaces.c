/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/namespaces.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/utf8.h"
#include "collectors/tcp/linux/cgroups.h"
#include "snapshot/builder.h"
#include "snapshot/tables/tcp_sockets.h"

#define ROUND_INTERVAL (10 * CLOCK_SECOND)
/* What one sample may spend on a round: about 10,000 processes. */
#define ROUND_BUDGET (30 * CLOCK_MILLISECOND)
#define CLOCK_STRIDE 64u
/* For "#256". */
#define NUMBER_ROOM 4u
/* init and the parent of kernel threads live in the host's own namespace, where we need not be. */
#define LAST_INIT 2
/* Where ip-netns(8) keeps names, below rootfs. */
#define NAMED "run/netns"

static struct namespace *find(const struct namespaces *namespaces, uint64_t inode)
{
    for (size_t i = 0; i < namespaces->count; i++)
        if (namespaces->items[i]->inode == inode)
            return namespaces->items[i];
    return NULL;
}

static bool name_is_taken(const struct namespaces *namespaces, const char *name)
{
    for (size_t i = 0; i < namespaces->count; i++)
        if (strcmp(namespaces->items[i]->name, name) == 0)
            return true;
    return false;
}

/* As long as every table's column holds, so that it is the same in all. Two namespaces of one unit, or of programs
 * called alike, are told apart by a number that each keeps. "other" is our own word for the fold. */
static void choose_name(const struct namespaces *namespaces, const char *wish, char *name, size_t size)
{
    size_t length = strlen(wish), written = utf8_bound(name, size, TCP_NETNS_BOUND, wish, length);
    name[written] = '\0';
    if (strcmp(name, "other") == 0)
        (void)snprintf(name, size, "other*");
    for (unsigned number = 2; name_is_taken(namespaces, name); number++) {
        written = utf8_bound(name, size, TCP_NETNS_BOUND - NUMBER_ROOM, wish, length);
        (void)snprintf(name + written, size - written, "#%u", number);
    }
}

static int add(struct namespaces *namespaces, uint64_t inode, const char *wish, const char *path,
               struct namespace **ret_namespace)
{
    char name[NAMESPACE_TEXT];
    if (namespaces->count == NAMESPACES_MAX) {
        namespaces->overflow = true;
        return -ENOSPC;
    }
    choose_name(namespaces, wish, name, sizeof(name));
    struct namespace *namespace = namespace_new(inode, name, path);
    if (!namespace)
        return -ENOMEM;
    namespaces->items[namespaces->count++] = namespace;
    *ret_namespace = namespace;
    return 0;
}

/* Names that a container engine made up tell nobody anything. */
static bool is_made_up(const char *name)
{
    return strncmp(name, "cni-", 4) == 0;
}

static int note_named(struct namespaces *namespaces, const char *name)
{
    char path[FILE_PATH_MAX], below[NAMESPACE_TEXT];
    struct stat status;
    (void)snprintf(below, sizeof(below), NAMED "/%s", name);
    int error = file_path(path, sizeof(path), namespaces->paths->rootfs, below);
    if (error < 0 || stat(path, &status) < 0 || status.st_dev != namespaces->device || status.st_ino == namespaces->own)
        return error;
    struct namespace *namespace = find(namespaces, status.st_ino);
    if (!namespace)
        error = add(namespaces, status.st_ino, name, below, &namespace);
    if (!namespace)
        return error == -ENOSPC ? 0 : error;
    namespace->below_rootfs = true;
    namespace->round = namespaces->round;
    (void)snprintf(namespace->path, sizeof(namespace->path), "%s", below);
    return 0;
}

static int note_all_named(struct namespaces *namespaces)
{
    char path[FILE_PATH_MAX];
    int error = file_path(path, sizeof(path), namespaces->paths->rootfs, NAMED);
    DIR *stream = error == 0 ? opendir(path) : NULL;
    if (!stream)
        return error; /* nobody ever named one */
    for (struct dirent *entry; error == 0 && (entry = readdir(stream)) != NULL;)
        if (entry->d_name[0] != '.' && !is_made_up(entry->d_name))
            error = note_named(namespaces, entry->d_name);
    (void)closedir(stream);
    return error;
}

/* The label of the last hierarchy that gives one; lines are "NUMBER:CONTROLLERS:PATH" (man 7 cgroups). */
static void label_cgroups(char *lines, char *label, size_t size)
{
    char found[NAMESPACE_TEXT - 16];
    for (char *line; (line = parse_line(&lines)) != NULL;) {
        const char *path = strchr(line, '/');
        cgroups_label(found, sizeof(found), path ? path : "");
        if (found[0])
            (void)snprintf(label, size, "%s", found);
    }
}

/* The unit or container of a process, else its name. 0, -ESRCH if it is gone, or -ENOMEM. */
static int name_by_process(const struct namespaces *namespaces, pid_t pid, char *name, size_t size)
{
    char path[FILE_PATH_MAX];
    struct text text = TEXT_EMPTY;
    const char *procfs = namespaces->paths->procfs;
    (void)snprintf(name, size, "%s", pid <= LAST_INIT ? "host" : "");
    if (name[0])
        return 0;
    if (file_path_format(path, sizeof(path), procfs, "%d/cgroup", pid) == 0 && file_read(path, 65536, &text) == 0)
        label_cgroups(text.data, name, size);
    int error = text.error;
    text_clear(&text);
    if (!name[0] && file_path_format(path, sizeof(path), procfs, "%d/comm", pid) == 0 &&
        file_read(path, 256, &text) == 0 && text.length > 1)
        (void)snprintf(name, size, "%.*s", (int)text.length - 1, text.data); /* less the newline that ends it */
    if (error == 0)
        error = text.error;
    text_free(&text);
    return error < 0 || name[0] ? error : -ESRCH;
}

static int note_process(struct namespaces *namespaces, pid_t pid)
{
    char path[FILE_PATH_MAX], below[64], name[NAMESPACE_TEXT - 16];
    struct stat status;
    (void)snprintf(below, sizeof(below), "%d/ns/net", pid);
    int error = file_path(path, sizeof(path), namespaces->paths->procfs, below);
    if (error < 0)
        return error;
    namespaces->looked++;
    if (stat(path, &status) < 0) {
        namespaces->unreadable += errno == EACCES || errno == EPERM;
        return 0;
    }
    if (status.st_ino == namespaces->own || status.st_dev != namespaces->device)
        return 0;
    struct namespace *namespace = find(namespaces, status.st_ino);
    if (namespace && namespace->round == namespaces->round)
        return 0;
    if (!namespace) {
        error = name_by_process(namespaces, pid, name, sizeof(name));
        if (error == 0)
            error = add(namespaces, status.st_ino, name, below, &namespace);
    }
    if (!namespace)
        return error == -ENOSPC || error == -ESRCH ? 0 : error;
    namespace->round = namespaces->round;
    namespace->below_rootfs = false;
    (void)snprintf(namespace->path, sizeof(namespace->path), "%s", below);
    return 0;
}

static int find_own(struct namespaces *namespaces)
{
    char path[FILE_PATH_MAX];
    struct stat status;
    int error = file_path(path, sizeof(path), namespaces->paths->procfs, "self/ns/net");
    if (error != 0)
        return error;
    if (stat(path, &status) < 0)
        return -errno;
    namespaces->own = status.st_ino;
    namespaces->device = status.st_dev;
    return 0;
}

static int begin_round(struct namespaces *namespaces, int64_t now)
{
    namespaces->round++;
    namespaces->begun = now;
    namespaces->looked = namespaces->unreadable = 0;
    namespaces->overflow = false;
    int error = find_own(namespaces);
    if (error == 0)
        error = note_all_named(namespaces);
    return error < 0 ? error : pids_list(&namespaces->pids, namespaces->paths->procfs);
}

/* Forgets what the round did not find. */
static void end_round(struct namespaces *namespaces)
{
    size_t kept = 0;
    for (size_t i = 0; i < namespaces->count; i++) {
        struct namespace *namespace = namespaces->items[i];
        if (namespace->round == namespaces->round)
            namespaces->items[kept++] = namespace;
        else
            namespace_free(namespace);
    }
    namespaces->count = kept;
    namespaces->blind = !pids_include_init(&namespaces->pids) || namespaces->unreadable * 10 > namespaces->looked;
    pids_free(&namespaces->pids);
}

int namespaces_discover(struct namespaces *namespaces, int64_t now, int64_t deadline)
{
    if (pids_at_end(&namespaces->pids)) {
        bool due = namespaces->begun == 0 || namespaces->wanted || now - namespaces->begun >= ROUND_INTERVAL;
        int error = due ? begin_round(namespaces, now) : 0;
        namespaces->wanted = error < 0;
        if (!due || error < 0)
            return error;
    }
    int64_t budget = clock_cpu() + ROUND_BUDGET;
    int error = 0;
    for (pid_t pid; error == 0 && (pid = pids_next(&namespaces->pids)) != 0;) {
        error = note_process(namespaces, pid);
        if (namespaces->looked % CLOCK_STRIDE == 0 && (clock_cpu() >= budget || clock_monotonic() >= deadline))
            break;
    }
    if (error < 0) {
        pids_free(&namespaces->pids);
        namespaces->wanted = true; /* a broken round says nothing of who is gone: another one at once */
    } else if (pids_at_end(&namespaces->pids)) {
        end_round(namespaces);
    }
    return error;
}

static int compare_sockets(const void *a, const void *b)
{
    const struct namespace *one = *(struct namespace *const *)a, *two = *(struct namespace *const *)b;
    if (one->sockets != two->sockets)
        return one->sockets < two->sockets ? 1 : -1;
    return (one->inode > two->inode) - (one->inode < two->inode);
}

void namespaces_judge(struct namespaces *namespaces, int64_t now)
{
    size_t shown = 0;
    if (namespaces->count > 1)
        qsort(namespaces->items, namespaces->count, sizeof(struct namespace *), compare_sockets);
    for (size_t i = 0; i < namespaces->count; i++) {
        struct namespace *namespace = namespaces->items[i];
        namespace->mattered = i < NAMESPACES_SHOWN ? now : namespace->mattered;
        bool lately = namespace->mattered != 0 && now - namespace->mattered < BUILDER_HOLD;
        namespace->matters = lately && shown < NAMESPACES_SHOWN_MOST;
        shown += namespace->matters;
    }
}

int namespaces_path(const struct namespaces *namespaces, const struct namespace *namespace, char *path, size_t size)
{
    const struct collector_paths *paths = namespaces->paths;
    return file_path(path, size, namespace->below_rootfs ? paths->rootfs : paths->procfs, namespace->path);
}

void namespaces_free(struct namespaces *namespaces)
{
    for (size_t i = 0; i < namespaces->count; i++)
        namespace_free(namespaces->items[i]);
    namespaces->count = 0;
    pids_free(&namespaces->pids);
}
