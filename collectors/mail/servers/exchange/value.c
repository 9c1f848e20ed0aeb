/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/exchange/value.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/parse.h"

#define TICKS_PER_SECOND 1e7

/* jansson's iterators take objects that are not const, and do not change them. */
static json_t *loose(const json_t *value)
{
    union {
        const json_t *given;
        json_t *taken;
    } pointer = {.given = value};
    return pointer.taken;
}

const json_t *exchange_member(const json_t *object, const char *name)
{
    if (!json_is_object(object))
        return NULL;
    for (void *at = json_object_iter(loose(object)); at; at = json_object_iter_next(loose(object), at))
        if (strcasecmp(json_object_iter_key(at), name) == 0)
            return json_object_iter_value(at);
    return NULL;
}

/* The array itself, where a list is wrapped in one. */
static const json_t *unwrap(const json_t *list)
{
    const json_t *inner = exchange_member(list, "value");
    return json_is_array(inner) ? inner : list;
}

size_t exchange_count(const json_t *list)
{
    list = unwrap(list);
    if (json_is_array(list))
        return json_array_size(list);
    return list && !json_is_null(list) ? 1 : 0;
}

const json_t *exchange_element(const json_t *list, size_t position)
{
    list = unwrap(list);
    return json_is_array(list) ? json_array_get(list, position) : list;
}

static bool is_unlimited_text(const char *text)
{
    return strcasecmp(text, "unlimited") == 0;
}

double exchange_number(const json_t *value)
{
    double number;
    if (json_is_number(value))
        return json_number_value(value);
    if (json_is_string(value)) {
        const char *text = json_string_value(value);
        if (is_unlimited_text(text))
            return INFINITY;
        return parse_real(text, &number) == 0 ? number : NAN;
    }
    const json_t *unlimited = exchange_member(value, "IsUnlimited");
    if (unlimited && exchange_is_true(unlimited))
        return INFINITY;
    const json_t *inner = exchange_member(value, "Value");
    return inner && !json_is_object(inner) ? exchange_number(inner) : NAN;
}

/* [days.]hours:minutes:seconds[.fraction] */
static double parse_span(const char *text)
{
    double days = 0, seconds;
    unsigned hours, minutes;
    const char *colon = strchr(text, ':'), *dot = strchr(text, '.');
    int used = 0;
    if (colon && dot && dot < colon) {
        if (sscanf(text, "%10lf.%n", &days, &used) < 0)
            return NAN;
        used = (int)(dot - text) + 1;
        days = floor(strtod(text, NULL));
    }
    if (sscanf(text + used, "%4u:%2u:%12lf", &hours, &minutes, &seconds) != 3 || !isfinite(seconds) || days < 0)
        return NAN;
    return days * 86400 + hours * 3600.0 + minutes * 60.0 + seconds;
}

double exchange_seconds(const json_t *value)
{
    if (json_is_string(value)) {
        const char *text = json_string_value(value);
        return is_unlimited_text(text) ? INFINITY : parse_span(text);
    }
    const json_t *total = exchange_member(value, "TotalSeconds");
    if (json_is_number(total))
        return json_number_value(total);
    const json_t *ticks = exchange_member(value, "Ticks");
    if (json_is_number(ticks))
        return json_number_value(ticks) / TICKS_PER_SECOND;
    const json_t *unlimited = exchange_member(value, "IsUnlimited");
    if (unlimited && exchange_is_true(unlimited))
        return INFINITY;
    const json_t *inner = exchange_member(value, "Value");
    return inner && inner != value ? exchange_seconds(inner) : NAN;
}

static double parse_moment(const char *text)
{
    int64_t milliseconds;
    char digits[24];
    struct tm parts = {0};
    const char *bracket = strchr(text, '(');
    if (bracket && strncmp(text, "/Date(", 6) == 0) {
        size_t length = strspn(bracket + 1, "-0123456789");
        if (length >= sizeof(digits))
            return NAN;
        memcpy(digits, bracket + 1, length);
        digits[length] = '\0';
        return parse_signed(digits, &milliseconds) == 0 ? (double)milliseconds / 1000 : NAN;
    }
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);
    if (!rest)
        return NAN;
    rest += *rest == '.' ? 1 + strspn(rest + 1, "0123456789") : 0;
    int hours = 0, minutes = 0, sign = *rest == '-' ? -1 : 1;
    if ((*rest == '+' || *rest == '-') && sscanf(rest + 1, "%2d:%2d", &hours, &minutes) != 2)
        return NAN;
    return (double)timegm(&parts) - sign * (hours * 3600.0 + minutes * 60.0);
}

double exchange_moment(const json_t *value)
{
    if (json_is_string(value))
        return parse_moment(json_string_value(value));
    const json_t *inner = exchange_member(value, "value");
    if (!inner)
        inner = exchange_member(value, "DateTime");
    return json_is_string(inner) ? parse_moment(json_string_value(inner)) : NAN;
}

const char *exchange_text(const json_t *value, char *buffer, size_t size)
{
    static const char *const names[] = {"Name", "Address", "DistinguishedName", "Domain", "value"};
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_integer(value)) {
        (void)snprintf(buffer, size, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return buffer;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const json_t *inner = exchange_member(value, names[i]);
        if (json_is_string(inner))
            return json_string_value(inner);
    }
    return "";
}

bool exchange_is_true(const json_t *value)
{
    return json_is_true(value) || (json_is_string(value) && strcasecmp(json_string_value(value), "true") == 0) ||
           (json_is_integer(value) && json_integer_value(value) != 0);
}

static void append_utf8(struct text *text, uint32_t c)
{
    char bytes[4];
    size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t heads[] = {0, 0x00, 0xc0, 0xe0, 0xf0};
    for (size_t i = length; i-- > 0; c >>= 6)
        bytes[i] = (char)(i == 0 ? heads[length] | c : 0x80u | (c & 0x3fu));
    text_append(text, bytes, length);
}

static uint32_t unit_at(const char *bytes, bool big)
{
    uint8_t first = (uint8_t)bytes[0], second = (uint8_t)bytes[1];
    return big ? (uint32_t)first << 8 | second : (uint32_t)second << 8 | first;
}

static int decode_utf16(struct text *text, bool big)
{
    struct text decoded = TEXT_EMPTY;
    if (text->length % 2 != 0)
        return -EILSEQ;
    int error = 0;
    for (size_t at = 2; at < text->length && error == 0; at += 2) {
        uint32_t c = unit_at(text->data + at, big);
        if (c >= 0xd800 && c < 0xdc00 && at + 2 < text->length) {
            uint32_t low = unit_at(text->data + at + 2, big);
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
            error = low >= 0xdc00 && low < 0xe000 ? 0 : -EILSEQ;
            at += 2;
        } else if (c >= 0xd800 && c < 0xe000) {
            error = -EILSEQ;
        }
        if (error == 0)
            append_utf8(&decoded, c);
    }
    if (error == 0)
        error = decoded.error;
    if (error < 0) {
        text_free(&decoded);
        return error;
    }
    text_free(text);
    *text = decoded;
    return 0;
}

int exchange_decode(struct text *text)
{
    if (text->length >= 2 && memcmp(text->data, "\xff\xfe", 2) == 0)
        return decode_utf16(text, false);
    if (text->length >= 2 && memcmp(text->data, "\xfe\xff", 2) == 0)
        return decode_utf16(text, true);
    if (text->length >= 3 && memcmp(text->data, "\xef\xbb\xbf", 3) == 0) {
        memmove(text->data, text->data + 3, text->length - 2);
        text->length -= 3;
    }
    return 0;
}
