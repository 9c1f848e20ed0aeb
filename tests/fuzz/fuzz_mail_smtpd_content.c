/* SPDX-License-Identifier: Apache-2.0
 * The start of any envelope of OpenSMTPD. */
#include <stdint.h>

#include "base/text.h"
#include "collectors/mail/servers/opensmtpd/envelope.h"
#include "tests/fuzz/check_destination.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct destination found = {.dsn = ""};
    struct text text = TEXT_EMPTY;
    text_append(&text, (const char *)data, size);
    if (text.data)
        opensmtpd_envelope_parse(text.data, &found);
    text_free(&text);
    check_destination(&found);
    return 0;
}
