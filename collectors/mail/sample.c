/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/sample.h"

#include "base/clock.h"

int64_t mail_share(int64_t deadline, size_t left)
{
    int64_t now = clock_monotonic();
    return deadline > now && left > 1 ? now + (deadline - now) / (int64_t)left : deadline;
}
