/* SPDX-License-Identifier: Apache-2.0 */
#include "base/descriptors.h"

/* Handles of Windows have no limit that a service meets: about 16 million in a process. What stays is what the agent
 * asks for elsewhere. */
size_t descriptors_raise_limit(void)
{
    return 65536;
}
