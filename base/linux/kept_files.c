/* SPDX-License-Identifier: Apache-2.0 */
#include "base/linux/kept_files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file.h"

#define READ_CHUNK 4096u

static struct kept_file *find(struct kept_files *files, const char *directory, const char *name)
{
    for (unsigned i = 0; i < files->count; i++)
        if (strcmp(files->items[i].name, name) == 0 && strcmp(files->items[i].directory, directory) == 0)
            return &files->items[i];
    return NULL;
}

static void drop(struct kept_files *files, struct kept_file *file)
{
    (void)close(file->fd);
    *file = files->items[--files->count];
}

/* A read that gave less than this was the last one: the kernel fills a page with whole records (fs/seq_file.c), and no
 * record of the files that are kept here is half a page long, unless it is the only one. */
#define LAST_CHUNK (READ_CHUNK / 2)

/* Appends the whole file. What procfs makes up is of one moment as long as each read begins where the last one ended.
 */
static int read_again(int fd, size_t limit, struct text *into)
{
    size_t start = into->length;
    ssize_t count = READ_CHUNK;
    while (count >= (ssize_t)LAST_CHUNK) {
        size_t done = into->length - start;
        if (text_reserve(into, READ_CHUNK) < 0)
            return -ENOMEM;
        count = pread(fd, into->data + into->length, READ_CHUNK, (off_t)done);
        if (count < 0)
            return -errno;
        into->length += (size_t)count;
        if (done + (size_t)count > limit)
            return -EFBIG;
    }
    into->data[into->length] = '\0';
    return 0;
}

static void keep(struct kept_files *files, const char *directory, const char *name, const char *path)
{
    struct statfs system;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return;
    if (fstatfs(fd, &system) == 0 && system.f_type == PROC_SUPER_MAGIC)
        files->items[files->count++] = (struct kept_file){directory, name, fd};
    else
        (void)close(fd);
}

int kept_files_read(struct kept_files *files, const char *directory, const char *name, size_t limit, struct text *into)
{
    char path[FILE_PATH_MAX];
    struct kept_file *known = find(files, directory, name);
    if (known) {
        size_t start = into->length;
        if (read_again(known->fd, limit, into) == 0)
            return 0;
        into->length = start;
        drop(files, known); /* the module that made it may have been unloaded, and loaded again */
    }
    int error = file_path_format(path, sizeof(path), files->root, "%s/%s", directory, name);
    if (error == 0)
        error = file_read(path, limit, into);
    if (error == 0 && files->keeps && files->count < KEPT_FILES_MAX)
        keep(files, directory, name, path);
    return error;
}

void kept_files_close(struct kept_files *files)
{
    while (files->count > 0)
        drop(files, &files->items[files->count - 1]);
}
