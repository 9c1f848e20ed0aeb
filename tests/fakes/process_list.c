/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fakes/process_list.h"

#include "collectors/tcp/windows/process_list.h"

static const struct fake_process *processes;
static size_t process_count;
static int programs_failure, services_failure;

void fake_process_list_set(const struct fake_process *given, size_t count)
{
    processes = given;
    process_count = count;
}

void fake_process_list_fail(int programs, int services)
{
    programs_failure = programs;
    services_failure = services;
}

int process_list_programs(process_list_visit visit, void *context)
{
    for (size_t i = 0; i < process_count && programs_failure == 0; i++)
        if (processes[i].program)
            visit(context, processes[i].pid, processes[i].program);
    return programs_failure;
}

int process_list_services(process_list_visit visit, void *context)
{
    for (size_t i = 0; i < process_count && services_failure == 0; i++)
        for (size_t j = 0; j < sizeof(processes[i].services) / sizeof(processes[i].services[0]); j++)
            if (processes[i].services[j])
                visit(context, processes[i].pid, processes[i].services[j]);
    return services_failure;
}
