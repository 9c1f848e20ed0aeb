/* SPDX-License-Identifier: Apache-2.0
 * Any main.cf and master.cf, set apart by a zero byte. */
#include <stdint.h>
#include <string.h>

#include "collectors/mail/servers/postfix/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct main_cf main_cf = MAIN_CF_EMPTY;
    struct master_cf master_cf = MASTER_CF_EMPTY;
    struct limits limits = LIMITS_EMPTY;
    double required_bytes;
    const uint8_t *zero = size > 0 ? memchr(data, 0, size) : NULL;
    size_t length = zero ? (size_t)(zero - data) : size;
    const char *rest = (const char *)data + length + (zero != NULL);
    int error = postfix_limits_defaults(&main_cf, "/etc/postfix");
    if (error == 0)
        error = main_cf_parse(&main_cf, (const char *)data, length);
    if (error == 0)
        error = master_cf_parse(&master_cf, rest, size - length - (zero != NULL));
    if (error == 0)
        (void)postfix_limits_make(&main_cf, &master_cf, &limits, &required_bytes);
    limits_free(&limits);
    main_cf_free(&main_cf);
    master_cf_free(&master_cf);
    return 0;
}
