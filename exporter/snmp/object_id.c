/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/snmp/object_id.h"

#include <errno.h>
#include <string.h>

/* Of the default root. Tables are 4 sub-identifiers below it, and the longest index has 114 (tests/mibs). */
#define ROOT_MAX 10u

/* One decimal sub-identifier at *text, which is moved behind it. */
static int parse_part(const char **text, uint32_t *ret_part)
{
    uint64_t part = 0;
    const char *digit = *text;
    for (; *digit >= '0' && *digit <= '9'; digit++) {
        part = part * 10 + (uint64_t)(*digit - '0');
        if (part > UINT32_MAX)
            return -EINVAL;
    }
    if (digit == *text)
        return -EINVAL;
    *text = digit;
    *ret_part = (uint32_t)part;
    return 0;
}

int object_id_parse(const char *text, struct object_id *ret_id)
{
    struct object_id id = {.length = 0};
    if (*text == '.')
        text++;
    for (;;) {
        if (id.length == OBJECT_ID_MAX || parse_part(&text, &id.parts[id.length++]) < 0)
            return -EINVAL;
        if (*text == '\0')
            break;
        if (*text++ != '.')
            return -EINVAL;
    }
    /* RFC 2578, 7.1.3 and X.660: the first is 0 to 2, and below 0 and 1 the second is at most 39. */
    if (id.length < 2 || id.parts[0] > 2 || (id.parts[0] < 2 && id.parts[1] > 39))
        return -EINVAL;
    *ret_id = id;
    return 0;
}

int object_id_append(struct object_id *id, const uint32_t *parts, size_t count)
{
    if (count > OBJECT_ID_MAX - id->length)
        return -ENOSPC;
    if (count > 0)
        memcpy(id->parts + id->length, parts, count * sizeof(*parts));
    id->length += count;
    return 0;
}

size_t object_id_widen(const struct object_id *id, unsigned long *ret_parts)
{
    for (size_t i = 0; i < id->length; i++)
        ret_parts[i] = id->parts[i];
    return id->length;
}

int object_id_compare(const uint32_t *a, size_t a_length, const uint32_t *b, size_t b_length)
{
    size_t common = a_length < b_length ? a_length : b_length;
    for (size_t i = 0; i < common; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return (a_length > b_length) - (a_length < b_length);
}

bool object_id_is_root(const char *text)
{
    struct object_id id;
    return object_id_parse(text, &id) == 0 && id.length <= ROOT_MAX;
}
