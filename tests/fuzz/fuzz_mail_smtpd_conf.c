/* SPDX-License-Identifier: Apache-2.0
 * Any smtpd.conf. */
#include <stdint.h>

#include "collectors/mail/servers/opensmtpd/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text = TEXT_EMPTY;
    struct limits limits = LIMITS_EMPTY;
    text_append(&text, (const char *)data, size);
    (void)opensmtpd_conf_parse(&limits, &text);
    limits_free(&limits);
    text_free(&text);
    return 0;
}
