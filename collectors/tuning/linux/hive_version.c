/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tuning/linux/hive_version.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "collectors/tuning/linux/hive_file.h"
#include "collectors/tuning/linux/hive_reader.h"

#define NAME "SOFTWARE"

struct hive_version {
    char directory[FILE_PATH_MAX];
    char path[FILE_PATH_MAX]; /* of the file that was found, or empty */
    struct hive_file file;
    struct windows_version windows;
};

int hive_version_new(const char *system_path, struct hive_version **ret_version)
{
    struct hive_version *version = calloc(1, sizeof(*version));
    const char *slash = strrchr(system_path, '/');
    if (!version)
        return -ENOMEM;
    /* With its slash: the root's directory is "/". */
    (void)snprintf(version->directory, sizeof(version->directory), "%.*s", slash ? (int)(slash - system_path) + 1 : 2,
                   slash ? system_path : "./");
    *ret_version = version;
    return 0;
}

void hive_version_free(struct hive_version *version)
{
    free(version);
}

/* A directory is passed over: it is no hive, and none of this name stands there on a Windows disk. */
static bool is_there(const char *path)
{
    struct file_stamp stamp = file_stamp_take(path);
    return stamp.error != -ENOENT && !S_ISDIR(stamp.mode);
}

static int try_entry(struct hive_version *version, const char *name)
{
    char path[FILE_PATH_MAX];
    if (strcasecmp(name, NAME) != 0)
        return -ENODATA;
    int error = file_path(path, sizeof(path), version->directory, name);
    if (error < 0)
        return error;
    if (!is_there(path))
        return -ENODATA;
    memcpy(version->path, path, sizeof(path));
    version->file.read = false;
    return 0;
}

/* Takes the first that fits: a Windows disk has no two names that differ in case alone. */
static int search(struct hive_version *version)
{
    DIR *directory = opendir(version->directory);
    int error = -ENODATA;
    if (!directory)
        return errno == ENOENT ? -ENODATA : -errno;
    while (error == -ENODATA) {
        errno = 0;
        const struct dirent *entry = readdir(directory);
        if (!entry) {
            error = errno != 0 ? -errno : -ENODATA;
            break;
        }
        error = try_entry(version, entry->d_name);
    }
    (void)closedir(directory);
    return error;
}

static int read_version(void *context, const char *path, const char **ret_step)
{
    struct hive_version *version = context;
    return hive_reader_version(path, &version->windows, ret_step);
}

int hive_version_refresh(struct hive_version *version, struct windows_version *ret_windows)
{
    /* What was found is not searched again: a directory may be long, and slow to list. */
    if (version->path[0] == '\0' || !is_there(version->path)) {
        version->path[0] = '\0';
        int error = search(version);
        if (error < 0)
            return error;
    }
    int error = hive_file_refresh(&version->file, version->path, read_version, version);
    if (error == 0)
        *ret_windows = version->windows;
    return error;
}

const char *hive_version_subject(const struct hive_version *version)
{
    return version->path[0] != '\0' ? version->file.subject : version->directory;
}
