/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fakes/event_log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/windows/event_log.h"

struct event_log {
    const struct event_log_query *query;
};

static struct {
    const char *provider;
    unsigned id;
    unsigned times;
} happened[16];
static unsigned count;
static int failure;

void fake_event_log_happen(const char *provider, unsigned id, unsigned times)
{
    if (count == sizeof(happened) / sizeof(happened[0]))
        abort();
    happened[count].provider = provider;
    happened[count].id = id;
    happened[count++].times = times;
}

void fake_event_log_fail(int error)
{
    failure = error;
}

int event_log_open(const struct event_log_query *query, struct event_log **ret_log)
{
    if (failure < 0)
        return failure;
    struct event_log *log = malloc(sizeof(*log));
    if (!log)
        return -ENOMEM;
    log->query = query;
    *ret_log = log;
    return 0;
}

void event_log_close(struct event_log *log)
{
    free(log);
}

int event_log_read(struct event_log *log, uint64_t counts[EVENT_LOG_IDS])
{
    if (failure < 0)
        return failure;
    for (unsigned i = 0; i < count; i++) {
        for (size_t j = 0; j < log->query->count; j++) {
            if (strcmp(happened[i].provider, log->query->provider) != 0 || happened[i].id != log->query->ids[j])
                continue;
            counts[j] += happened[i].times;
            happened[i].times = 0;
        }
    }
    return 0;
}
