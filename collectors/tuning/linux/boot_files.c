/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tuning/linux/boot_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/map.h"

#define MOST_LINKS 8

/* systemd's CONF_PATHS() where /lib was not always a link to /usr/lib: the first directory with a name has it. */
static const char *const directories[BOOT_DIRECTORIES] = {"/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d",
                                                          "/usr/lib/sysctl.d", "/lib/sysctl.d"};

/* Follows the symbolic links of path's last component as they are meant below root. The kernel would take absolute ones
 * from its own root. Links to /dev/null, the way to mask a file, lead to ours. */
static int resolve(const char *root, char *path, size_t size)
{
    for (unsigned links = 0; links < MOST_LINKS; links++) {
        char target[FILE_PATH_MAX], next[FILE_PATH_MAX];
        ssize_t length = readlink(path, target, sizeof(target) - 1);
        if (length < 0)
            return 0;
        target[length] = '\0';
        if (strcmp(target, "/dev/null") == 0)
            return 0;
        char *slash = strrchr(path, '/');
        if (target[0] != '/' && slash)
            *slash = '\0';
        int error = file_path(next, sizeof(next), target[0] == '/' ? root : path, target);
        if (error < 0 || strlen(next) >= size)
            return -ENAMETOOLONG;
        memcpy(path, next, strlen(next) + 1);
    }
    return -ELOOP;
}

/* systemd takes regular files and links, hidden ones apart. */
static bool wanted(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    bool type = entry->d_type == DT_REG || entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN;
    return type && entry->d_name[0] != '.' && length > 5 && strcmp(entry->d_name + length - 5, ".conf") == 0;
}

static int append(const char *root, const char *directory, const char *name, struct boot_files *files)
{
    char path[FILE_PATH_MAX];
    if ((files->count & (files->count + 1)) == 0) { /* 0, 1, 3, 7, ...: room for twice as many */
        struct boot_file *items = realloc(files->items, (files->count * 2 + 1) * sizeof(*items));
        if (!items)
            return -ENOMEM;
        files->items = items;
    }
    int error = file_path_format(path, sizeof(path), root, "%s/%s", directory, name);
    if (error == 0)
        error = resolve(root, path, sizeof(path));
    if (error < 0)
        return error == -ELOOP ? 0 : error;
    struct boot_file file = {.name = arena_copy(&files->arena, name, strlen(name)),
                             .shown = arena_format(&files->arena, "%s/%s", directory, name),
                             .path = arena_copy(&files->arena, path, strlen(path)),
                             .stamp = file_stamp_take(path)};
    if (!file.name || !file.shown || !file.path)
        return -ENOMEM;
    files->items[files->count++] = file;
    return 0;
}

static int list_directory(const char *root, unsigned number, struct map *names, struct boot_files *files)
{
    DIR *stream = opendir(files->directories[number]);
    int error = 0;
    if (!stream)
        return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
    while (error == 0) {
        errno = 0;
        const struct dirent *entry = readdir(stream);
        if (!entry) {
            error = -errno;
            break;
        }
        size_t known = names->count;
        if (!wanted(entry))
            continue;
        if (map_put(names, entry->d_name, strlen(entry->d_name)) == MAP_NONE)
            error = -ENOMEM;
        else if (names->count > known)
            error = append(root, directories[number], entry->d_name, files);
    }
    (void)closedir(stream);
    return error;
}

static int by_name(const void *one, const void *other)
{
    return strcmp(((const struct boot_file *)one)->name, ((const struct boot_file *)other)->name);
}

/* First of all directories, so that what happens while they are read shows as a change. */
static int stamp_directories(const char *root, struct boot_files *files)
{
    for (unsigned i = 0; i < BOOT_DIRECTORIES; i++) {
        char path[FILE_PATH_MAX];
        int error = file_path(path, sizeof(path), root, directories[i]);
        if (error < 0)
            return error;
        files->directories[i] = arena_copy(&files->arena, path, strlen(path));
        if (!files->directories[i])
            return -ENOMEM;
        files->stamps[i] = file_stamp_take(path);
    }
    return 0;
}

int boot_files_list(const char *rootfs, struct boot_files *files, const char **ret_subject)
{
    struct map names = MAP_EMPTY;
    boot_files_free(files);
    *ret_subject = NULL;
    int error = stamp_directories(rootfs, files);
    for (unsigned i = 0; i < BOOT_DIRECTORIES && error == 0; i++) {
        error = list_directory(rootfs, i, &names, files);
        if (error < 0)
            *ret_subject = directories[i];
    }
    map_free(&names);
    if (files->count > 0)
        qsort(files->items, files->count, sizeof(*files->items), by_name);
    return error;
}

bool boot_files_changed(const struct boot_files *files)
{
    for (unsigned i = 0; i < BOOT_DIRECTORIES; i++) {
        if (!files->directories[i])
            return true;
        struct file_stamp now = file_stamp_take(files->directories[i]);
        if (!file_stamp_same(&now, &files->stamps[i]))
            return true;
    }
    for (size_t i = 0; i < files->count; i++) {
        struct file_stamp now = file_stamp_take(files->items[i].path);
        if (!file_stamp_same(&now, &files->items[i].stamp))
            return true;
    }
    return false;
}

void boot_files_free(struct boot_files *files)
{
    free(files->items);
    arena_free(&files->arena);
    *files = BOOT_FILES_EMPTY;
}
