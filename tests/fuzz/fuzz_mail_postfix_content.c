/* SPDX-License-Identifier: Apache-2.0
 * The start of any Postfix queue file, and any log of attempts. */
#include <stdint.h>

#include "collectors/mail/servers/postfix/queue_file.h"
#include "tests/fuzz/check_destination.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct destination recipient = {.dsn = ""}, log = {.dsn = ""};
    int64_t arrival = 0;
    if (queue_file_record((const char *)data, size, &arrival) == ARRIVAL_RECORD &&
        (arrival < 0 || arrival > TIMES_LAST))
        abort();
    queue_file_recipient((const char *)data, size, &recipient);
    check_destination(&recipient);
    queue_file_log((const char *)data, size, &log);
    check_destination(&log);
    return 0;
}
