/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fakes/connection_events.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/tcp/windows/connection_events.h"

#define MOST 64u

struct connection_events {
    int unused;
};

static struct {
    unsigned id;
    unsigned char data[64];
    size_t size;
} played[MOST];
static unsigned count;
static int failure;

void fake_connection_events_play(unsigned id, const void *data, size_t size)
{
    if (count == MOST || size > sizeof(played[0].data))
        abort();
    played[count].id = id;
    played[count].size = size;
    memcpy(played[count++].data, data, size);
}

void fake_connection_events_fail(int error)
{
    failure = error;
}

int connection_events_open(struct connection_events **ret_events)
{
    if (failure < 0)
        return failure;
    *ret_events = calloc(1, sizeof(**ret_events));
    return *ret_events ? 0 : -ENOMEM;
}

void connection_events_close(struct connection_events *events)
{
    free(events);
}

int connection_events_drain(struct connection_events *events, connection_events_visit visit, void *context,
                            uint64_t *lost)
{
    (void)events;
    (void)lost;
    for (unsigned i = 0; i < count; i++) {
        struct connection_record record;
        if (connection_record_read(played[i].id, played[i].data, played[i].size, &record) == 0)
            visit(context, &record);
    }
    count = 0;
    return 0;
}
