/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/runbooks.h"

#include <stddef.h>
#include <string.h>

const char *runbooks_find(const char *name)
{
    for (const struct runbook *runbook = runbooks; runbook->name; runbook++) {
        size_t length = strlen(runbook->name);
        if (strncmp(name, runbook->name, length) == 0 && (!name[length] || strcmp(name + length, ".md") == 0))
            return runbook->text;
    }
    return NULL;
}

void runbooks_list(struct text *text)
{
    for (const struct runbook *runbook = runbooks; runbook->name; runbook++)
        text_format(text, "/runbooks/%s\n", runbook->name);
}
