/* SPDX-License-Identifier: Apache-2.0
 * The runbooks, one page for each finding, compiled in: whoever reads an alert about a host at night can open its page
 * on that very host, which needs no way out for it. */
#ifndef CHOKEPOINT_EXPORTER_RUNBOOKS_H
#define CHOKEPOINT_EXPORTER_RUNBOOKS_H

#include "base/text.h"

struct runbook {
    const char *name; /* of the finding */
    const char *text; /* Markdown */
};

/* All of docs/runbooks, by name, ended by a name of NULL. */
extern const struct runbook runbooks[];

/* The page of this name, with or without ".md" at its end; NULL where there is none. */
const char *runbooks_find(const char *name);

/* Appends a line with the path of each page. */
void runbooks_list(struct text *text);

#endif
