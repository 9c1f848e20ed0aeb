/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/others.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "collectors/source.h"
#include "collectors/tcp/linux/counters.h"
#include "collectors/tcp/linux/enter.h"

/* The source that stands for finding them and being allowed in. */
#define ALL "namespaces"

struct others {
    struct namespaces *namespaces;
    struct sight *sight;
    struct builder *builder;
    int64_t deadline;
    bool entered;   /* one at least */
    bool forbidden; /* none at all: the right to is missing */
};

/* The namespace is gone, or its file is another one's by now. */
static bool is_gone(int error)
{
    return error == -ENOENT || error == -ESRCH || error == -ESTALE;
}

static void put_counters(struct others *others, const struct namespace *namespace)
{
    const struct counters_place place = sight_place(others->sight, namespace);
    struct builder_mark mark = builder_mark(others->builder);
    const char *subject;
    if (!namespace->matters)
        return;
    if (counters_put(others->builder, &place, namespace->dumps_interrupted, &subject) < 0)
        builder_roll_back(others->builder, mark);
    mark = builder_mark(others->builder);
    if (conntrack_put(others->builder, &place) < 0)
        builder_roll_back(others->builder, mark);
}

static int take(struct others *others, struct namespace *namespace)
{
    const struct counters_place place = sight_place(others->sight, namespace);
    struct sock_diag *diag = NULL;
    if (counters_no_sockets(&place)) {
        namespace->sockets = 0;
        return -ENODATA; /* a walk here would still visit the sockets of the whole host */
    }
    int error = sock_diag_open(&diag);
    if (error == 0)
        error = sight_take(others->sight, namespace, diag, others->builder, others->deadline);
    sock_diag_close(diag);
    if (error == 0)
        put_counters(others, namespace);
    return error;
}

static int enter(struct others *others, const struct namespace *namespace)
{
    char path[FILE_PATH_MAX];
    if (clock_monotonic() >= others->deadline)
        return -ETIME;
    int error = namespaces_path(others->namespaces, namespace, path, sizeof(path));
    if (error == 0)
        error = enter_namespace(path, namespace->inode);
    others->entered = others->entered || error == 0;
    others->forbidden = error == -EPERM && !others->entered;
    return error;
}

static void collect_one(struct others *others, struct namespace *namespace)
{
    char name[NAMESPACE_TEXT + 8];
    struct builder_mark mark = builder_mark(others->builder);
    int error = enter(others, namespace);
    if (is_gone(error)) {
        others->namespaces->wanted = true;
        return;
    }
    if (error == 0)
        error = take(others, namespace);
    if (others->forbidden || (error == -ENODATA && !namespace->matters))
        return;
    (void)snprintf(name, sizeof(name), "netns:%s", namespace->matters || error < 0 ? namespace->name : "other");
    source_report(others->builder, &(struct source){"tcp", name, NULL}, mark, error);
}

static void *run(void *context)
{
    struct others *others = context;
    struct namespaces *namespaces = others->namespaces;
    for (size_t i = 0; i < namespaces->count && !others->forbidden; i++)
        collect_one(others, namespaces->items[i]);
    return NULL;
}

static void report_all(const struct others *others, int error)
{
    char subject[128];
    const struct namespaces *namespaces = others->namespaces;
    struct source source = {"tcp", ALL, subject};
    if (error == 0 && others->forbidden) {
        error = -EPERM;
        source.subject = "entering them needs CAP_SYS_ADMIN";
    } else if (error == 0 && namespaces->blind) {
        error = -EACCES;
        (void)snprintf(subject, sizeof(subject), "those of %u of %u processes, which needs CAP_SYS_PTRACE",
                       namespaces->unreadable, namespaces->looked);
    } else if (error == 0 && namespaces->overflow) {
        error = -E2BIG;
        (void)snprintf(subject, sizeof(subject), "only %u are watched", NAMESPACES_MAX);
    } else {
        source.subject = NULL;
    }
    source_report(others->builder, &source, builder_mark(others->builder), error);
}

void others_collect(struct namespaces *namespaces, struct sight *sight, struct builder *builder, int64_t deadline)
{
    struct others others = {namespaces, sight, builder, deadline, false, false};
    pthread_t thread;
    int error = namespaces_discover(namespaces, builder_now(builder), deadline);
    namespaces_judge(namespaces, builder_now(builder));
    if (error == 0 && namespaces->count > 0) {
        error = -pthread_create(&thread, NULL, run, &others);
        if (error == 0)
            (void)pthread_join(thread, NULL);
    }
    report_all(&others, error);
}
