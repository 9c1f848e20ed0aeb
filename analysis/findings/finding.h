/* SPDX-License-Identifier: Apache-2.0
 * What a finding is made of. One file a finding declares a rule: its name, its options, and a function that looks at
 * the tables, weighs conditions for each subject, and says what is wrong where one stands. */
#ifndef CHOKEPOINT_ANALYSIS_FINDINGS_FINDING_H
#define CHOKEPOINT_ANALYSIS_FINDINGS_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/option.h"
#include "base/text.h"
#include "snapshot/builder.h"
#include "snapshot/tables/findings.h"
#include "snapshot/tables/mail_queues.h"

/* One sample's findings in the making. */
struct findings;

/* Every rule's options begin with this. */
struct finding_common {
    bool enabled;
    int64_t clear; /* nanoseconds that everything must be over before the finding is cleared */
};

struct finding_rule {
    const char *name; /* snake_case; the runbook's name and, in CamelCase, the alert's */
    const char *help; /* what it means, one sentence */
    enum finding_severity most;
    const struct option *options; /* of a struct that begins with struct finding_common; ended by OPTION_END */
    size_t options_size;
    void (*evaluate)(struct findings *findings, const void *options);
};

/* Every rule, NULL-ended, the most urgent first. */
extern const struct finding_rule *const finding_rules[];

/* Severities by one more, so that 0 is none. */
enum finding_level { FINDING_NONE, FINDING_INFO, FINDING_WARNING, FINDING_CRITICAL };

/* Hold times. A condition with FINDING_TWO_SAMPLES must be true in two samples in a row. */
#define FINDING_AT_ONCE     INT64_C(0)
#define FINDING_TWO_SAMPLES INT64_C(1)

/* One reason for a finding. It stands once `now` has been true for `hold` nanoseconds, and from then on until `still`,
 * which is laxer, has been false for the rule's clear time. */
struct finding_condition {
    const char *name; /* what the memory calls it; unique in the rule */
    enum finding_level level;
    bool now;
    bool still;
    int64_t hold;
};

/* What to say. Texts keep their memory between findings. */
struct finding {
    const char *subject; /* the same in every sample, and without numbers */
    const char *netns;
    const char *destination;
    const char *process;
    const char *unit;
    const char *server;
    const char *queue;
    const char *peer;
    bool has_mta;
    enum mail_mta mta;
    struct text sentence;
    struct text cure;
    struct text remedy;
    struct text undo;
    struct text caveat;
    struct text effect;
};

/* How a followed value went. seconds is 0 while there is nothing to compare with. */
struct finding_trend {
    double change;
    double seconds;
};

/* The builder, to read tables from. */
const struct builder *findings_builder(const struct findings *findings);

/* Seconds since the sample before, at most three intervals; 0 in the first one. */
double findings_elapsed(const struct findings *findings);

/* Weighs the conditions of one subject and remembers them. Returns the worst level that stands, FINDING_NONE if none.
 */
enum finding_level findings_weigh(struct findings *findings, const char *subject, const char *netns,
                                  const struct finding_condition *conditions, size_t count);

/* How much a counter grew since the sample before; 0 in the first one and when it was reset. */
double findings_growth(struct findings *findings, const char *subject, const char *netns, const char *name,
                       double value);

/* The same of a counter that began at zero with what it counts: in the sample in which it is new it grew by all of it.
 */
double findings_growth_of_new(struct findings *findings, const char *subject, const char *netns, const char *name,
                              double value);

/* Follows a value: its change over half to all of the window (nanoseconds), or over less at the beginning. */
struct finding_trend findings_follow(struct findings *findings, const char *subject, const char *netns,
                                     const char *name, double value, int64_t window);

/* Whether a value fell by more than this share below the most that it was since it last did: what is given back now and
 * then does not leak. */
bool findings_fell(struct findings *findings, const char *subject, const char *netns, const char *name, double value,
                   double share);

/* Seconds since `now` was true the last time: 0 when it is, INFINITY when it never was. */
double findings_seconds_since(struct findings *findings, const char *subject, const char *netns, const char *name,
                              bool now);

/* An empty finding to fill in. Valid until the next call. */
struct finding *findings_draft(struct findings *findings);

/* Puts the finding at this level; its subject and netns are those that were weighed. */
void findings_raise(struct findings *findings, enum finding_level level, const struct finding *finding);

/* Makes the sample fail: a rule is short of memory. */
void findings_fail(struct findings *findings, int error);

/* Who was named when this subject's finding was put in the sample before; "" where nobody was. Borrowed. */
const char *findings_named_process(const struct findings *findings, const char *subject, const char *netns);

/* Declares options of `struct owner` in rules. Every rule has FINDING_CLEAR. */
#define FINDING_CLEAR(owner, fallback_)                                                                                \
    {                                                                                                                  \
        .name = "clear", .type = OPTION_DURATION, .offset = offsetof(struct owner, common.clear),                      \
        .fallback = fallback_, .maximum = 604800, .help = "how long it must be over before it is cleared"              \
    }
#define FINDING_DURATION(owner, member, fallback_, help_)                                                              \
    {                                                                                                                  \
        .name = #member, .type = OPTION_DURATION, .offset = offsetof(struct owner, member), .fallback = fallback_,     \
        .maximum = 31536000, .help = help_                                                                             \
    }
#define FINDING_REAL(owner, member, fallback_, maximum_, help_)                                                        \
    {                                                                                                                  \
        .name = #member, .type = OPTION_REAL, .offset = offsetof(struct owner, member), .fallback = fallback_,         \
        .maximum = maximum_, .help = help_                                                                             \
    }
#define FINDING_COUNT(owner, member, fallback_, help_)                                                                 \
    {                                                                                                                  \
        .name = #member, .type = OPTION_COUNT, .offset = offsetof(struct owner, member), .fallback = fallback_,        \
        .maximum = 1e9, .help = help_                                                                                  \
    }

#endif
