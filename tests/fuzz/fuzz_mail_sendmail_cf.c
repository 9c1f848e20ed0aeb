/* SPDX-License-Identifier: Apache-2.0
 * Any sendmail.cf. */
#include <stdint.h>

#include "collectors/mail/servers/sendmail/cf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text = TEXT_EMPTY;
    struct sendmail_cf cf = {0};
    text_append(&text, (const char *)data, size);
    (void)sendmail_cf_parse(&cf, &text);
    sendmail_cf_free(&cf);
    text_free(&text);
    return 0;
}
