/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/life.h"

#include <stdbool.h>

/* Clocks of kernel and walk may differ by so much, and a walk takes its time. */
#define SLACK_MS 1000u
/* So many walks in a row must contradict before they are believed. */
#define CONTRADICTIONS 3u

static uint32_t whole_seconds(uint32_t milliseconds)
{
    return (milliseconds + 999) / 1000 * 1000;
}

uint32_t life_ms(const struct life *life)
{
    return life->measured_ms ? life->measured_ms : LIFE_USUAL_MS;
}

/* Whether one surely entered since the walk before: it has more left than any of then can have now. Its life is then at
 * most what it has left and the time between the walks. */
static bool has_entered(const struct life *life, uint32_t longest_ms, uint32_t elapsed_ms)
{
    return longest_ms > 0 && longest_ms + elapsed_ms > life->previous_ms + SLACK_MS;
}

void life_note(struct life *life, uint32_t longest_ms, uint32_t elapsed_ms)
{
    bool entered = has_entered(life, longest_ms, elapsed_ms);
    life->previous_ms = longest_ms;
    if (longest_ms > life_ms(life)) {
        life->measured_ms = whole_seconds(longest_ms);
        life->shorter = 0;
    } else if (entered && longest_ms + elapsed_ms + SLACK_MS < life_ms(life)) {
        life->shorter_ms = life->shorter == 0 || longest_ms > life->shorter_ms ? longest_ms : life->shorter_ms;
        if (++life->shorter < CONTRADICTIONS)
            return;
        life->measured_ms = whole_seconds(life->shorter_ms);
        life->shorter = 0;
    } else if (entered) {
        life->shorter = 0;
    }
}
