/* SPDX-License-Identifier: Apache-2.0
 * The place where the sampler leaves the newest snapshot and everybody else takes it from. */
#ifndef CHOKEPOINT_SNAPSHOT_STORE_H
#define CHOKEPOINT_SNAPSHOT_STORE_H

#include "snapshot/snapshot.h"

struct snapshot_store;

/* An empty store. 0 or negative errno. */
int snapshot_store_new(struct snapshot_store **ret_store);

/* Releases the snapshot it holds. NULL is fine. */
void snapshot_store_free(struct snapshot_store *store);

/* Makes this the newest snapshot; takes over the caller's reference. */
void snapshot_store_publish(struct snapshot_store *store, struct snapshot *snapshot);

/* Calls published(context) after each snapshot, in the thread that publishes. One listener; set it before there are
 * several threads. */
void snapshot_store_listen(struct snapshot_store *store, void (*published)(void *context), void *context);

/* The newest snapshot with a reference for the caller, or NULL before the first. Never waits for a sample. */
struct snapshot *snapshot_store_newest(struct snapshot_store *store);

#endif
