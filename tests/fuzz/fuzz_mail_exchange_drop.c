/* SPDX-License-Identifier: Apache-2.0
 * Any drop file. */
#include <stdint.h>

#include "collectors/mail/servers/exchange/drop.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text = TEXT_EMPTY;
    struct exchange_drop drop = {0};
    text_append(&text, (const char *)data, size);
    (void)exchange_drop_parse(&drop, &text);
    exchange_drop_free(&drop);
    text_free(&text);
    return 0;
}
