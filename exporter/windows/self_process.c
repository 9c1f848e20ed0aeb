/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/self_process.h"

#include <windows.h>

#include <psapi.h>

#include "snapshot/tables/agent.h"

#define TICKS_PER_SECOND 1e7
#define EPOCH_SECONDS    11644473600.0 /* from 1601, where FILETIME begins, to 1970 */

static double seconds_of(const FILETIME *time)
{
    return (double)((uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime) / TICKS_PER_SECOND;
}

/* There is nothing to remember: this process is asked for by a handle that is always there. */
int self_process_new(const char *procfs, struct self_process **ret_process)
{
    (void)procfs;
    *ret_process = NULL;
    return 0;
}

void self_process_free(struct self_process *process)
{
    (void)process;
}

void self_process_put(struct self_process *process, struct builder *builder)
{
    FILETIME started, ended, kernel, user;
    PROCESS_MEMORY_COUNTERS_EX memory = {.cb = sizeof(memory)};
    HANDLE self = GetCurrentProcess();
    DWORD handles;
    (void)process;
    if (GetProcessTimes(self, &started, &ended, &kernel, &user)) {
        builder_real(builder, AGENT_CPU, seconds_of(&kernel) + seconds_of(&user));
        builder_real(builder, AGENT_START_TIME, seconds_of(&started) - EPOCH_SECONDS);
    }
    if (GetProcessMemoryInfo(self, (PROCESS_MEMORY_COUNTERS *)&memory, sizeof(memory))) {
        builder_number(builder, AGENT_VIRTUAL_MEMORY, memory.PrivateUsage);
        builder_number(builder, AGENT_RESIDENT_MEMORY, memory.WorkingSetSize);
    }
    if (GetProcessHandleCount(self, &handles))
        builder_number(builder, AGENT_OPEN_FDS, handles);
}
