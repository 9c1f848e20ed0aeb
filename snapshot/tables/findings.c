/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/tables/findings.h"

#include "snapshot/tables/mail_queues.h"
#include "snapshot/tables/tcp_internal.h"
#include "snapshot/tables/tcp_sockets.h"

const char *const finding_severity_words[] = {"info", "warning", "critical", NULL};
static const unsigned severity_numbers[] = {0, 1, 2};

#define TEXT_KEY(name_, bound_, mib_, fold_, help_)                                                                    \
    {                                                                                                                  \
        .name = name_, .kind = COLUMN_KEY, .type = COLUMN_TEXT, .fold = fold_, .bound = bound_, .mib = mib_,           \
        .help = help_                                                                                                  \
    }
#define NOTE(name_, mib_, help_)                                                                                       \
    {                                                                                                                  \
        .name = name_, .kind = COLUMN_NOTE, .type = COLUMN_TEXT, .mib = mib_, .help = help_                            \
    }

static const struct column columns[] = {
    [FINDINGS_FINDING] = TEXT_KEY("finding", FINDING_NAME_BOUND, 1, FOLD_OTHER,
                                  "Name of the finding; docs/runbooks has a page of that name."),
    [FINDINGS_SUBJECT] =
        TEXT_KEY("subject", FINDING_SUBJECT_BOUND, 2, FOLD_ABSENT, "What it is about, stable and without numbers."),
    [FINDINGS_NETNS] =
        TEXT_KEY("netns", TCP_NETNS_BOUND, 3, FOLD_ABSENT, "Network namespace; empty for the agent's own."),
    [FINDINGS_DESTINATION] = {.name = "destination",
                              .kind = COLUMN_KEY,
                              .type = COLUMN_ENDPOINT,
                              .bound = TCP_ENDPOINT_BOUND,
                              .mib = 5,
                              .help = "Destination that it is about."},
    [FINDINGS_PROCESS] = TEXT_KEY("process", TCP_PROCESS_BOUND, 7, FOLD_ABSENT, "The culprit: process."),
    [FINDINGS_UNIT] = TEXT_KEY("unit", TCP_UNIT_BOUND, 8, FOLD_ABSENT, "The culprit: unit or container."),
    [FINDINGS_MTA] = {.name = "mta",
                      .kind = COLUMN_KEY,
                      .type = COLUMN_WORD,
                      .words = mail_mta_words,
                      .mib = 9,
                      .help = "The culprit: kind of mail server."},
    [FINDINGS_SERVER] = TEXT_KEY("server", MAIL_SERVER_BOUND, 10, FOLD_ABSENT, "The culprit: mail server."),
    [FINDINGS_QUEUE] = TEXT_KEY("queue", 48, 11, FOLD_ABSENT, "The culprit: mail queue."),
    [FINDINGS_PEER] = {.name = "peer",
                       .kind = COLUMN_KEY,
                       .type = COLUMN_ADDRESS,
                       .bound = TCP_ADDRESS_BOUND,
                       .mib = 13,
                       .help = "The culprit: peer."},
    [FINDINGS_SEVERITY] = {.name = "severity",
                           .kind = COLUMN_VALUE,
                           .type = COLUMN_WORD,
                           .words = finding_severity_words,
                           .numbers = severity_numbers,
                           .fold = FOLD_MAX,
                           .metric = "finding_severity",
                           .mib = 14,
                           .help = "How bad a finding is, while it stands: 0 info, 1 warning, 2 critical."},
    [FINDINGS_SENTENCE] = NOTE("sentence", 15, "What is wrong, in one sentence, with the numbers."),
    [FINDINGS_CURE] = NOTE("cure", 0, "What to change in the application, before any setting."),
    [FINDINGS_REMEDY] = NOTE("remedy", 16, "Command that helps."),
    [FINDINGS_UNDO] = NOTE("undo", 17, "Command that takes it back."),
    [FINDINGS_CAVEAT] = NOTE("caveat", 18, "What to heed before."),
    [FINDINGS_EFFECT] = NOTE("effect", 19, "What the remedy would change, where it can be computed."),
    [FINDINGS_SINCE] = NOTE("since", 0, "When it was raised, in UTC."),
};

const struct table table_findings = {
    .name = "findings",
    .help = "What is about to choke, who does it, towards where, and what to do",
    .columns = columns,
    .column_count = COLUMN_COUNT(columns),
    .bound = {.max_rows = 100, .rank_by = FINDINGS_SEVERITY},
    .indexed_by_row = true,
    .mib = 10,
};

static const struct column count_columns[] = {
    [FINDING_COUNTS_SEVERITY] = {.name = "severity",
                                 .kind = COLUMN_KEY,
                                 .type = COLUMN_WORD,
                                 .words = finding_severity_words,
                                 .help = "info, warning or critical."},
    [FINDING_COUNTS_FINDINGS] = {.name = "findings",
                                 .kind = COLUMN_VALUE,
                                 .type = COLUMN_GAUGE,
                                 .metric = "findings",
                                 .help = "Findings that stand, also those that are folded; always present."},
};

const struct table table_finding_counts = {
    .name = "finding_counts",
    .help = "How many findings stand",
    .columns = count_columns,
    .column_count = COLUMN_COUNT(count_columns),
    .not_in_mib = "the scalars chokepointWarnings and chokepointCriticals carry it",
};

static const struct column threshold_columns[] = {
    [FINDING_THRESHOLDS_FINDING] =
        TEXT_KEY("finding", FINDING_NAME_BOUND, 0, FOLD_OTHER, "Name of the finding; one that is off has no row."),
    [FINDING_THRESHOLDS_LEVEL] =
        TEXT_KEY("level", FINDING_MEMORY_BOUND, 0, FOLD_ABSENT, "Name of the threshold, as in the configuration."),
    [FINDING_THRESHOLDS_VALUE] = {.name = "value",
                                  .kind = COLUMN_VALUE,
                                  .type = COLUMN_REAL,
                                  .metric = "finding_threshold",
                                  .help = "Threshold in force; durations in seconds."},
};

const struct table table_finding_thresholds = {
    .name = "finding_thresholds",
    .help = "The thresholds that findings use, for alert rules",
    .columns = threshold_columns,
    .column_count = COLUMN_COUNT(threshold_columns),
    .not_in_mib = "for alert rules on Prometheus' side",
};

#define SECONDS(name_, help_)                                                                                          \
    {                                                                                                                  \
        .name = name_, .kind = COLUMN_VALUE, .type = COLUMN_REAL, .unit = UNIT_SECONDS, .help = help_                  \
    }
#define REMEMBERED(name_, help_)                                                                                       \
    {                                                                                                                  \
        .name = name_, .kind = COLUMN_VALUE, .type = COLUMN_REAL, .help = help_                                        \
    }

static const struct column memory_columns[] = {
    [FINDING_MEMORY_FINDING] = TEXT_KEY("finding", FINDING_NAME_BOUND, 0, FOLD_OTHER, "Name of the finding."),
    [FINDING_MEMORY_SUBJECT] =
        TEXT_KEY("subject", FINDING_SUBJECT_BOUND, 0, FOLD_ABSENT, "What it is about, stable and without numbers."),
    [FINDING_MEMORY_NETNS] =
        TEXT_KEY("netns", TCP_NETNS_BOUND, 0, FOLD_ABSENT, "Network namespace; empty for the agent's own."),
    [FINDING_MEMORY_NAME] =
        TEXT_KEY("name", FINDING_MEMORY_BOUND, 0, FOLD_ABSENT, "The condition, or the value that is followed."),
    [FINDING_MEMORY_HELD] = SECONDS("held", "How long the condition has held; absent when it does not."),
    [FINDING_MEMORY_STANDS] = {.name = "stands",
                               .kind = COLUMN_VALUE,
                               .type = COLUMN_BOOLEAN,
                               .help = "1 once it has held for as long as it must: the finding stands."},
    [FINDING_MEMORY_LAPSED] = SECONDS("lapsed", "How long the condition has been over while the finding stands."),
    [FINDING_MEMORY_LAST] = REMEMBERED("last", "Value in this sample."),
    [FINDING_MEMORY_REFERENCE] = REMEMBERED("reference", "Value that it is compared with."),
    [FINDING_MEMORY_REFERENCE_AGE] = SECONDS("reference_age", "How old that value is."),
    [FINDING_MEMORY_NEXT] = REMEMBERED("next", "Value that it will be compared with next."),
};

const struct table table_finding_memory = {
    .name = "finding_memory",
    .help = "What findings remember from one sample to the next: conditions that hold, values that are followed",
    .columns = memory_columns,
    .column_count = COLUMN_COUNT(memory_columns),
    .not_in_mib = "it explains a finding that is about to be raised or cleared; JSON and the page have it",
};
