/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/snmp/keeper.h"

#include <errno.h>
#include <stdlib.h>

struct keeper {
    struct snapshot_store *store;
    struct view *view;
    int64_t made;
    int64_t table_asked;
};

int keeper_new(struct snapshot_store *store, struct keeper **ret_keeper)
{
    struct keeper *keeper = calloc(1, sizeof(*keeper));
    if (!keeper)
        return -ENOMEM;
    keeper->store = store;
    *ret_keeper = keeper;
    return 0;
}

void keeper_free(struct keeper *keeper)
{
    if (!keeper)
        return;
    view_free(keeper->view);
    free(keeper);
}

static bool is_held(const struct keeper *keeper, int64_t now)
{
    return keeper->view && view_snapshot(keeper->view) && now - keeper->table_asked < KEEPER_PAUSE &&
           now - keeper->made < KEEPER_MOST;
}

static int renew(struct keeper *keeper, int64_t now)
{
    struct snapshot *newest = snapshot_store_newest(keeper->store);
    struct view *view;
    int error = 0;
    if (!keeper->view || view_snapshot(keeper->view) != newest) {
        error = view_new(newest, &view);
        if (error == 0) {
            view_free(keeper->view);
            keeper->view = view;
        }
    }
    if (error == 0)
        keeper->made = now;
    snapshot_release(newest);
    return error;
}

int keeper_view(struct keeper *keeper, bool table, struct view **ret_view)
{
    int64_t now = clock_monotonic();
    int error = is_held(keeper, now) ? 0 : renew(keeper, now);
    if (error < 0)
        return error;
    if (table)
        keeper->table_asked = now;
    *ret_view = keeper->view;
    return 0;
}
