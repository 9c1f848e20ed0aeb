/* SPDX-License-Identifier: Apache-2.0
 * Event mode: decides, sample by sample and namespace by namespace, whether the events' counts answer alone or a walk
 * goes with them, and gives events up where they cost too much or cannot be had. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_WATCH_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_WATCH_H

#include "collectors/tcp/linux/counters.h"
#include "collectors/tcp/linux/events/events.h"
#include "collectors/tcp/linux/events/owners.h"
#include "collectors/tcp/linux/events/recount.h"
#include "collectors/tcp/linux/events/space.h"
#include "collectors/tcp/linux/events/tidy.h"
#include "collectors/tcp/options.h"
#include "snapshot/builder.h"

/* What a sample of one namespace is made of. */
enum event_plan {
    EVENT_PLAN_WALK,    /* a walk alone */
    EVENT_PLAN_RECOUNT, /* a walk that puts the events' counts right */
    EVENT_PLAN_COUNT,   /* the events' counts */
};

struct event_watch {
    const struct collector_paths *paths;
    const struct tcp_options *options;
    struct attribution *attribution;
    struct events *events; /* NULL: not to be had now */
    struct event_owners owners;
    struct tidy tidy;
    struct events_clock clock;
    struct events_cost cost;
    uint64_t lost_before; /* by events that were closed since */
    unsigned generation;  /* of the events: spaces that are of another one begin anew */
    int64_t now;
    uint64_t judged_ns; /* what the events had cost when they were last judged */
    int64_t judged_at;
    unsigned over_budget; /* judgements in a row */
    int64_t retry_at;
    uint32_t own; /* our namespace */
    uint32_t minute;
    int error; /* why there are none, and what is missing */
    char why[128];
};

/* Zero to start with. All that is given outlives it. */
void event_watch_init(struct event_watch *watch, const struct collector_paths *paths, const struct tcp_options *options,
                      struct attribution *attribution);

/* Opens the events if they are wanted, which takes a few tenths of a second: not for the time of a sample. */
void event_watch_open(struct event_watch *watch);

/* Begins a sample: opens the events if they are wanted and due again, and looks at what they cost. names_anew: owners
 * found before are void. now: CLOCK_MONOTONIC. */
void event_watch_begin(struct event_watch *watch, bool names_anew, int64_t now);

/* What this sample of a namespace shall be made of. inode 0 is our own. */
enum event_plan event_watch_plan(struct event_watch *watch, struct event_space *space, uint64_t inode,
                                 const struct counters_place *place);

/* Begins the recount of a namespace; recount_free() in any case. 0 or negative errno. */
int event_watch_recount(struct event_watch *watch, struct event_space *space, struct recount *recount);

/* Counts one socket of the walk. */
void event_watch_visit(struct event_watch *watch, struct recount *recount, struct count *count,
                       const struct tcp_socket *socket);

/* Ends the recount. 0 or negative errno. */
int event_watch_recounted(struct event_watch *watch, struct event_space *space, struct recount *recount,
                          const struct count *count);

/* Fills the count from the events. */
void event_watch_fill(struct event_watch *watch, struct event_space *space, struct count *count);

/* Puts the namespace's rows of tcp_connects. 0 or -ENOMEM. */
int event_watch_put(struct event_watch *watch, struct event_space *space, const char *netns, struct builder *builder);

/* Puts what there is to tell about the events themselves. */
void event_watch_report(const struct event_watch *watch, struct builder *builder);

/* Gives everything back. */
void event_watch_free(struct event_watch *watch);

#endif
