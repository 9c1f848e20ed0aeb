/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collectors/mail/directory.h"
#include "collectors/mail/queue_tree_private.h"

#define MINUTE (60 * CLOCK_SECOND)

/* Minutes for which an answer holds: the kind in struct known is whether an attempt was known. */
static const uint16_t holds_minutes[] = {5, 30};

/* One pass of the content tier over one tree. */
struct pass {
    struct queue_tree *tree;
    struct queue_workspace *workspace;
    struct queue_content_budget *budget;
    uint16_t minute; /* of CLOCK_MONOTONIC, modulo 2^16 */
};

struct reading {
    const struct pass *pass;
    struct queue_directory *directory;
    int fd;
    int attempts;
    struct known fresh;
};

/* So many may be remembered in this directory. */
static size_t limit(const struct queue_tree *tree, const struct queue_directory *directory)
{
    return QUEUE_KNOWN - tree->destinations->messages + directory->destinations.count;
}

void queue_content_keep(struct queue_directory *directory, const struct queue_tree *tree, const char *name,
                        size_t length, struct known *fresh)
{
    unsigned kind;
    uint32_t value;
    if (directory->destinations.count > 0 && known_find(&directory->destinations, name, length, &kind, &value))
        (void)known_add(fresh, limit(tree, directory), name, length, kind, value);
}

/* The low half of an answer is the number of the destination, the high half the minute. */
static uint64_t *messages_of(const struct queue_tree *tree, uint32_t value)
{
    return &tree->destinations->entries[value & UINT16_MAX].messages;
}

void queue_content_replace(struct queue_tree *tree, struct queue_directory *directory, struct known fresh)
{
    for (size_t i = 0; i < directory->destinations.count; i++)
        --*messages_of(tree, directory->destinations.items[i].value);
    for (size_t i = 0; i < fresh.count; i++)
        ++*messages_of(tree, fresh.items[i].value);
    if (tree->destinations)
        tree->destinations->messages += fresh.count - directory->destinations.count;
    known_replace(&directory->destinations, fresh);
}

static bool is_message(const struct queue_tree *tree, const char *name, size_t length, unsigned char type)
{
    int64_t arrival;
    return (type == (tree->format->content ? DT_DIR : DT_REG) || type == DT_UNKNOWN) &&
           tree->format->name(tree->context, name, length, &arrival) != ARRIVAL_GONE;
}

static bool may_open(struct queue_content_budget *budget)
{
    return budget->opens > 0 && pace_allows(&budget->pace);
}

static void ask(struct reading *reading, const char *name, size_t length)
{
    const struct pass *pass = reading->pass;
    struct destination found = {{0}, {0}, {0}};
    pass->budget->opens--;
    pass->tree->format->destination(reading->fd, reading->attempts, name, &found);
    uint32_t number = destinations_number(pass->tree->destinations, &found);
    (void)known_add(&reading->fresh, limit(pass->tree, reading->directory), name, length, *found.dsn != 0,
                    number | (uint32_t)pass->minute << 16);
}

static int note_entry(void *context, const char *name, unsigned char type)
{
    struct reading *reading = context;
    const struct pass *pass = reading->pass;
    size_t length = strlen(name);
    unsigned kind;
    uint32_t value;
    if (!is_message(pass->tree, name, length, type))
        return 0;
    bool known = known_find(&reading->directory->destinations, name, length, &kind, &value);
    bool holds = known && (uint16_t)(pass->minute - (value >> 16)) < holds_minutes[kind & 1];
    if (!holds && may_open(pass->budget))
        ask(reading, name, length);
    else if (known)
        (void)known_add(&reading->fresh, limit(pass->tree, reading->directory), name, length, kind, value);
    return 0;
}

static int read_directory(const struct pass *pass, struct queue_directory *directory, int fd, int attempts)
{
    struct reading reading = {.pass = pass, .directory = directory, .fd = fd, .attempts = attempts};
    directory->content_tried = clock_monotonic();
    directory->destinations.next = 0;
    int error = directory_read(fd, pass->workspace->buffer, pass->budget->pace.hard_end, note_entry, &reading);
    /* Out of time: what was learnt is kept unless more would be forgotten with the names that were not reached. */
    if (error == 0 || (error == -ETIME && reading.fresh.count >= directory->destinations.count))
        queue_content_replace(pass->tree, directory, reading.fresh);
    else
        known_free(&reading.fresh);
    destinations_sweep(pass->tree->destinations);
    return error == -ENOMEM ? error : 0;
}

static bool wanted(const void *context, const struct queue_directory *directory)
{
    const struct pass *pass = context;
    if (directory->messages == 0)
        return false;
    if (directory->destinations.count < directory->messages && pass->tree->destinations->messages < QUEUE_KNOWN)
        return true;
    return clock_monotonic() - directory->content_tried >= holds_minutes[0] * MINUTE;
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        (void)close(fd);
}

/* attempts: the descriptor of the directory of attempts beside `parent`, or negative. */
static int visit(const struct pass *pass, int parent, int attempts, struct queue_directory *directory,
                 const char *beside)
{
    if (!queue_tree_any(directory, wanted, pass) || !may_open(pass->budget))
        return 0;
    int fd = directory_open(parent, directory->name);
    if (fd < 0)
        return 0;
    int below = beside && attempts >= 0 ? directory_open(attempts, beside) : -1;
    int error = wanted(pass, directory) ? read_directory(pass, directory, fd, below) : 0;
    for (struct queue_directory *child = directory->children; child && error == 0; child = child->next)
        error = visit(pass, fd, below, child, child->name);
    close_if_open(below);
    (void)close(fd);
    return error;
}

/* Where the attempts of this tree are, beside its root. */
static const char *attempts_path(const struct queue_tree *tree, char buffer[NAME_MAX + 32])
{
    const char *slash = strrchr(tree->root->name, '/');
    if (!tree->format->attempts)
        return NULL;
    int parent = slash ? (int)(slash + 1 - tree->root->name) : 0;
    (void)snprintf(buffer, NAME_MAX + 32, "%.*s%s", parent, tree->root->name, tree->format->attempts);
    return buffer;
}

int queue_tree_scan_content(struct queue_tree *tree, int parent, struct queue_workspace *workspace,
                            struct queue_content_budget *budget)
{
    char attempts[NAME_MAX + 32];
    if (!tree->format->destination)
        return 0;
    if (!tree->destinations)
        tree->destinations = calloc(1, sizeof(*tree->destinations));
    if (!tree->destinations)
        return -ENOMEM;
    struct pass pass = {
        .tree = tree, .workspace = workspace, .budget = budget, .minute = (uint16_t)(clock_monotonic() / MINUTE)};
    return visit(&pass, parent, parent, tree->root, attempts_path(tree, attempts));
}

void queue_tree_share_destinations(struct queue_tree *tree, struct destinations *destinations)
{
    tree->destinations = destinations;
    tree->shares_destinations = true;
}

const struct destinations *queue_tree_destinations(const struct queue_tree *tree)
{
    return tree->destinations;
}
