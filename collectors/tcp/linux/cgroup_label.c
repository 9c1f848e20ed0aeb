/* SPDX-License-Identifier: Apache-2.0
 * The spelling of units: pure text. systemd names are described in man 5 systemd.unit and systemd-run(1); container
 * engines append the container's 64 hex digits. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "collectors/tcp/linux/cgroups.h"

#define CONTAINER_DIGITS 64u
#define SHOWN_DIGITS     12

/* What stands before the digits of a container's scope, or is the directory above it. */
static const struct {
    const char *prefix;
    const char *engine;
} engines[] = {
    {"docker-", "docker"}, {"libpod-", "podman"},  {"cri-containerd-", "containerd"},
    {"crio-", "crio"},     {"/docker/", "docker"}, {"/libpod/", "podman"},
    {"/kubepods", "pod"},  {"/lxc/", "lxc"},
};

static bool ends_with(const char *text, size_t length, const char *suffix)
{
    size_t size = strlen(suffix);
    return length > size && memcmp(text + length - size, suffix, size) == 0;
}

/* Where 64 hex digits in a row begin; NULL if nowhere. */
static const char *container_digits(const char *part, size_t length)
{
    size_t run = 0;
    for (size_t i = 0; i < length; i++) {
        run = isxdigit((unsigned char)part[i]) ? run + 1 : 0;
        if (run == CONTAINER_DIGITS)
            return part + i + 1 - run;
    }
    return NULL;
}

static const char *engine_of(const char *path)
{
    for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++)
        if (strstr(path, engines[i].prefix))
            return engines[i].engine;
    return "container";
}

/* session-12.scope and run-u7.service come anew each time: their numbers would make a series each. */
static bool is_transient(const char *part, size_t length, const char **ret_label)
{
    static const struct {
        const char *prefix, *suffix, *label;
    } kinds[] = {
        {"session-", ".scope", "session.scope"},
        {"run-", ".service", "run.service"},
        {"run-", ".scope", "run.scope"},
    };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strncmp(part, kinds[i].prefix, strlen(kinds[i].prefix)) == 0 && ends_with(part, length, kinds[i].suffix)) {
            *ret_label = kinds[i].label;
            return true;
        }
    }
    return false;
}

static void label_part(char *label, size_t size, const char *path, const char *part, size_t length)
{
    const char *digits = container_digits(part, length), *transient;
    if (digits)
        (void)snprintf(label, size, "%s:%.*s", engine_of(path), SHOWN_DIGITS, digits);
    else if (is_transient(part, length, &transient))
        (void)snprintf(label, size, "%s", transient);
    else if (ends_with(part, length, ".service") || ends_with(part, length, ".scope"))
        (void)snprintf(label, size, "%.*s", (int)length, part);
}

void cgroups_label(char *label, size_t size, const char *path)
{
    label[0] = '\0';
    for (const char *part = path; *part;) {
        while (*part == '/')
            part++;
        size_t length = strcspn(part, "/");
        if (length > 0)
            label_part(label, size, path, part, length);
        part += length;
    }
}
