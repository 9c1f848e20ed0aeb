/* SPDX-License-Identifier: Apache-2.0
 * Anything that exim -bP could print. */
#include <stdint.h>

#include "base/text.h"
#include "collectors/mail/servers/exim/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text = TEXT_EMPTY;
    struct exim_settings settings = {0};
    text_append(&text, (const char *)data, size);
    if (text.data)
        (void)exim_settings_parse(&settings, text.data);
    exim_settings_free(&settings);
    text_free(&text);
    return 0;
}
