/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/events/events.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "event_program.skel.h"

/* A bind() takes microseconds; one that is still under way after this has failed. */
#define BIND_PATIENCE (100 * CLOCK_MILLISECOND)

/* net/ipv4/tcp.h, TCP_TIMEWAIT_LEN */
#define TIME_WAIT_SECONDS 60u

struct events {
    struct event_program *program;
    struct events_memory memory;
    uint32_t ticks_per_second;
};

static bool has_capability(cap_t capabilities, cap_value_t wanted)
{
    cap_flag_value_t value = CAP_CLEAR, all = CAP_CLEAR;
    (void)cap_get_flag(capabilities, wanted, CAP_EFFECTIVE, &value);
    (void)cap_get_flag(capabilities, CAP_SYS_ADMIN, CAP_EFFECTIVE, &all);
    return value == CAP_SET || all == CAP_SET;
}

/* 0, or -EPERM and the capabilities that are missing. man 7 capabilities: both came with Linux 5.8. */
static int check_capabilities(char *why, size_t size)
{
    cap_t capabilities = cap_get_proc();
    if (!capabilities)
        return -errno;
    bool bpf = has_capability(capabilities, CAP_BPF), perfmon = has_capability(capabilities, CAP_PERFMON);
    (void)cap_free(capabilities);
    if (bpf && perfmon)
        return 0;
    (void)snprintf(why, size, "%s%s%s", bpf ? "" : "CAP_BPF", !bpf && !perfmon ? " and " : "",
                   perfmon ? "" : "CAP_PERFMON");
    return -EPERM;
}

static int check_kernel(const char *sysfs, char *why, size_t size)
{
    char path[4096];
    int length = snprintf(path, sizeof(path), "%s/kernel/btf/vmlinux", sysfs);
    if (length > 0 && (size_t)length < sizeof(path) && access(path, R_OK) == 0)
        return 0;
    int error = errno;
    (void)snprintf(why, size, "the kernel's BTF (CONFIG_DEBUG_INFO_BTF)");
    return -error;
}

static void *map_memory(const struct bpf_map *map, size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static int map_all(struct events *events)
{
    struct events_memory *memory = &events->memory;
    memory->groups = map_memory(events->program->maps.groups, EVENT_GROUPS * sizeof(*memory->groups));
    memory->live = map_memory(events->program->maps.live, EVENT_LIVE_SETS * sizeof(*memory->live));
    memory->tuples = map_memory(events->program->maps.tuples, EVENT_TUPLE_SETS * sizeof(*memory->tuples));
    memory->arrived = map_memory(events->program->maps.arrived, EVENT_ARRIVALS * sizeof(*memory->arrived));
    memory->arrivals = &events->program->bss->arrivals;
    memory->age = &events->program->bss->age;
    memory->serves = &events->program->bss->serves;
    memory->spilled = &events->program->bss->spilled;
    return memory->groups && memory->live && memory->tuples && memory->arrived ? 0 : -ENOMEM;
}

static void watch_binds(struct event_program *program, bool watch)
{
    (void)bpf_program__set_autoload(program->progs.bind_v4, watch);
    (void)bpf_program__set_autoload(program->progs.bind_v6, watch);
    (void)bpf_program__set_autoload(program->progs.bound_v4, watch);
    (void)bpf_program__set_autoload(program->progs.bound_v6, watch);
}

static int load(struct events *events, const struct events_settings *settings, bool binds)
{
    struct event_program *program = event_program__open();
    if (!program)
        return -errno;
    program->rodata->seed = events->memory.seed;
    program->rodata->only_netns = settings->netns;
    program->rodata->wants_command = settings->wants_command;
    watch_binds(program, binds);
    int error = event_program__load(program);
    if (error < 0) {
        event_program__destroy(program);
        return error;
    }
    events->program = program;
    return 0;
}

/* Without them bind() failures go unseen, and nothing else. */
static void attach_binds(struct events *events, const char *cgroup_root)
{
    int root = open(cgroup_root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return;
    struct event_program *program = events->program;
    program->links.bound_v4 = bpf_program__attach_cgroup(program->progs.bound_v4, root);
    program->links.bound_v6 = bpf_program__attach_cgroup(program->progs.bound_v6, root);
    if (program->links.bound_v4 && program->links.bound_v6) {
        program->links.bind_v4 = bpf_program__attach_cgroup(program->progs.bind_v4, root);
        program->links.bind_v6 = bpf_program__attach_cgroup(program->progs.bind_v6, root);
    }
    (void)close(root);
}

static int read_ticks(const struct events *events, uint64_t *ret_ticks)
{
    LIBBPF_OPTS(bpf_test_run_opts, options);
    int error = bpf_prog_test_run_opts(bpf_program__fd(events->program->progs.read_clock), &options);
    if (error < 0)
        return error;
    *ret_ticks = events->program->bss->clock_jiffies;
    return 0;
}

/* The coarse clock moves once a tick: its resolution is the tick (kernel/time/posix-timers.c, KTIME_LOW_RES). Counting
 * ticks for a while instead goes wrong where the machine is a guest that its host lets wait. */
static int read_tick_rate(struct events *events)
{
    struct timespec tick;
    if (clock_getres(CLOCK_MONOTONIC_COARSE, &tick) < 0)
        return -errno;
    if (tick.tv_sec != 0 || tick.tv_nsec <= 0)
        return -EIO;
    events->ticks_per_second = (uint32_t)((CLOCK_SECOND + tick.tv_nsec / 2) / tick.tv_nsec);
    return 0;
}

static int learn_tick(struct events *events)
{
    struct events_clock clock;
    int error = read_tick_rate(events);
    if (error == 0)
        error = events_clock(events, &clock);
    if (error == 0) {
        events->program->bss->life = clock.life;
        events->program->bss->turn_shift = clock.shift;
    }
    return error;
}

static int start(struct events *events, const struct events_settings *settings, char *why, size_t size)
{
    int error = load(events, settings, settings->cgroup_root[0] != '\0');
    if (error < 0)
        error = load(events, settings, false); /* watching bind() needs CAP_NET_ADMIN too */
    if (error < 0) {
        (void)snprintf(why, size, "a kernel that loads the event program");
        return error;
    }
    error = map_all(events);
    if (error == 0)
        error = learn_tick(events);
    if (error < 0) {
        (void)snprintf(why, size, "memory and clock of the event program");
        return error;
    }
    events->program->links.on_state = bpf_program__attach(events->program->progs.on_state);
    if (!events->program->links.on_state) {
        error = -errno;
        (void)snprintf(why, size, "the tracepoint sock:inet_sock_set_state");
        return error;
    }
    attach_binds(events, settings->cgroup_root);
    return 0;
}

int events_open(const struct events_settings *settings, struct events **ret_events, char *why, size_t size)
{
    int error = check_capabilities(why, size);
    if (error == 0)
        error = check_kernel(settings->sysfs, why, size);
    if (error < 0)
        return error;
    struct events *events = calloc(1, sizeof(*events));
    if (!events)
        return -ENOMEM;
    (void)libbpf_set_print(NULL);
    if (getrandom(&events->memory.seed, sizeof(events->memory.seed), 0) < 0)
        events->memory.seed = (uint64_t)clock_monotonic();
    error = start(events, settings, why, size);
    if (error < 0)
        events_close(events);
    else
        *ret_events = events;
    (void)malloc_trim(0); /* reading the kernel's BTF took tens of megabytes */
    return error;
}

void events_close(struct events *events)
{
    if (!events)
        return;
    struct events_memory *memory = &events->memory;
    if (memory->groups)
        (void)munmap(memory->groups, EVENT_GROUPS * sizeof(*memory->groups));
    if (memory->live)
        (void)munmap(memory->live, EVENT_LIVE_SETS * sizeof(*memory->live));
    if (memory->tuples)
        (void)munmap(memory->tuples, EVENT_TUPLE_SETS * sizeof(*memory->tuples));
    if (memory->arrived)
        (void)munmap(memory->arrived, EVENT_ARRIVALS * sizeof(*memory->arrived));
    event_program__destroy(events->program);
    free(events);
}

const struct events_memory *events_memory(const struct events *events)
{
    return &events->memory;
}

uint32_t events_group_count(const struct events *events)
{
    uint32_t count = EVENT_NOWHERE + 1 + __atomic_load_n(&events->program->bss->given, __ATOMIC_RELAXED);
    return count < EVENT_GROUPS ? count : EVENT_GROUPS;
}

int events_clock(struct events *events, struct events_clock *ret_clock)
{
    struct events_clock clock = {.ticks_per_second = events->ticks_per_second};
    int error = read_ticks(events, &clock.ticks);
    if (error < 0)
        return error;
    clock.life = TIME_WAIT_SECONDS * clock.ticks_per_second;
    while (clock.life >= 63u << clock.shift)
        clock.shift += 3; /* LVL_START() and LVL_SHIFT() of kernel/time/timer.c */
    *ret_clock = clock;
    return 0;
}

static int spare_group(struct events *events, uint32_t *ret_group)
{
    if (bpf_map_lookup_and_delete_elem(bpf_map__fd(events->program->maps.spare), NULL, ret_group) == 0)
        return 0;
    uint32_t *given = &events->program->bss->given;
    if (__atomic_load_n(given, __ATOMIC_RELAXED) >= EVENT_GROUPS)
        return -ENOSPC;
    *ret_group = EVENT_NOWHERE + 1 + __atomic_fetch_add(given, 1, __ATOMIC_RELAXED);
    return *ret_group < EVENT_GROUPS ? 0 : -ENOSPC;
}

int events_group(struct events *events, const struct event_key *key, uint32_t *ret_group)
{
    int ids = bpf_map__fd(events->program->maps.ids);
    uint32_t group;
    if (bpf_map_lookup_elem(ids, key, ret_group) == 0)
        return 0;
    int error = spare_group(events, &group);
    if (error < 0)
        return error;
    events->memory.groups[group].key = *key;
    if (bpf_map_update_elem(ids, key, &group, BPF_NOEXIST) == 0) {
        __atomic_store_n(&events->memory.groups[group].used, 1, __ATOMIC_RELEASE);
        *ret_group = group;
        return 0;
    }
    events_reuse_group(events, group); /* an event was faster, or the map is full */
    return bpf_map_lookup_elem(ids, key, ret_group) == 0 ? 0 : -ENOSPC;
}

void events_forget_group(struct events *events, uint32_t group)
{
    (void)bpf_map_delete_elem(bpf_map__fd(events->program->maps.ids), &events->memory.groups[group].key);
    /* Afterwards: who finds it by its key until then must not be believed later. */
    (void)__atomic_fetch_add(&events->program->bss->forgotten, 1, __ATOMIC_SEQ_CST);
}

void events_reuse_group(struct events *events, uint32_t group)
{
    memset(&events->memory.groups[group], 0, sizeof(events->memory.groups[group]));
    (void)bpf_map_update_elem(bpf_map__fd(events->program->maps.spare), NULL, &group, 0);
}

int events_command(struct events *events, uint32_t key, char command[EVENT_COMMAND])
{
    if (bpf_map_lookup_elem(bpf_map__fd(events->program->maps.commands), &key, command) < 0)
        return -ENOENT;
    size_t last = EVENT_COMMAND - 1;
    while (last > 0 && command[last] == '\0')
        last--;
    for (size_t i = 0; i < last; i++)
        if (command[i] == '\0')
            command[i] = ' ';
    command[EVENT_COMMAND - 1] = '\0';
    return 0;
}

void events_sweep_binds(struct events *events)
{
    struct {
        uint64_t since_ns;
        uint32_t group, zero;
    } pending;
    int binding = bpf_map__fd(events->program->maps.binding);
    uint64_t thread, next, *from = NULL;
    for (unsigned i = 0; i < 2048 && bpf_map_get_next_key(binding, from, &next) == 0; i++) {
        bool known = bpf_map_lookup_elem(binding, &next, &pending) == 0;
        thread = next;
        from = &thread;
        if (!known || clock_monotonic() - (int64_t)pending.since_ns < BIND_PATIENCE)
            continue;
        if (bpf_map_delete_elem(binding, &next) == 0 && pending.group < EVENT_GROUPS)
            __atomic_fetch_add(&events->memory.groups[pending.group].bind_failures, 1, __ATOMIC_RELAXED);
    }
}

int events_cost(const struct events *events, struct events_cost *ret_cost)
{
    const struct event_totals *totals = &events->program->bss->totals;
    struct bpf_prog_info info = {0};
    uint32_t size = sizeof(info);
    int error = bpf_obj_get_info_by_fd(bpf_program__fd(events->program->progs.on_state), &info, &size);
    if (error < 0)
        return error;
    ret_cost->lost = __atomic_load_n(&totals->lost, __ATOMIC_RELAXED) + info.recursion_misses;
    ret_cost->cpu_ns = __atomic_load_n(&totals->sampled_ns, __ATOMIC_RELAXED) * EVENT_SAMPLING;
    return 0;
}
