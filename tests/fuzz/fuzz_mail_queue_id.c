/* SPDX-License-Identifier: Apache-2.0
 * Any file name, asked of every mail server: what is a message has an arrival that arithmetic can bear. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/mail/servers/exim/queue_id.h"
#include "collectors/mail/servers/postfix/queue_file.h"
#include "collectors/mail/servers/postfix/queue_id.h"
#include "collectors/mail/servers/sendmail/queue_id.h"

static void check(enum arrival_method method, int64_t arrival)
{
    if (method == ARRIVAL_NAME && (arrival < 0 || arrival > TIMES_LAST))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char name[256];
    int64_t arrival = 0;
    size_t length = size < sizeof(name) ? size : sizeof(name) - 1;
    (void)queue_file_record((const char *)data, size, &arrival);
    memcpy(name, data, length);
    name[length] = '\0';
    length = strlen(name);
    check(queue_id_arrival(name, length, &arrival), arrival);
    check(exim_queue_id_arrival(name, length, &arrival), arrival);
    check(sendmail_queue_id_arrival(name, length, &arrival), arrival);
    (void)exim_queue_id_is_body(name, length);
    (void)sendmail_queue_id_is_body(name, length);
    return 0;
}
