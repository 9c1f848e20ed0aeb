/* SPDX-License-Identifier: Apache-2.0
 * The verdict: what is about to choke, who does it, towards where, and what to do about it. */
#ifndef CHOKEPOINT_SNAPSHOT_TABLES_FINDINGS_H
#define CHOKEPOINT_SNAPSHOT_TABLES_FINDINGS_H

#include "snapshot/declaration.h"

/* One row for each finding that stands. All keys beside finding, subject and netns name the culprit. */
enum {
    FINDINGS_FINDING,
    FINDINGS_SUBJECT,
    FINDINGS_NETNS,
    FINDINGS_DESTINATION,
    FINDINGS_PROCESS,
    FINDINGS_UNIT,
    FINDINGS_MTA,
    FINDINGS_SERVER,
    FINDINGS_QUEUE,
    FINDINGS_PEER,
    FINDINGS_SEVERITY, /* enum finding_severity */
    FINDINGS_SENTENCE, /* notes from here on */
    FINDINGS_CURE,     /* in the application, before any setting */
    FINDINGS_REMEDY,
    FINDINGS_UNDO,
    FINDINGS_CAVEAT,
    FINDINGS_EFFECT,
    FINDINGS_SINCE,
};

enum finding_severity { FINDING_SEVERITY_INFO, FINDING_SEVERITY_WARNING, FINDING_SEVERITY_CRITICAL };

/* The spellings of the severities, NULL-ended. */
extern const char *const finding_severity_words[];

/* How many findings of each severity stand: always three rows. */
enum { FINDING_COUNTS_SEVERITY, FINDING_COUNTS_FINDINGS };

enum { FINDING_THRESHOLDS_FINDING, FINDING_THRESHOLDS_LEVEL, FINDING_THRESHOLDS_VALUE };

/* What findings remember from one sample to the next: one row for each condition that holds, or value that is followed
 * (docs/decisions/0008). Times are spans, so that a clock that is set harms nothing. */
enum {
    FINDING_MEMORY_FINDING,
    FINDING_MEMORY_SUBJECT,
    FINDING_MEMORY_NETNS,
    FINDING_MEMORY_NAME,          /* of the condition or value */
    FINDING_MEMORY_HELD,          /* seconds that the condition has held, while it does */
    FINDING_MEMORY_STANDS,        /* 1 once it has held for long enough */
    FINDING_MEMORY_LAPSED,        /* seconds since it has been over, while it stands */
    FINDING_MEMORY_LAST,          /* the value in this sample */
    FINDING_MEMORY_REFERENCE,     /* the value some time ago */
    FINDING_MEMORY_REFERENCE_AGE, /* how long ago */
    FINDING_MEMORY_NEXT,          /* the reference after this one, half a window younger */
};

/* Octets of a finding's name, its subject and a remembered name. */
#define FINDING_NAME_BOUND    40
#define FINDING_SUBJECT_BOUND 64
#define FINDING_MEMORY_BOUND  24

extern const struct table table_findings;
extern const struct table table_finding_counts;
extern const struct table table_finding_thresholds;
extern const struct table table_finding_memory;

#endif
