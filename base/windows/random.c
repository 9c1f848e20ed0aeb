/* SPDX-License-Identifier: Apache-2.0 */
#define _CRT_RAND_S /* stdlib.h declares rand_s() */
#include "base/random.h"

#include <stdlib.h>

uint64_t random_number(void)
{
    static const char here;
    unsigned low, high;
    if (rand_s(&low) != 0 || rand_s(&high) != 0)
        return (uint64_t)(uintptr_t)&here;
    return (uint64_t)high << 32 | low;
}
