/* SPDX-License-Identifier: Apache-2.0
 * Text of the kernel's files as input: counters, port ranges, cgroup paths. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/tcp/linux/cgroups.h"
#include "collectors/tcp/linux/counters.h"
#include "collectors/tcp/ports.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void read_counters(const char *text)
{
    uint64_t value;
    (void)counters_find(text, "Tcp", "ActiveOpens", &value);
    (void)counters_find(text, "TcpExt", "ListenDrops", &value);
    (void)conntrack_sum(text, "drop", &value);
}

static void read_ranges(char *text)
{
    struct port_range range = {0};
    char *reserved = strchr(text, '\n');
    if (reserved)
        *reserved++ = '\0';
    if (port_range_parse(&range, text, reserved ? reserved : "") < 0)
        return;
    assert(range.low <= range.high);
    assert(port_range_reserved(&range) <= (uint32_t)range.high - range.low + 1);
}

static void read_path(const char *text)
{
    char label[40];
    cgroups_label(label, sizeof(label), text);
    assert(strlen(label) < sizeof(label));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, bytes, size);
    text[size] = '\0';
    read_counters(text);
    read_path(text);
    read_ranges(text);
    free(text);
    return 0;
}
