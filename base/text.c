/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 256u

int text_reserve(struct text *text, size_t length)
{
    if (text->error)
        return text->error;
    if (length >= SIZE_MAX / 4 - text->length)
        return text->error = -ENOMEM;
    size_t needed = text->length + length + 1;
    if (needed <= text->capacity)
        return 0;
    size_t capacity = text->capacity ? text->capacity : FIRST_CAPACITY;
    while (capacity < needed)
        capacity *= 2;
    char *data = realloc(text->data, capacity);
    if (!data)
        return text->error = -ENOMEM;
    text->data = data;
    text->capacity = capacity;
    return 0;
}

void text_append(struct text *text, const char *bytes, size_t length)
{
    if (text_reserve(text, length) < 0)
        return;
    if (length > 0)
        memcpy(text->data + text->length, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void text_string(struct text *text, const char *string)
{
    text_append(text, string, strlen(string));
}

void text_format_list(struct text *text, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length >= 0 && text_reserve(text, (size_t)length) == 0) {
        (void)vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

void text_format(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text_format_list(text, format, arguments);
    va_end(arguments);
}

void text_unsigned(struct text *text, uint64_t number)
{
    char digits[20];
    size_t start = sizeof(digits);
    do {
        digits[--start] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    text_append(text, digits + start, sizeof(digits) - start);
}

void text_real(struct text *text, double number)
{
    /* 2^53: below it every whole double prints exactly as an integer. */
    const double exact = 9007199254740992.0;
    if (isnan(number)) {
        text_string(text, "NaN");
    } else if (isinf(number)) {
        text_string(text, number > 0 ? "+Inf" : "-Inf");
    } else if (number >= 0 && number < exact && number == floor(number) && !signbit(number)) {
        text_unsigned(text, (uint64_t)number);
    } else {
        char digits[32];
        int precision = 15;
        do
            (void)snprintf(digits, sizeof(digits), "%.*g", precision, number);
        while (++precision <= 17 && strtod(digits, NULL) != number);
        text_string(text, digits);
    }
}

const char *text_value(const struct text *text)
{
    return text->data ? text->data : "";
}

void text_clear(struct text *text)
{
    text->length = 0;
    text->error = 0;
    if (text->data)
        text->data[0] = '\0';
}

void text_free(struct text *text)
{
    free(text->data);
    *text = TEXT_EMPTY;
}
