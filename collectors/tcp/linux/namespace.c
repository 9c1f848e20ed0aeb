/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/namespace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"

#define SYSCTL_LIMIT 65536u

struct namespace *namespace_new(uint64_t inode, const char *name, const char *path)
{
    struct namespace *namespace = calloc(1, sizeof(*namespace));
    if (!namespace)
        return NULL;
    namespace->inode = inode;
    (void)snprintf(namespace->name, sizeof(namespace->name), "%s", name);
    (void)snprintf(namespace->path, sizeof(namespace->path), "%s", path);
    return namespace;
}

void namespace_forget_owners(struct namespace *namespace)
{
    listeners_free(&namespace->listeners);
    history_free(&namespace->history);
}

void namespace_free(struct namespace *namespace)
{
    if (!namespace)
        return;
    namespace_forget_owners(namespace);
    free(namespace);
}

/* Reads a sysctl below net/ipv4 into the buffer; NULL if it cannot be read. */
static const char *read_sysctl(struct kept_files *procfs, struct text *buffer, const char *name, int *ret_error)
{
    text_clear(buffer);
    int error = kept_files_read(procfs, "sys/net/ipv4", name, SYSCTL_LIMIT, buffer);
    *ret_error = error;
    return error < 0 || !buffer->data ? NULL : parse_trim(buffer->data);
}

static int read_range(struct kept_files *procfs, struct text *buffer, struct port_range *ret_range)
{
    char bounds[64];
    int error;
    const char *text = read_sysctl(procfs, buffer, "ip_local_port_range", &error);
    if (!text)
        return error < 0 ? error : -EINVAL;
    if (snprintf(bounds, sizeof(bounds), "%s", text) >= (int)sizeof(bounds))
        return -EINVAL;
    const char *reserved = read_sysctl(procfs, buffer, "ip_local_reserved_ports", &error);
    if (error < 0 && error != -ENOENT)
        return error;
    return port_range_parse(ret_range, bounds, reserved ? reserved : "");
}

static bool sysctl_is(struct kept_files *procfs, struct text *buffer, const char *name, const char *value)
{
    int error;
    const char *text = read_sysctl(procfs, buffer, name, &error);
    return text && strcmp(text, value) == 0;
}

/* net/ipv4/tcp_ipv4.c, tcp_twsk_unique(): reuse needs timestamps on both ends; 2, the default, is for loopback only. */
static enum tcp_reuse read_reuse(struct kept_files *procfs, struct text *buffer)
{
    if (sysctl_is(procfs, buffer, "tcp_timestamps", "0"))
        return TCP_REUSE_NEVER;
    int error;
    const char *reuse = read_sysctl(procfs, buffer, "tcp_tw_reuse", &error);
    if (reuse && strcmp(reuse, "1") == 0)
        return TCP_REUSE_ALWAYS;
    return reuse && strcmp(reuse, "2") == 0 ? TCP_REUSE_LOOPBACK : TCP_REUSE_NEVER;
}

int namespace_read_settings(struct kept_files *procfs, struct text *buffer, struct namespace_settings *ret_settings)
{
    int error = read_range(procfs, buffer, &ret_settings->range);
    if (error == 0)
        ret_settings->reuse = read_reuse(procfs, buffer);
    return error;
}
