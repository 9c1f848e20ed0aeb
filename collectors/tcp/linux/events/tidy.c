/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/events/tidy.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "collectors/tcp/linux/events/wheel.h"

int tidy_init(struct tidy *tidy)
{
    tidy->used = 0;
    tidy->groups = calloc(EVENT_GROUPS, sizeof(*tidy->groups));
    return tidy->groups ? 0 : -ENOMEM;
}

static bool is_empty(const struct event_group *group, const struct events_clock *clock)
{
    for (unsigned state = 0; state < EVENT_STATES; state++)
        if (__atomic_load_n(&group->states[state], __ATOMIC_RELAXED) != 0)
            return false;
    return wheel_count(group->wheel, clock) == 0;
}

static uint32_t total_of(const struct event_group *group)
{
    return group->connects + group->accepts + group->bind_failures;
}

/* Whether the group has been empty and untouched for so long. */
static bool is_idle(struct tidy_group *known, const struct event_group *group, const struct events_clock *clock,
                    uint32_t seconds, uint32_t patience)
{
    if (total_of(group) != known->total || !is_empty(group, clock)) {
        known->total = total_of(group);
        known->idle_since = 0;
        return false;
    }
    if (known->idle_since == 0)
        known->idle_since = seconds;
    return seconds - known->idle_since >= patience;
}

void tidy_groups(struct tidy *tidy, struct events *events, struct event_owners *owners,
                 const struct events_clock *clock, int64_t now)
{
    const struct events_memory *memory = events_memory(events);
    uint32_t seconds = (uint32_t)(now / CLOCK_SECOND) + 1, used = 0;
    uint32_t patience = tidy->used > EVENT_GROUPS / 4 * 3 ? TIDY_PRESSED_SECONDS : TIDY_IDLE_SECONDS;
    for (uint32_t i = EVENT_NOWHERE + 1; i < events_group_count(events); i++) {
        const struct event_group *group = &memory->groups[i];
        struct tidy_group *known = &tidy->groups[i];
        if (!group->used)
            continue;
        used++;
        if (!is_idle(known, group, clock, seconds, patience))
            continue;
        if (known->forgotten) {
            events_reuse_group(events, i);
            event_owners_forget(owners, i);
            *known = (struct tidy_group){0};
        } else {
            /* An event that found it a moment ago may still come: it is given back at the next look only. */
            events_forget_group(events, i);
            known->forgotten = true;
        }
    }
    tidy->used = used;
}

void tidy_free(struct tidy *tidy)
{
    free(tidy->groups);
    *tidy = (struct tidy){0};
}
