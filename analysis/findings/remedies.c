/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/remedies.h"

#include "snapshot/tables/host.h"

static const struct remedies *const platforms[] = {
    [HOST_LINUX] = &remedies_linux,
    [HOST_WINDOWS] = &remedies_windows,
};

const struct remedies *remedies_of(const struct findings *findings)
{
    const struct builder *builder = findings_builder(findings);
    if (builder_row_count(builder, &table_host) == 0)
        return &remedies_linux;
    return platforms[builder_get_number(builder, &table_host, 0, HOST_PLATFORM)];
}
