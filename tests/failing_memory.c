/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/failing_memory.h"

#include <stdatomic.h>
#include <stddef.h>

/* The linker puts these in front of the real ones. */
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);

static atomic_ulong allocations, fail_at; /* fail_at 0: none fails, none is counted */
static atomic_bool for_good;

static void arm(unsigned long number, bool stays)
{
    atomic_store(&allocations, 0);
    atomic_store(&for_good, stays);
    atomic_store(&fail_at, number);
}

void failing_memory_arm(unsigned long number)
{
    arm(number, false);
}

void failing_memory_arm_for_good(unsigned long number)
{
    arm(number, true);
}

bool failing_memory_disarm(void)
{
    unsigned long number = atomic_exchange(&fail_at, 0);
    return number > 0 && atomic_load(&allocations) >= number;
}

bool failing_memory_strikes(void)
{
    unsigned long number = atomic_load(&fail_at);
    if (number == 0)
        return false;
    unsigned long count = atomic_fetch_add(&allocations, 1) + 1;
    return count == number || (count > number && atomic_load(&for_good));
}

void *__wrap_malloc(size_t size)
{
    return failing_memory_strikes() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return failing_memory_strikes() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return failing_memory_strikes() ? NULL : __real_realloc(memory, size);
}
