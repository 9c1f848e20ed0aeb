/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/smtp_port.h"

#include <string.h>

#include "base/parse.h"

uint16_t smtp_port(const char *text)
{
    uint64_t number;
    if (strcmp(text, "smtp") == 0)
        return 25;
    if (strcmp(text, "submission") == 0)
        return 587;
    if (strcmp(text, "smtps") == 0 || strcmp(text, "submissions") == 0)
        return 465;
    return parse_unsigned(text, &number) == 0 && number <= UINT16_MAX ? (uint16_t)number : 0;
}
