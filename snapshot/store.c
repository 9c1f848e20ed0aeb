/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/store.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct snapshot_store {
    pthread_mutex_t lock;
    struct snapshot *newest;
    void (*published)(void *context);
    void *context;
};

int snapshot_store_new(struct snapshot_store **ret_store)
{
    struct snapshot_store *store = calloc(1, sizeof(*store));
    if (!store)
        return -ENOMEM;
    int error = pthread_mutex_init(&store->lock, NULL);
    if (error) {
        free(store);
        return -error;
    }
    *ret_store = store;
    return 0;
}

void snapshot_store_free(struct snapshot_store *store)
{
    if (!store)
        return;
    snapshot_release(store->newest);
    (void)pthread_mutex_destroy(&store->lock);
    free(store);
}

void snapshot_store_publish(struct snapshot_store *store, struct snapshot *snapshot)
{
    (void)pthread_mutex_lock(&store->lock);
    struct snapshot *before = store->newest;
    store->newest = snapshot;
    (void)pthread_mutex_unlock(&store->lock);
    snapshot_release(before);
    if (store->published)
        store->published(store->context);
}

void snapshot_store_listen(struct snapshot_store *store, void (*published)(void *context), void *context)
{
    store->published = published;
    store->context = context;
}

struct snapshot *snapshot_store_newest(struct snapshot_store *store)
{
    (void)pthread_mutex_lock(&store->lock);
    struct snapshot *newest = snapshot_take(store->newest);
    (void)pthread_mutex_unlock(&store->lock);
    return newest;
}
