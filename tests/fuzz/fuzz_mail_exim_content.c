/* SPDX-License-Identifier: Apache-2.0
 * The start of any -H file of Exim, and the end of any log of a message. The -D and -J files are only counted. */
#include <stdint.h>

#include "base/text.h"
#include "collectors/mail/servers/exim/destination.h"
#include "collectors/mail/servers/exim/spool.h"
#include "tests/fuzz/check_destination.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct destination recipient = {.dsn = ""}, log = {.dsn = ""};
    struct text head = TEXT_EMPTY;
    exim_destination_recipient((const char *)data, size, &recipient);
    check_destination(&recipient);
    exim_destination_log((const char *)data, size, &log);
    check_destination(&log);
    text_append(&head, (const char *)data, size);
    if (head.data)
        (void)exim_head_is_frozen(head.data);
    text_free(&head);
    return 0;
}
