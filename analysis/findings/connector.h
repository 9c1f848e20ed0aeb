/* SPDX-License-Identifier: Apache-2.0
 * Advice as commands for an Exchange receive connector, with what takes them back. */
#ifndef CHOKEPOINT_ANALYSIS_FINDINGS_CONNECTOR_H
#define CHOKEPOINT_ANALYSIS_FINDINGS_CONNECTOR_H

#include "analysis/findings/finding.h"

/* One of a server's connectors; scope as mail_limits has it, "receive_connector:NAME". */
struct connector {
    const struct builder *builder;
    const char *server;
    const char *scope;
};

/* Writes remedy and undo: this setting, as the cmdlet calls it, from one value to another. */
void connector_set(const struct connector *connector, const char *name, const char *wanted, const char *now,
                   struct finding *finding);

/* Writes remedy and undo: more connections in all. */
void connector_raise_total(const struct connector *connector, double wanted, struct finding *finding);

/* Writes remedy and undo: a greater share for one source, and no fixed number. */
void connector_raise_source(const struct connector *connector, struct finding *finding);

#endif
