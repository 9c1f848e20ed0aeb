/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/host/windows_world.h"

#include <stdio.h>
#include <stdlib.h>

#include "analysis/analyse.h"
#include "analysis/findings/findings.h"
#include "base/clock.h"

static const char version_key[] = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";

void windows_world_version(const char *version, const char *build)
{
    if (strcmp(version, "10.0") == 0) {
        fake_local_machine_number(version_key, "CurrentMajorVersionNumber", 10);
        fake_local_machine_number(version_key, "CurrentMinorVersionNumber", 0);
    }
    fake_local_machine_text(version_key, "CurrentVersion", 1, strcmp(version, "10.0") == 0 ? "6.3" : version);
    fake_local_machine_text(version_key, "CurrentBuildNumber", 1, build);
}

void windows_world_netsh(unsigned start, unsigned count, const char *autotuning)
{
    static char range[256], global[512];
    snprintf(range, sizeof(range),
             "\r\nProtocol tcp Dynamic Port Range\r\n---------------------------------\r\nStart Port      : %u\r\nNumber "
             "of Ports : %u\r\n\r\n",
             start, count);
    snprintf(global, sizeof(global),
             "Querying active state...\r\n\r\nTCP Global Parameters\r\n-----------------------------\r\n"
             "Receive-Side Scaling State          : enabled\r\nReceive Window Auto-Tuning Level    : %s\r\n"
             "Add-On Congestion Control Provider  : default\r\nECN Capability                      : disabled\r\n"
             "RFC 1323 Timestamps                 : disabled\r\n",
             autotuning);
    fake_command_set("dynamicport", range, 0);
    fake_command_set("excludedportrange",
                     "\r\nProtocol tcp Port Exclusion Ranges\r\n\r\nStart Port    End Port      \r\n"
                     "----------    --------      \r\n      5357        5357      \r\n     50000       50059     *\r\n"
                     "\r\n* - Administered port exclusions.\r\n",
                     0);
    fake_command_set("show global", global, 0);
    fake_command_set("Get-NetTCPSetting", "Automatic  \r\nInternetCustom 0 0\r\nInternet 0 0\r\n", 0);
}

static const void *defaults(struct arena *arena, const struct option *options, size_t size)
{
    void *values = arena_allocate(arena, size + 1);
    assert_non_null(values);
    assert_int_equal(option_defaults(options, values, arena), 0);
    return values;
}

void windows_world_begin(struct windows_world *world)
{
    static const struct collector_paths paths = {"/nonexistent", "/nonexistent", "/"};
    struct collection_choice choices[8];
    struct option_section section;
    *world = (struct windows_world){.arena = ARENA_EMPTY};
    for (size_t i = 0; collectors[i]; i++)
        choices[i] = (struct collection_choice){
            true, defaults(&world->arena, collectors[i]->options, collectors[i]->options_size)};
    assert_int_equal(findings_section(&world->arena, &section), 0);
    world->finding_options = defaults(&world->arena, section.options, section.size);
    assert_int_equal(collection_new(&paths, choices, &world->collection), 0);
}

void windows_world_sample(struct windows_world *world)
{
    struct builder *builder = sample_begin(world->snapshot, 1000);
    collection_sample(world->collection, builder, clock_monotonic() + CLOCK_SECOND);
    analyse(builder);
    findings_analyse(builder, world->finding_options);
    world->snapshot = sample_end(builder, world->snapshot);
}

void windows_world_end(struct windows_world *world)
{
    snapshot_release(world->snapshot);
    collection_free(world->collection);
    arena_free(&world->arena);
    fake_command_clear();
    fake_local_machine_clear();
    fake_process_list_set(NULL, 0);
    fake_tcp_table_set(NULL, 0);
}

size_t windows_world_finding(const struct windows_world *world, const char *finding)
{
    long row = sample_find(world->snapshot, &table_findings, FINDINGS_FINDING, finding);
    if (row < 0)
        fail_msg("%s does not stand", finding);
    return (size_t)row;
}

const char *windows_world_text(const struct windows_world *world, const char *finding, unsigned column)
{
    return snapshot_text(world->snapshot, &table_findings, windows_world_finding(world, finding), column);
}

long windows_world_tuning(const struct windows_world *world, const char *key, const char *field)
{
    for (size_t i = 0; i < snapshot_row_count(world->snapshot, &table_tuning); i++)
        if (strcmp(snapshot_text(world->snapshot, &table_tuning, i, TUNING_KEY), key) == 0 &&
            strcmp(snapshot_text(world->snapshot, &table_tuning, i, TUNING_FIELD), field) == 0)
            return (long)i;
    return -1;
}
