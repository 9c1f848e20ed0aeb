/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/attribution.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"

/* What a sample may spend on /proc/PID/fd. */
#define DESCRIPTOR_BUDGET   (50 * CLOCK_MILLISECOND) /* of CPU, each sample */
#define DESCRIPTOR_PATIENCE (200 * CLOCK_MILLISECOND)
/* And on those of who opened connections before, where a walk takes several samples. */
#define OPENERS_BUDGET (10 * CLOCK_MILLISECOND)
/* Containers come and go: when so many names have been seen, they are learnt anew. */
#define NAMES_MAX     20000u
#define USUAL_PENDING ((size_t)512)

static int compile_rules(struct attribution *attribution, const struct tcp_options *options)
{
    const struct tcp_process_name *names = options->process_names.items;
    size_t count = options->process_names.count;
    attribution->rules = calloc(count + 1, sizeof(*attribution->rules));
    if (!attribution->rules)
        return -ENOMEM;
    attribution->processes.rules = attribution->rules;
    for (size_t i = 0; i < count; i++) {
        struct process_rule *rule = &attribution->rules[i];
        if (regcomp(&rule->pattern, names[i].match, REG_EXTENDED | REG_NOSUB) != 0)
            return -EINVAL;
        rule->name = names[i].name;
        attribution->processes.rule_count++;
    }
    return 0;
}

int attribution_init(struct attribution *attribution, const struct collector_paths *paths,
                     const struct tcp_options *options)
{
    attribution->processes.procfs = paths->procfs;
    int error = cgroups_init(&attribution->cgroups, paths->procfs, paths->rootfs);
    return error < 0 ? error : compile_rules(attribution, options);
}

static uint32_t seconds(const struct attribution *attribution)
{
    return (uint32_t)(attribution->now / CLOCK_SECOND) + 1;
}

static int learn_names_anew(struct attribution *attribution)
{
    names_free(&attribution->names);
    cgroups_clear(&attribution->cgroups);
    inodes_free(&attribution->inodes);
    int error = names_init(&attribution->names);
    if (error < 0)
        names_free(&attribution->names); /* half a table would give wrong names: the next walk tries again */
    return error;
}

int attribution_begin(struct attribution *attribution, int64_t now, bool *ret_anew)
{
    size_t count = attribution->names.map.count;
    bool anew = count == 0 || count > NAMES_MAX;
    int error = anew ? learn_names_anew(attribution) : 0;
    if (error < 0)
        return error;
    attribution->now = now;
    attribution->spent = attribution->asked = 0;
    inodes_begin(&attribution->inodes);
    *ret_anew = anew;
    return 0;
}

void attribution_begin_walk(struct attribution *attribution)
{
    attribution->listening_count = 0;
    attribution->wants_listener = false;
    attribution->pending_count = 0;
}

bool attribution_is_blind(const struct attribution *attribution, char *subject, size_t size)
{
    const struct processes *processes = &attribution->processes;
    static const char needs[] = "which needs CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH";
    if (processes->hidden)
        (void)snprintf(subject, size, "processes hidden by hidepid, %s", needs);
    else
        (void)snprintf(subject, size, "%u of %u processes, %s", processes->unreadable, processes->looked, needs);
    return processes->blind;
}

int attribution_note_listener(struct attribution *attribution, const struct tcp_socket *socket)
{
    void *listening = attribution->listening;
    if (array_make_room(&listening, &attribution->listening_capacity, attribution->listening_count, sizeof(*socket)) <
        0)
        return -ENOMEM;
    attribution->listening = listening;
    attribution->listening[attribution->listening_count++] = *socket;
    const struct inode_entry *entry = NULL;
    if (socket->inode != 0)
        entry = inodes_see(&attribution->inodes, socket->inode, seconds(attribution));
    attribution->wants_listener = attribution->wants_listener || (entry && inode_wanted(entry));
    return 0;
}

static int resolve(struct attribution *attribution, int64_t deadline)
{
    int64_t start = clock_cpu(), latest = clock_monotonic() + DESCRIPTOR_PATIENCE;
    const struct processes_limit limit = {DESCRIPTOR_BUDGET - attribution->spent,
                                          latest < deadline ? latest : deadline};
    if (limit.cpu <= 0)
        return 0;
    int error = processes_resolve(&attribution->processes, &attribution->inodes, &attribution->names,
                                  seconds(attribution), &limit);
    attribution->spent += clock_cpu() - start;
    return error;
}

uint32_t attribution_unit(struct attribution *attribution, uint64_t cgroup)
{
    return cgroups_unit(&attribution->cgroups, &attribution->names, cgroup, attribution->now);
}

static uint32_t unit_of(struct attribution *attribution, const struct tcp_socket *socket)
{
    return attribution_unit(attribution, socket->cgroup);
}

static struct owner listening_owner(struct attribution *attribution, const struct tcp_socket *socket)
{
    const struct inode_entry *entry = inodes_find(&attribution->inodes, socket->inode);
    return (struct owner){entry ? entry->process : NAME_UNKNOWN, unit_of(attribution, socket)};
}

int attribution_add_listeners(struct attribution *attribution, struct listeners *listeners, int64_t deadline)
{
    /* Else what time there is goes to the connections of the walk that follows: of earlier ones most are gone. */
    int error = attribution->wants_listener ? resolve(attribution, deadline) : 0;
    listeners_begin(listeners);
    for (size_t i = 0; i < attribution->listening_count && error == 0; i++) {
        const struct tcp_socket *socket = &attribution->listening[i];
        error = listeners_add(listeners, socket, listening_owner(attribution, socket), attribution->now);
    }
    return error < 0 ? error : listeners_end(listeners, attribution->now);
}

static void count_known(struct count *count, struct flow *flow, struct owner owner, enum tcp_method method)
{
    count_add(count, flow, owner, owner_is_known(owner) ? method : TCP_METHOD_UNKNOWN);
}

void attribution_count_listeners(struct attribution *attribution, struct count *count)
{
    for (size_t i = 0; i < attribution->listening_count; i++) {
        const struct tcp_socket *socket = &attribution->listening[i];
        struct flow flow;
        count_flow(count, socket, &flow);
        count_known(count, &flow, listening_owner(attribution, socket), TCP_METHOD_LIVE);
    }
}

static bool keep(struct attribution *attribution, const struct pending *pending)
{
    void *kept = attribution->pending;
    if (attribution->pending_count >= ATTRIBUTION_MAX_PENDING ||
        array_make_room(&kept, &attribution->pending_capacity, attribution->pending_count, sizeof(*pending)) < 0)
        return false;
    attribution->pending = kept;
    attribution->pending[attribution->pending_count++] = *pending;
    return true;
}

static struct attributed known_as(struct owner owner, enum tcp_method method, bool wanted)
{
    return (struct attributed){owner, owner_is_known(owner) ? method : TCP_METHOD_UNKNOWN, wanted};
}

/* A socket that no descriptor refers to: not accepted yet, closed by its process, or in TIME_WAIT. */
static struct attributed find_unheld(struct attribution *attribution, const struct count *count,
                                     const struct tcp_socket *socket, const struct flow *flow)
{
    const struct listener *listener = NULL;
    if (flow->key.role == TCP_ROLE_INBOUND)
        listener = listeners_find(count->rules.listeners, &socket->local, socket->local_port);
    if (listener)
        return known_as(listener->owner, TCP_METHOD_LISTENER, false);
    return known_as((struct owner){NAME_UNKNOWN, unit_of(attribution, socket)}, TCP_METHOD_LIVE, false);
}

struct attributed attribution_find(struct attribution *attribution, const struct count *count,
                                   const struct tcp_socket *socket, struct flow *flow)
{
    if (socket->inode == 0)
        return find_unheld(attribution, count, socket, flow);
    const struct inode_entry *entry = inodes_see(&attribution->inodes, socket->inode, seconds(attribution));
    struct owner owner = {entry ? entry->process : NAME_UNKNOWN, unit_of(attribution, socket)};
    flow->marked = entry && inode_is_fresh(entry);
    return known_as(owner, TCP_METHOD_LIVE, entry && inode_wanted(entry));
}

void attribution_owner(struct attribution *attribution, struct count *count, const struct tcp_socket *socket)
{
    struct flow flow;
    count_flow(count, socket, &flow);
    struct attributed found = attribution_find(attribution, count, socket, &flow);
    if (!found.wanted || !keep(attribution, &(struct pending){socket->inode, found.owner.unit, flow}))
        count_add(count, &flow, found.owner, found.method);
}

/* After a start, or a storm of new sockets, they are too many to keep room for. */
static void forget_pending(struct attribution *attribution)
{
    attribution->pending_count = 0;
    if (attribution->pending_capacity <= USUAL_PENDING)
        return;
    free(attribution->pending);
    attribution->pending = NULL;
    attribution->pending_capacity = 0;
}

static void ask_openers(struct attribution *attribution, int64_t deadline)
{
    const struct processes_limit limit = {OPENERS_BUDGET - attribution->asked, deadline};
    int64_t start = clock_cpu();
    processes_ask_openers(&attribution->processes, &attribution->inodes, &attribution->names, &limit);
    attribution->asked += clock_cpu() - start;
}

int attribution_finish(struct attribution *attribution, struct count *count, int64_t deadline)
{
    ask_openers(attribution, deadline);
    int error = resolve(attribution, deadline);
    if (error < 0)
        return error;
    for (size_t i = 0; i < attribution->pending_count; i++) {
        struct pending *pending = &attribution->pending[i];
        const struct inode_entry *entry = inodes_find(&attribution->inodes, pending->inode);
        struct owner owner = {entry ? entry->process : NAME_UNKNOWN, pending->unit};
        count_known(count, &pending->flow, owner, TCP_METHOD_LIVE);
    }
    forget_pending(attribution);
    return 0;
}

void attribution_free(struct attribution *attribution)
{
    for (size_t i = 0; i < attribution->processes.rule_count; i++)
        regfree(&attribution->rules[i].pattern);
    free(attribution->rules);
    free(attribution->listening);
    free(attribution->pending);
    processes_free(&attribution->processes);
    inodes_free(&attribution->inodes);
    cgroups_free(&attribution->cgroups);
    names_free(&attribution->names);
}
