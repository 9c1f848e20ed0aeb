/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collectors/mail/directory.h"
#include "collectors/mail/queue_tree_private.h"

/* One pass of the files tier over one tree. */
struct pass {
    struct queue_tree *tree;
    struct queue_workspace *workspace;
    int64_t now;
    const struct pace *pace;
};

struct measuring {
    const struct pass *pass;
    int fd;
    uint64_t bytes;
    uint64_t set_aside;
};

static int measure(void *context, const char *name, unsigned char type)
{
    struct measuring *measuring = context;
    const struct queue_tree *tree = measuring->pass->tree;
    int64_t arrival;
    if (type != (tree->format->content ? DT_DIR : DT_REG) && type != DT_UNKNOWN)
        return 0;
    const struct queue_format *format = tree->format;
    size_t length = strlen(name);
    bool message = format->name(tree->context, name, length, &arrival) != ARRIVAL_GONE;
    if (!message && !(format->is_part && format->is_part(name, length)))
        return 0;
    struct stat status;
    char content[NAME_MAX + 32];
    (void)snprintf(content, sizeof(content), "%s/%s", name, format->content ? format->content : "");
    if (fstatat(measuring->fd, format->content ? content : name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT ? 0 : -errno;
    if (!S_ISREG(status.st_mode))
        return 0;
    measuring->bytes += (uint64_t)status.st_size;
    if (message && format->is_set_aside)
        measuring->set_aside += format->is_set_aside(measuring->fd, name);
    if (message && format->retry_times)
        times_add(&measuring->pass->workspace->times, times_moment(status.st_mtim.tv_sec, status.st_mtim.tv_nsec));
    return 0;
}

/* A few files are looked at again whenever they change: what a busy host has most of the time stays fresh. */
#define FEW_FILES 256u

static bool wanted(const void *context, const struct queue_directory *directory)
{
    const struct pass *pass = context;
    if (directory->messages == 0)
        return false;
    bool changed = directory->files_version != directory->version;
    if (changed && directory->messages <= FEW_FILES)
        return true;
    /* The sample that first meets many messages has had enough to do with their names. */
    if (directory->files_tried == 0)
        return directory->version > 1 || directory->read_at != pass->now;
    if (directory->files_known && !changed && !pass->tree->format->files_change)
        return false;
    return clock_monotonic() - directory->files_tried >= PACE_PERIOD;
}

/* Whatever fails here leaves the directory unknown: the names tier is the one that reports errors. */
static int measure_directory(const struct pass *pass, struct queue_directory *directory, int fd)
{
    struct measuring measuring = {.pass = pass, .fd = fd};
    times_begin(&pass->workspace->times, pass->now, TIMES_FUTURE);
    directory->files_tried = clock_monotonic();
    int error = directory_read(fd, pass->workspace->buffer, pass->pace->hard_end, measure, &measuring);
    if (error == 0)
        error = times_finish(&pass->workspace->times, &directory->retries);
    directory->files_known = error == 0;
    directory->files_version = directory->version;
    directory->bytes = measuring.bytes;
    directory->set_aside = measuring.set_aside;
    return error == -ENOMEM ? error : 0;
}

static int visit(const struct pass *pass, int parent, struct queue_directory *directory)
{
    if (!queue_tree_any(directory, wanted, pass) || !pace_allows(pass->pace))
        return 0;
    int fd = directory_open(parent, directory->name);
    if (fd < 0)
        return 0;
    int error = wanted(pass, directory) ? measure_directory(pass, directory, fd) : 0;
    for (struct queue_directory *child = directory->children; child && error == 0; child = child->next)
        error = visit(pass, fd, child);
    (void)close(fd);
    return error;
}

int queue_tree_scan_files(struct queue_tree *tree, int parent, struct queue_workspace *workspace, int64_t now,
                          const struct pace *pace)
{
    struct pass pass = {.tree = tree, .workspace = workspace, .now = now, .pace = pace};
    return visit(&pass, parent, tree->root);
}
