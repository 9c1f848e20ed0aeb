/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/cgroups.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/parse.h"

#define MOUNTINFO_LIMIT (4u << 20)
#define DEPTH_LIMIT     16

/* The mount point in a line of mountinfo (man 5 proc) if it is a cgroup2 one: the fifth field; the type follows " - ".
 */
static const char *cgroup2_mount(char *line)
{
    char *type = strstr(line, " - cgroup2 ");
    char *rest = line;
    const char *field = NULL;
    if (!type)
        return NULL;
    for (int i = 0; i < 5; i++)
        field = parse_field(&rest);
    return field;
}

int cgroups_init(struct cgroups *cgroups, const char *procfs, const char *rootfs)
{
    char path[FILE_PATH_MAX];
    struct text text = TEXT_EMPTY;
    *cgroups = (struct cgroups){0};
    int error = file_path(path, sizeof(path), procfs, "self/mountinfo");
    if (error < 0 || file_read(path, MOUNTINFO_LIMIT, &text) < 0) {
        text_free(&text);
        return error;
    }
    char *rest = text.data ? text.data : (char[]){""};
    for (char *line; (line = parse_line(&rest)) != NULL && !cgroups->root[0];) {
        const char *mount = cgroup2_mount(line);
        if (mount)
            error = file_path(cgroups->root, sizeof(cgroups->root), rootfs, mount);
    }
    text_free(&text);
    return error;
}

static void remember(struct cgroups *cgroups, uint64_t cgroup, uint32_t unit)
{
    size_t position = map_put(&cgroups->known, &cgroup, sizeof(cgroup));
    if (position == MAP_NONE)
        return;
    if (position >= cgroups->capacity) {
        size_t capacity = cgroups->capacity ? cgroups->capacity * 2 : 64;
        uint32_t *units = realloc(cgroups->units, capacity * sizeof(*units));
        if (!units) {
            cgroups_clear(cgroups);
            return;
        }
        cgroups->units = units;
        cgroups->capacity = capacity;
    }
    cgroups->units[position] = unit;
}

struct scan {
    struct cgroups *cgroups;
    struct names *names;
    char path[FILE_PATH_MAX]; /* below the mount point */
};

static void visit(struct scan *scan, int directory, int depth);

static void visit_child(struct scan *scan, int parent, const char *name, int depth)
{
    size_t length = strlen(scan->path);
    int written = snprintf(scan->path + length, sizeof(scan->path) - length, "/%s", name);
    if (written > 0 && (size_t)written < sizeof(scan->path) - length) {
        int child = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (child >= 0)
            visit(scan, child, depth + 1);
    }
    scan->path[length] = '\0';
}

/* Takes over the descriptor. */
static void visit(struct scan *scan, int directory, int depth)
{
    struct stat status;
    char label[256];
    if (fstat(directory, &status) == 0) {
        cgroups_label(label, sizeof(label), scan->path);
        remember(scan->cgroups, status.st_ino, names_unit(scan->names, label, strlen(label)));
    }
    DIR *stream = fdopendir(directory);
    if (!stream) {
        (void)close(directory);
        return;
    }
    for (struct dirent *entry; depth < DEPTH_LIMIT && (entry = readdir(stream)) != NULL;)
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.' && scan->cgroups->known.count < CGROUPS_MAX)
            visit_child(scan, directory, entry->d_name, depth);
    (void)closedir(stream);
}

static void scan_tree(struct cgroups *cgroups, struct names *names)
{
    struct scan scan = {.cgroups = cgroups, .names = names};
    if (cgroups->known.count >= CGROUPS_MAX / 2)
        cgroups_clear(cgroups); /* mostly cgroups that are gone */
    int root = open(cgroups->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root >= 0)
        visit(&scan, root, 0);
}

uint32_t cgroups_unit(struct cgroups *cgroups, struct names *names, uint64_t cgroup, int64_t now)
{
    if (cgroup == 0 || !cgroups->root[0])
        return NAME_NONE;
    size_t position = map_find(&cgroups->known, &cgroup, sizeof(cgroup));
    if (position == MAP_NONE && cgroups->scanned != now) {
        scan_tree(cgroups, names);
        cgroups->scanned = now;
        position = map_find(&cgroups->known, &cgroup, sizeof(cgroup));
        if (position == MAP_NONE) {
            remember(cgroups, cgroup, NAME_NONE); /* gone already: its sockets live on without it */
            return NAME_NONE;
        }
    }
    return position == MAP_NONE ? NAME_NONE : cgroups->units[position];
}

void cgroups_clear(struct cgroups *cgroups)
{
    map_clear(&cgroups->known);
}

void cgroups_free(struct cgroups *cgroups)
{
    map_free(&cgroups->known);
    free(cgroups->units);
    cgroups->units = NULL;
    cgroups->capacity = 0;
}
