/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fakes/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/windows/command.h"

#define MOST 32u

static struct {
    const char *part, *output;
    int error;
} programs[MOST];
static unsigned count, runs;

void fake_command_set(const char *part, const char *output, int error)
{
    if (count == MOST)
        abort();
    programs[count].part = part;
    programs[count].output = output;
    programs[count].error = error;
    count++;
}

void fake_command_clear(void)
{
    count = runs = 0;
}

unsigned fake_command_runs(void)
{
    return runs;
}

int command_run(const char *program, const char *arguments, struct text *output)
{
    (void)program;
    runs++;
    for (unsigned i = count; i > 0; i--) {
        if (!strstr(arguments, programs[i - 1].part))
            continue;
        if (programs[i - 1].error == 0)
            text_string(output, programs[i - 1].output);
        return programs[i - 1].error;
    }
    return -ENOENT;
}
