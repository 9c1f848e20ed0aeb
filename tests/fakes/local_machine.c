/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fakes/local_machine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "collectors/windows/local_machine.h"

#define MOST 32u

static struct {
    const char *path, *name;
    struct local_machine_value value;
} values[MOST];
static unsigned count;
static int failure;

static struct local_machine_value *add(const char *path, const char *name)
{
    if (count == MOST)
        abort();
    values[count].path = path;
    values[count].name = name;
    return &values[count++].value;
}

void fake_local_machine_number(const char *path, const char *name, uint32_t number)
{
    *add(path, name) =
        (struct local_machine_value){.type = LOCAL_MACHINE_DWORD, .length = 4, .content = {.number = number}};
}

void fake_local_machine_text(const char *path, const char *name, unsigned type, const char *text)
{
    struct local_machine_value *value = add(path, name);
    *value = (struct local_machine_value){.type = type, .length = 2 * (strlen(text) + 1)};
    (void)snprintf(value->content.text, sizeof(value->content.text), "%s", text);
}

void fake_local_machine_fail(int error)
{
    failure = error;
}

void fake_local_machine_clear(void)
{
    count = 0;
    failure = 0;
}

int local_machine_read(const char *path, const char *name, struct local_machine_value *ret_value)
{
    if (failure < 0)
        return failure;
    for (unsigned i = count; i > 0; i--) {
        if (strcasecmp(values[i - 1].path, path) == 0 && strcasecmp(values[i - 1].name, name) == 0) {
            *ret_value = values[i - 1].value;
            return 0;
        }
    }
    return -ENOENT;
}
