/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/check/performance.h"

#include <math.h>
#include <string.h>

#include "exporter/verdict.h"
#include "snapshot/tables/conntrack.h"
#include "snapshot/tables/findings.h"
#include "snapshot/tables/mail_queues.h"
#include "snapshot/tables/port_use.h"

/* One figure: the greatest value of a column, and where its thresholds are. */
struct figure {
    const char *label;
    const struct table *table;
    unsigned column;
    const char *unit;
    double scale;
    const char *finding;
    const char *warning; /* names of thresholds; NULL: none */
    const char *critical;
};

static const struct figure figures[] = {
    {"ports", &table_port_use, PORT_USE_RATIO, "%", 100, "ephemeral_ports_filling", "cliff", "ratio_critical"},
    {"demand", &table_port_use, PORT_USE_DEMAND, "%", 100, "ephemeral_ports_filling", "demand_warning",
     "demand_critical"},
    {"pool", &table_port_pools, PORT_POOLS_RATIO, "%", 100, "ephemeral_pool_filling", "warning", "critical"},
    {"mail_messages", &table_mail_queues, MAIL_QUEUES_MESSAGES, "", 1, NULL, NULL, NULL},
    {"mail_oldest", &table_mail_queues, MAIL_QUEUES_OLDEST_AGE, "s", 1, NULL, NULL, NULL},
    {"conntrack", &table_conntrack, CONNTRACK_ENTRIES, "", 1, NULL, NULL, NULL},
};

static double greatest(const struct snapshot *snapshot, const struct figure *figure)
{
    double value = NAN;
    for (size_t row = 0; row < snapshot_row_count(snapshot, figure->table); row++)
        if (snapshot_has(snapshot, figure->table, row, figure->column))
            value = fmax(value, snapshot_real(snapshot, figure->table, row, figure->column));
    return value;
}

static void write_threshold(const struct snapshot *snapshot, const struct figure *figure, const char *level,
                            struct text *text)
{
    const struct table *table = &table_finding_thresholds;
    text_string(text, ";");
    for (size_t row = 0; level && row < snapshot_row_count(snapshot, table); row++)
        if (strcmp(snapshot_text(snapshot, table, row, FINDING_THRESHOLDS_FINDING), figure->finding) == 0 &&
            strcmp(snapshot_text(snapshot, table, row, FINDING_THRESHOLDS_LEVEL), level) == 0)
            text_real(text, snapshot_real(snapshot, table, row, FINDING_THRESHOLDS_VALUE) * figure->scale);
}

static void write_figure(const struct snapshot *snapshot, const struct figure *figure, struct text *text)
{
    double value = greatest(snapshot, figure);
    if (isnan(value))
        return;
    text_format(text, "%s=%.2f%s", figure->label, value * figure->scale, figure->unit);
    write_threshold(snapshot, figure, figure->warning, text);
    write_threshold(snapshot, figure, figure->critical, text);
    text_string(text, ";0; ");
}

void performance_write(const struct snapshot *snapshot, struct text *text)
{
    for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
        write_figure(snapshot, &figures[i], text);
    text_format(text, "critical=%u;;1;0; warning=%u;1;;0;",
                (unsigned)verdict_count(snapshot, FINDING_SEVERITY_CRITICAL),
                (unsigned)verdict_count(snapshot, FINDING_SEVERITY_WARNING));
}
