/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/windows/lives.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    uint16_t one = *(const uint16_t *)a, two = *(const uint16_t *)b;
    return (one > two) - (one < two);
}

void lives_note(struct lives *lives, uint32_t milliseconds)
{
    uint32_t seconds = (milliseconds + 500) / 1000;
    lives->seconds[lives->next] = (uint16_t)(seconds < UINT16_MAX ? seconds : UINT16_MAX);
    lives->next = (lives->next + 1) % LIVES_KEPT;
    if (lives->count < LIVES_KEPT)
        lives->count++;
}

uint32_t lives_measured(const struct lives *lives)
{
    uint16_t sorted[LIVES_KEPT];
    if (lives->count < LIVES_NEEDED)
        return 0;
    memcpy(sorted, lives->seconds, lives->count * sizeof(sorted[0]));
    qsort(sorted, lives->count, sizeof(sorted[0]), compare);
    return sorted[lives->count / 2] * 1000u;
}
