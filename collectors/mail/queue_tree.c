/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/queue_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collectors/mail/directory.h"
#include "collectors/mail/queue_tree_private.h"

/* One scan of one tree. */
struct scan {
    struct queue_tree *tree;
    struct queue_workspace *workspace;
    int64_t now;
    int64_t deadline;
};

/* One directory while it is read; it is changed only when that succeeded. */
struct reading {
    const struct scan *scan;
    struct queue_directory *directory;
    int fd;
    uint64_t messages;
    uint64_t dated;
    int64_t oldest;
    unsigned methods;
    struct known known;
    struct known destinations;
};

static int directory_new(struct queue_tree *tree, struct queue_directory *parent, const char *name,
                         struct queue_directory **ret_directory)
{
    if (tree->directories >= QUEUE_DIRECTORIES)
        return -EOVERFLOW;
    size_t size = strlen(name) + 1;
    struct queue_directory *directory = calloc(1, sizeof(*directory) + size);
    if (!directory)
        return -ENOMEM;
    memcpy(directory->name, name, size);
    directory->parent = parent;
    directory->depth = parent ? parent->depth + 1 : 0;
    directory->oldest = INT64_MAX;
    tree->directories++;
    *ret_directory = directory;
    return 0;
}

static void directory_free(struct queue_tree *tree, struct queue_directory *directory)
{
    while (directory->children) {
        struct queue_directory *child = directory->children;
        directory->children = child->next;
        directory_free(tree, child);
    }
    times_free(&directory->arrivals);
    times_free(&directory->retries);
    tree->known -= directory->known.count;
    known_free(&directory->known);
    queue_content_replace(tree, directory, (struct known){0});
    free(directory);
    tree->directories--;
}

int queue_tree_new(const struct queue_format *format, const void *context, const char *name,
                   struct queue_tree **ret_tree)
{
    struct queue_tree *tree = calloc(1, sizeof(*tree));
    if (!tree)
        return -ENOMEM;
    tree->format = format;
    tree->context = context;
    int error = directory_new(tree, NULL, name, &tree->root);
    if (error < 0) {
        free(tree);
        return error;
    }
    *ret_tree = tree;
    return 0;
}

void queue_tree_free(struct queue_tree *tree)
{
    if (!tree)
        return;
    directory_free(tree, tree->root);
    if (tree->destinations && !tree->shares_destinations) {
        destinations_clear(tree->destinations);
        free(tree->destinations);
    }
    free(tree);
}

bool queue_tree_any(const struct queue_directory *directory,
                    bool (*wanted)(const void *pass, const struct queue_directory *directory), const void *pass)
{
    if (wanted(pass, directory))
        return true;
    for (const struct queue_directory *child = directory->children; child; child = child->next)
        if (queue_tree_any(child, wanted, pass))
            return true;
    return false;
}

static struct stamp stamp_of(const struct stat *status)
{
    return (struct stamp){status->st_dev, status->st_ino, status->st_mtim, status->st_ctim};
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* A change within a second of the reading may have left the same, coarse time stamp: then the directory is read once
 * more. */
static bool unchanged(const struct queue_directory *directory, const struct stamp *stamp)
{
    const struct stamp *old = &directory->stamp;
    return directory->version > 0 && old->device == stamp->device && old->inode == stamp->inode &&
           same_time(&old->modified, &stamp->modified) && same_time(&old->changed, &stamp->changed) &&
           stamp->changed.tv_sec < directory->read_at / CLOCK_SECOND - 1 &&
           stamp->modified.tv_sec < directory->read_at / CLOCK_SECOND - 1;
}

static bool has_type(int fd, const char *name, unsigned char type, unsigned char wanted)
{
    struct stat status;
    if (type != DT_UNKNOWN)
        return type == wanted;
    return fstatat(fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && IFTODT(status.st_mode) == wanted;
}

static int note_child(struct reading *reading, const char *name)
{
    struct queue_directory *directory = reading->directory;
    for (struct queue_directory *child = directory->children; child; child = child->next) {
        if (strcmp(child->name, name) == 0) {
            child->seen = true;
            return 0;
        }
    }
    if (directory->depth >= QUEUE_DEPTH)
        return -EOVERFLOW;
    struct queue_directory *child;
    int error = directory_new(reading->scan->tree, directory, name, &child);
    if (error < 0)
        return error;
    child->seen = true;
    child->next = directory->children;
    directory->children = child;
    return 0;
}

/* Asks the file for its arrival, unless that is known from an earlier reading. */
static enum arrival_method ask(struct reading *reading, const char *name, size_t length, int64_t *ret_arrival)
{
    const struct queue_tree *tree = reading->scan->tree;
    struct known *known = &reading->directory->known;
    if (!tree->format->lasting_arrivals)
        return tree->format->file(reading->fd, name, ret_arrival);
    unsigned kind;
    uint32_t seconds;
    if (known_find(known, name, length, &kind, &seconds)) {
        *ret_arrival = seconds * CLOCK_SECOND;
    } else {
        kind = tree->format->file(reading->fd, name, ret_arrival);
        if (kind == ARRIVAL_UNKNOWN || kind == ARRIVAL_GONE)
            return (enum arrival_method)kind;
        *ret_arrival -= *ret_arrival % CLOCK_SECOND;
    }
    int64_t whole = *ret_arrival / CLOCK_SECOND;
    if (whole <= UINT32_MAX)
        (void)known_add(&reading->known, QUEUE_KNOWN - tree->known + known->count, name, length, kind, (uint32_t)whole);
    return (enum arrival_method)kind;
}

static int note_entry(void *context, const char *name, unsigned char type)
{
    struct reading *reading = context;
    struct queue_tree *tree = reading->scan->tree;
    const struct queue_format *format = tree->format;
    size_t length = strlen(name);
    if (length <= format->subdirectory && has_type(reading->fd, name, type, DT_DIR))
        return note_child(reading, name);
    unsigned char wanted = format->content ? DT_DIR : DT_REG;
    if (type != wanted && type != DT_UNKNOWN)
        return 0;
    int64_t arrival;
    enum arrival_method method = format->name(tree->context, name, length, &arrival);
    if (method == ARRIVAL_GONE || !has_type(reading->fd, name, type, wanted))
        return 0;
    if (method == ARRIVAL_UNKNOWN && format->file)
        method = ask(reading, name, length, &arrival);
    if (method == ARRIVAL_GONE)
        return 0;
    queue_content_keep(reading->directory, tree, name, length, &reading->destinations);
    reading->messages++;
    reading->methods |= 1u << method;
    if (method == ARRIVAL_UNKNOWN)
        return 0;
    reading->dated++;
    if (arrival < reading->oldest)
        reading->oldest = arrival;
    times_add(&reading->scan->workspace->times, arrival);
    return 0;
}

static void drop_unseen(struct queue_tree *tree, struct queue_directory *directory)
{
    struct queue_directory **link = &directory->children;
    while (*link) {
        struct queue_directory *child = *link;
        if (child->seen) {
            link = &child->next;
            continue;
        }
        *link = child->next;
        directory_free(tree, child);
    }
}

static void commit(const struct reading *reading, const struct stamp *stamp)
{
    struct queue_directory *directory = reading->directory;
    directory->stamp = *stamp;
    directory->read_at = reading->scan->now;
    directory->version++;
    directory->messages = reading->messages;
    directory->dated = reading->dated;
    directory->oldest = reading->oldest;
    directory->methods = reading->methods;
    reading->scan->tree->known += reading->known.count - directory->known.count;
    known_replace(&directory->known, reading->known);
    queue_content_replace(reading->scan->tree, directory, reading->destinations);
    if (reading->messages == 0) {
        /* What comes next is measured at once, not taken for what was there before. */
        directory->files_known = false;
        directory->files_tried = 0;
    }
    drop_unseen(reading->scan->tree, directory);
}

static int read_names(const struct scan *scan, struct queue_directory *directory, int fd)
{
    struct stat status;
    /* Before the reading: a change during it must show as a change next time. */
    if (fstat(fd, &status) < 0)
        return -errno;
    struct stamp stamp = stamp_of(&status);
    for (struct queue_directory *child = directory->children; child; child = child->next)
        child->seen = false;
    struct reading reading = {.scan = scan, .directory = directory, .fd = fd, .oldest = INT64_MAX};
    times_begin(&scan->workspace->times, scan->now, TIMES_PAST);
    directory->known.next = directory->destinations.next = 0;
    int error = directory_read(fd, scan->workspace->buffer, scan->deadline, note_entry, &reading);
    if (error == 0)
        error = times_finish(&scan->workspace->times, &directory->arrivals);
    if (error == 0) {
        commit(&reading, &stamp);
    } else {
        known_free(&reading.known);
        known_free(&reading.destinations);
    }
    return error;
}

static int visit(const struct scan *scan, int parent, struct queue_directory *directory);

static int visit_children(const struct scan *scan, int fd, struct queue_directory *directory)
{
    int error = 0;
    for (struct queue_directory *child = directory->children; child && error == 0; child = child->next)
        error = visit(scan, fd, child);
    return error;
}

static bool vanished(int error)
{
    return error == -ENOENT || error == -ENOTDIR || error == -ELOOP;
}

static int visit_open(const struct scan *scan, struct queue_directory *directory, int fd, bool known)
{
    int error = known ? 0 : read_names(scan, directory, fd);
    if (error < 0)
        return error;
    error = visit_children(scan, fd, directory);
    if (!vanished(error))
        return error;
    scan->tree->failed = NULL;
    error = read_names(scan, directory, fd);
    return error < 0 ? error : visit_children(scan, fd, directory);
}

static int visit_one(const struct scan *scan, int parent, struct queue_directory *directory)
{
    struct stat status;
    if (fstatat(parent, directory->name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return -errno;
    struct stamp stamp = stamp_of(&status);
    bool known = unchanged(directory, &stamp);
    if (known && !directory->children)
        return 0;
    int fd = directory_open(parent, directory->name);
    if (fd < 0)
        return fd;
    int error = visit_open(scan, directory, fd, known);
    (void)close(fd);
    return error;
}

static int visit(const struct scan *scan, int parent, struct queue_directory *directory)
{
    int error = visit_one(scan, parent, directory);
    if (error < 0 && !scan->tree->failed)
        scan->tree->failed = directory;
    return error;
}

int queue_tree_scan(struct queue_tree *tree, int parent, struct queue_workspace *workspace, int64_t now,
                    int64_t deadline)
{
    struct scan scan = {.tree = tree, .workspace = workspace, .now = now, .deadline = deadline};
    tree->failed = NULL;
    return visit(&scan, parent, tree->root);
}

void queue_tree_failed(const struct queue_tree *tree, char *buffer, size_t size)
{
    const char *names[QUEUE_DEPTH + 2];
    size_t count = 0;
    for (const struct queue_directory *at = tree->failed ? tree->failed : tree->root; at; at = at->parent)
        names[count++] = at->name;
    size_t length = 0;
    buffer[0] = '\0';
    while (count-- > 0 && length < size) {
        int written = snprintf(buffer + length, size - length, "%s%s", length ? "/" : "", names[count]);
        length += written > 0 ? (size_t)written : 0;
    }
}

static void add_files(const struct queue_directory *directory, int64_t now, struct queue_totals *totals)
{
    if (!directory->files_known)
        totals->files_known = false;
    totals->bytes += directory->bytes;
    totals->set_aside += directory->set_aside;
    /* The files tier lags behind: messages that left since are not due. */
    uint64_t due = times_until(&directory->retries, now);
    totals->due += due < directory->messages ? due : directory->messages;
}

static void add(const struct queue_directory *directory, int64_t now, struct queue_totals *totals)
{
    totals->messages += directory->messages;
    totals->dated += directory->dated;
    totals->methods |= directory->methods;
    if (directory->oldest < totals->oldest)
        totals->oldest = directory->oldest;
    for (unsigned i = 0; i < QUEUE_AGES; i++)
        totals->aged[i] += times_until(&directory->arrivals, now - queue_age_seconds[i] * CLOCK_SECOND);
    if (directory->messages > 0)
        add_files(directory, now, totals);
    for (const struct queue_directory *child = directory->children; child; child = child->next)
        add(child, now, totals);
}

void queue_tree_totals(const struct queue_tree *tree, int64_t now, struct queue_totals *ret_totals)
{
    *ret_totals = (struct queue_totals){.oldest = INT64_MAX, .files_known = true};
    add(tree->root, now, ret_totals);
}
