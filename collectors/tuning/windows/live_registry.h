/* SPDX-License-Identifier: Apache-2.0
 * The values of the plan in the registry of the Windows that runs here. */
#ifndef CHOKEPOINT_COLLECTORS_TUNING_WINDOWS_LIVE_REGISTRY_H
#define CHOKEPOINT_COLLECTORS_TUNING_WINDOWS_LIVE_REGISTRY_H

#include "collectors/tuning/registry.h"

/* Reads the value of each entry below CurrentControlSet; values has room for list->count. *ret_key: the first that could
 * not be read; one that is not set is no failure. 0 or negative errno. */
int live_registry_read(const struct plan_list *list, struct registry_value *values, const char **ret_key);

#endif
