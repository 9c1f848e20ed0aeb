/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/events/wheel.h"

struct slot {
    uint32_t turn;
    uint32_t count;
};

uint32_t wheel_now(const struct events_clock *clock)
{
    return (uint32_t)(clock->ticks >> clock->shift);
}

uint32_t wheel_end(const struct events_clock *clock, uint32_t left_ms)
{
    uint64_t left = (uint64_t)left_ms * clock->ticks_per_second / 1000;
    return (uint32_t)((clock->ticks + left) >> clock->shift) + 1;
}

/* A count below zero (taken away before it was put there, for an instant) is none. */
static struct slot read_slot(const __u64 *wheel, unsigned position)
{
    uint64_t value = __atomic_load_n(&wheel[position], __ATOMIC_RELAXED);
    uint32_t biased = (uint32_t)value;
    return (struct slot){(uint32_t)(value >> 32), biased > EVENT_BIAS ? biased - EVENT_BIAS : 0};
}

static bool stands(struct slot slot, uint32_t now)
{
    return (int32_t)(slot.turn - now) > 0 && slot.count > 0;
}

uint32_t wheel_count(const __u64 *wheel, const struct events_clock *clock)
{
    uint32_t now = wheel_now(clock), sum = 0;
    for (unsigned i = 0; i < EVENT_WHEEL; i++) {
        struct slot slot = read_slot(wheel, i);
        sum += stands(slot, now) ? slot.count : 0;
    }
    return sum;
}

static uint32_t count_of_turn(const __u64 *wheel, uint32_t turn)
{
    struct slot slot = read_slot(wheel, turn & (EVENT_WHEEL - 1));
    return slot.turn == turn ? slot.count : 0;
}

struct wheel_edge wheel_edge(const __u64 *wheel, const struct events_clock *clock, uint32_t within_ms)
{
    uint64_t within = (uint64_t)within_ms * clock->ticks_per_second / 1000;
    uint64_t grain = UINT64_C(1) << clock->shift, since = clock->ticks & (grain - 1);
    uint32_t now = wheel_now(clock);
    return (struct wheel_edge){.late = since < within ? count_of_turn(wheel, now) : 0,
                               .soon = grain - since <= within ? count_of_turn(wheel, now + 1) : 0};
}

/* The share of a turn's TIME_WAITs that began at most so many ticks ago. Those of turn T began between (T-1 << shift)
 * - life and (T << shift) - life, and not after now. */
static double share_younger(const struct events_clock *clock, uint32_t turn, double ticks)
{
    double grain = (double)(UINT64_C(1) << clock->shift), now = (double)clock->ticks;
    double ahead = (double)(int32_t)(turn - wheel_now(clock));
    double last = ((double)wheel_now(clock) + ahead) * grain - clock->life, first = last - grain;
    if (last > now)
        last = now;
    if (last <= first)
        return ticks > 0 ? 1 : 0;
    double share = (last - (now - ticks)) / (last - first);
    return share < 0 ? 0 : share > 1 ? 1 : share;
}

uint32_t wheel_younger(const __u64 *wheel, const struct events_clock *clock, uint32_t age_ms)
{
    uint32_t now = wheel_now(clock);
    double sum = 0, ticks = (double)age_ms * clock->ticks_per_second / 1000;
    for (unsigned i = 0; i < EVENT_WHEEL; i++) {
        struct slot slot = read_slot(wheel, i);
        if (stands(slot, now))
            sum += slot.count * share_younger(clock, slot.turn, ticks);
    }
    return (uint32_t)(sum + 0.5);
}

void wheel_ages(const __u64 *wheel, const struct events_clock *clock, uint32_t *ret_parts, unsigned parts)
{
    uint32_t before = 0, all = wheel_count(wheel, clock);
    uint32_t life_ms = (uint32_t)((uint64_t)clock->life * 1000 / clock->ticks_per_second);
    for (unsigned i = 0; i < parts; i++) {
        uint32_t younger = i + 1 < parts ? wheel_younger(wheel, clock, life_ms / parts * (i + 1)) : all;
        ret_parts[i] = younger - before;
        before = younger;
    }
}

void wheel_set(__u64 *wheel, uint32_t turn, uint32_t count)
{
    uint64_t value = (uint64_t)turn << 32 | (EVENT_BIAS + count);
    __atomic_store_n(&wheel[turn & (EVENT_WHEEL - 1)], value, __ATOMIC_RELAXED);
}
