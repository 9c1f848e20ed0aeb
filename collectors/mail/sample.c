/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/sample.h"

#include "base/clock.h"

int64_t mail_share(int64_t deadline, size_t left)
{
    int64_t now = clock_monotonic();
    return deadline > now && left > 1 ? now + (deadline - now) / (int64_t)left : deadline;
}

int mail_scan_content(const struct mail_sample *sample, int parent, struct queue_tree *const *trees, size_t count)
{
    struct queue_content_budget *budget = sample->content;
    int error = 0;
    if (!budget)
        return 0;
    pace_begin(&budget->pace, sample->deadline);
    for (size_t i = 0; i < count && error == 0; i++)
        error = queue_tree_scan_content(trees[i], parent, sample->workspace, budget);
    pace_end(&budget->pace);
    return error;
}
