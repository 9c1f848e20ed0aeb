/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/tables/connect_probe.h"

static const struct column columns[] = {
    [CONNECT_PROBE_SUCCESS] = {.name = "success",
                               .kind = COLUMN_VALUE,
                               .type = COLUMN_BOOLEAN,
                               .metric = "tcp_connect_probe_success",
                               .help =
                                   "1 if the last connection that the agent tried to tcp.connect_probe.target came to "
                                   "be, 0 if not; absent where no target is configured."},
    [CONNECT_PROBE_TARGET] = {.name = "target", .kind = COLUMN_NOTE, .type = COLUMN_TEXT, .help = "Where to."},
    [CONNECT_PROBE_ERROR] = {.name = "error",
                             .kind = COLUMN_NOTE,
                             .type = COLUMN_TEXT,
                             .help = "Why it did not come to be."},
};

const struct table table_connect_probe = {
    .name = "connect_probe",
    .help = "Whether a connection to a chosen destination can be opened",
    .columns = columns,
    .column_count = COLUMN_COUNT(columns),
    .not_in_mib = "the finding outbound_blocked carries what it tells",
};
