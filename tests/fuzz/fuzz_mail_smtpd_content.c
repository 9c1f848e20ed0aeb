/* SPDX-License-Identifier: Apache-2.0
 * The start of any envelope of OpenSMTPD. */
#include <stdint.h>

#include "collectors/mail/servers/opensmtpd/envelope.h"
#include "tests/fuzz/check_destination.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_parser(data, size, opensmtpd_envelope_parse);
    return 0;
}
