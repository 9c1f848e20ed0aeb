/* SPDX-License-Identifier: Apache-2.0
 * Where the messages of a queue are bound for, as far as they were read (mail.content). */
#ifndef CHOKEPOINT_ANALYSIS_FINDINGS_NEXT_HOP_H
#define CHOKEPOINT_ANALYSIS_FINDINGS_NEXT_HOP_H

#include "analysis/findings/mail_case.h"

/* One domain of one queue, over all reasons of waiting. Texts live with the builder. */
struct next_hop {
    const char *domain; /* "" where none is known */
    uint64_t messages;
    const char *reason; /* what most of these were told; "" where nothing is known */
};

/* The domain that most messages of the queue are for. */
struct next_hop next_hop_of(const struct findings *findings, const struct mail_case *mail);

/* Whether an answer of the other side, as an enhanced status code (RFC 3463) and the text of the reply, says that we
 * send too much at a time: not that it does not know us yet (greylisting), nor that it is out of order. */
bool next_hop_throttles(const char *dsn, const char *reason);

#endif
