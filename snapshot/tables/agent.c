/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/tables/agent.h"

#define VALUE(name_, type_, unit_, metric_, help_)                                                                     \
    {                                                                                                                  \
        .name = name_, .kind = COLUMN_VALUE, .type = type_, .unit = unit_, .metric = metric_, .help = help_            \
    }

static const struct column agent_columns[] = {
    [AGENT_SAMPLE_TIME] = VALUE("sample_time", COLUMN_REAL, UNIT_TIMESTAMP_SECONDS, "sample_timestamp_seconds",
                                "When the values here were sampled; a scrape never samples."),
    [AGENT_SAMPLE_INTERVAL] = VALUE("sample_interval", COLUMN_REAL, UNIT_SECONDS, "sample_interval_seconds",
                                    "Time between samples in force."),
    [AGENT_SAMPLES] = VALUE("samples", COLUMN_COUNTER, UNIT_NONE, "samples_total", "Samples published."),
    [AGENT_RELOAD_SUCCESSFUL] =
        VALUE("reload_successful", COLUMN_BOOLEAN, UNIT_NONE, "config_last_reload_successful",
              "1 if the configuration was read without error the last time, 0 if the one before is still in force."),
    [AGENT_HTTP_REQUESTS] =
        VALUE("http_requests", COLUMN_COUNTER, UNIT_NONE, "http_requests_total", "HTTP requests answered."),
    [AGENT_SNMP_CONNECTED] =
        VALUE("snmp_connected", COLUMN_BOOLEAN, UNIT_NONE, "snmp_connected",
              "1 while the SNMP master asks the agent, or the agent is its own; absent where SNMP is off."),
    [AGENT_SNMP_REGISTRATION_FAILURES] = VALUE(
        "snmp_registration_failures", COLUMN_COUNTER, UNIT_NONE, "snmp_registration_failures_total",
        "Times that the SNMP master refused the MIB, as it does while another agent serves it, or did not answer."),
    [AGENT_SNMP_NOTIFICATIONS] =
        VALUE("snmp_notifications", COLUMN_COUNTER, UNIT_NONE, "snmp_notifications_total",
              "SNMP notifications that the master has acknowledged; standalone: that were sent."),
    [AGENT_SNMP_NOTIFICATIONS_WAITING] =
        VALUE("snmp_notifications_waiting", COLUMN_GAUGE, UNIT_NONE, "snmp_notifications_waiting",
              "SNMP notifications that wait to be sent or acknowledged."),
    [AGENT_SNMP_NOTIFICATIONS_LOST] = VALUE(
        "snmp_notifications_lost", COLUMN_COUNTER, UNIT_NONE, "snmp_notifications_lost_total",
        "SNMP notifications that did not go out: too many waited, a master died with one twice or refused it, or a "
        "receiver cannot be sent to."),
    [AGENT_CPU] =
        VALUE("cpu", COLUMN_REAL, UNIT_SECONDS, "process_cpu_seconds_total", "CPU time of the agent, user and system."),
    [AGENT_RESIDENT_MEMORY] = VALUE("resident_memory", COLUMN_GAUGE, UNIT_BYTES, "process_resident_memory_bytes",
                                    "Resident memory of the agent."),
    [AGENT_VIRTUAL_MEMORY] = VALUE("virtual_memory", COLUMN_GAUGE, UNIT_BYTES, "process_virtual_memory_bytes",
                                   "Virtual memory of the agent."),
    [AGENT_OPEN_FDS] =
        VALUE("open_fds", COLUMN_GAUGE, UNIT_NONE, "process_open_fds", "Open file descriptors of the agent."),
    [AGENT_MAX_FDS] =
        VALUE("max_fds", COLUMN_GAUGE, UNIT_NONE, "process_max_fds", "Most file descriptors that the agent may open."),
    [AGENT_START_TIME] = VALUE("start_time", COLUMN_REAL, UNIT_TIMESTAMP_SECONDS, "process_start_time_seconds",
                               "When the agent started."),
};

const struct table table_agent = {
    .name = "agent",
    .help = "The agent itself",
    .columns = agent_columns,
    .column_count = COLUMN_COUNT(agent_columns),
    .not_in_mib = "scalars of the MIB carry what an NMS needs of it",
};

static const char *const failure_words[] = {"memory", "late", "internal", NULL};

static const struct column failure_columns[] = {
    [FAILURES_REASON] = {.name = "reason",
                         .kind = COLUMN_KEY,
                         .type = COLUMN_WORD,
                         .words = failure_words,
                         .help =
                             "Why: memory was short, the sample took longer than its interval, a defect of the agent."},
    [FAILURES_SAMPLES] = {.name = "samples_failed",
                          .kind = COLUMN_VALUE,
                          .type = COLUMN_COUNTER,
                          .metric = "samples_failed_total",
                          .help = "Samples that went wrong. After memory and internal the one before stays served; a "
                                  "late one was published, and the next one waits."},
};

const struct table table_failures = {
    .name = "failures",
    .help = "Samples that went wrong",
    .columns = failure_columns,
    .column_count = COLUMN_COUNT(failure_columns),
    .not_in_mib = "an NMS watches chokepointSampleSequence",
};

static const struct column series_columns[] = {
    [SERIES_TABLE] =
        {.name = "table", .kind = COLUMN_KEY, .type = COLUMN_TEXT, .bound = 32, .help = "Name of the table."},
    [SERIES_SERIES] = VALUE("series", COLUMN_GAUGE, UNIT_NONE, "series", "Series that the table shows."),
    [SERIES_ROWS_FOLDED] = VALUE("rows_folded", COLUMN_COUNTER, UNIT_NONE, "rows_folded_total",
                                 "Rows that were not shown but counted in the row `other`, over all samples."),
};

const struct table table_series = {
    .name = "series",
    .help = "How many series each table shows, and how many rows it folded",
    .columns = series_columns,
    .column_count = COLUMN_COUNT(series_columns),
    .not_in_mib = "about the Prometheus text only",
};

static const struct column build_columns[] = {
    [BUILD_VERSION] = {.name = "version", .kind = COLUMN_KEY, .type = COLUMN_TEXT, .bound = 32, .help = "Version."},
    [BUILD_REVISION] = {.name = "revision", .kind = COLUMN_KEY, .type = COLUMN_TEXT, .bound = 48, .help = "Commit."},
    [BUILD_INFO] =
        VALUE("build_info", COLUMN_GAUGE, UNIT_NONE, "build_info", "Version and revision of the agent; always 1."),
};

const struct table table_build = {
    .name = "build",
    .help = "What was built",
    .columns = build_columns,
    .column_count = COLUMN_COUNT(build_columns),
    .not_in_mib = "chokepointVersion carries it",
};
