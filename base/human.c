/* SPDX-License-Identifier: Apache-2.0 */
#include "base/human.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void human_count(struct text *text, uint64_t number)
{
    char digits[27]; /* 20 digits and 6 commas */
    size_t start = sizeof(digits), written = 0;
    do {
        if (written > 0 && written % 3 == 0)
            digits[--start] = ',';
        digits[--start] = (char)('0' + number % 10);
        number /= 10;
        written++;
    } while (number > 0);
    text_append(text, digits + start, sizeof(digits) - start);
}

void human_real(struct text *text, double number)
{
    const double grouped = 1e15; /* beyond it digits are noise */
    if (isinf(number)) {
        text_string(text, number > 0 ? "infinite" : "minus infinite");
        return;
    }
    if (number < 0)
        text_string(text, "-");
    number = fabs(number);
    if (number >= grouped) {
        text_format(text, "%.3g", number);
        return;
    }
    double hundredths = round(number * 100);
    human_count(text, (uint64_t)(hundredths / 100));
    unsigned fraction = (unsigned)fmod(hundredths, 100);
    if (fraction % 10)
        text_format(text, ".%02u", fraction);
    else if (fraction)
        text_format(text, ".%u", fraction / 10);
}

void human_bytes(struct text *text, double bytes)
{
    static const char *const units[] = {" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
    size_t unit = 0;
    /* 1023.95 would round to 1024.0 of the smaller unit. */
    while (bytes >= 1023.95 && unit + 1 < sizeof(units) / sizeof(units[0])) {
        bytes /= 1024;
        unit++;
    }
    text_format(text, unit ? "%.1f" : "%.0f", bytes);
    text_string(text, units[unit]);
}

/* A span of whole seconds in its two greatest units. */
static void write_span(struct text *text, uint64_t seconds)
{
    static const struct {
        uint64_t seconds;
        const char *name;
    } units[] = {{86400, " d"}, {3600, " h"}, {60, " min"}, {1, " s"}};
    size_t unit = 0;
    while (units[unit].seconds > seconds && units[unit].seconds > 1)
        unit++;
    human_count(text, seconds / units[unit].seconds);
    text_string(text, units[unit].name);
    uint64_t rest = seconds % units[unit].seconds;
    if (rest == 0 || rest < units[unit + 1].seconds)
        return;
    text_string(text, " ");
    human_count(text, rest / units[unit + 1].seconds);
    text_string(text, units[unit + 1].name);
}

void human_duration(struct text *text, double seconds)
{
    const double longest = 1e15;
    if (isinf(seconds)) {
        text_string(text, "endless");
        return;
    }
    if (seconds < 0)
        text_string(text, "-");
    seconds = fabs(seconds);
    if (seconds > 0 && seconds < 0.9995)
        text_format(text, "%.3g ms", seconds * 1000);
    else if (seconds < 9.95 && seconds != floor(seconds))
        text_format(text, "%.1f s", seconds);
    else
        write_span(text, (uint64_t)fmin(seconds, longest));
}

void human_timestamp(struct text *text, double seconds)
{
    const double last = 253402300799; /* the last second of the year 9999 */
    char buffer[40];
    struct tm utc;
    time_t whole = (time_t)seconds;
    if (seconds < 0 || seconds > last || !gmtime_r(&whole, &utc)) {
        human_real(text, seconds);
        return;
    }
    (void)strftime(buffer, sizeof(buffer), "%Y-%m-%d %H:%M:%S UTC", &utc);
    text_string(text, buffer);
}

void human_ratio(struct text *text, double ratio)
{
    if (isinf(ratio))
        human_real(text, ratio);
    else
        text_format(text, "%.1f %%", ratio * 100);
}

/* The character at *value, which is well-formed, and moves past it. */
static uint32_t next_character(const char **value)
{
    const unsigned char *bytes = (const unsigned char *)*value;
    size_t size = bytes[0] < 0x80 ? 1 : bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
    uint32_t character = size == 1 ? bytes[0] : bytes[0] & (0xffu >> (size + 1));
    for (size_t i = 1; i < size; i++)
        character = character << 6 | (bytes[i] & 0x3f);
    *value += size;
    return character;
}

static bool is_within(uint32_t character, uint32_t first, uint32_t last)
{
    return character >= first && character <= last;
}

/* C0 and C1 controls, line and paragraph separators, and the marks that turn the writing direction (UAX #9). */
static bool is_hidden(uint32_t character)
{
    return character < 0x20 || is_within(character, 0x7f, 0x9f) || is_within(character, 0x200e, 0x200f) ||
           is_within(character, 0x2028, 0x202e) || is_within(character, 0x2066, 0x2069);
}

void human_visible(struct text *text, const char *value)
{
    while (*value) {
        const char *start = value;
        uint32_t character = next_character(&value);
        if (!is_hidden(character))
            text_append(text, start, (size_t)(value - start));
        else if (character == '\n')
            text_string(text, "\\n");
        else if (character == '\t')
            text_string(text, "\\t");
        else
            text_format(text, "\\u%04x", character);
    }
}

/* The blocks of East Asian wide characters and emoji (UAX #11), coarsely. */
static size_t character_width(uint32_t character)
{
    bool wide = is_within(character, 0x1100, 0x115f) || is_within(character, 0x2e80, 0xa4cf) ||
                is_within(character, 0xac00, 0xd7a3) || is_within(character, 0xf900, 0xfaff) ||
                is_within(character, 0xfe30, 0xfe6f) || is_within(character, 0xff00, 0xff60) ||
                is_within(character, 0x1f300, 0x1faff) || is_within(character, 0x20000, 0x3fffd);
    return wide ? 2 : 1;
}

size_t human_width(const char *value)
{
    size_t width = 0;
    while (*value)
        width += character_width(next_character(&value));
    return width;
}

size_t human_fit(const char *value, size_t columns)
{
    const char *at = value, *end = value;
    for (size_t width = 0; *at; end = at) {
        width += character_width(next_character(&at));
        if (width > columns)
            break;
    }
    return (size_t)(end - value);
}

/* Octets of value for a line of so many columns: up to the last blank that fits, or as much as fits. */
static size_t line_end(const char *value, size_t columns)
{
    size_t fits = human_fit(value, columns);
    if (!value[fits])
        return fits;
    for (size_t end = fits; end > 0; end--)
        if (value[end] == ' ')
            return end;
    return fits;
}

void human_wrap(struct text *text, const char *value, size_t indent, size_t width)
{
    while (*value) {
        size_t end = line_end(value, width - indent);
        text_append(text, value, end);
        text_append(text, "\n", 1);
        value += end;
        while (*value == ' ')
            value++;
        for (size_t i = 0; *value && i < indent; i++)
            text_append(text, " ", 1);
    }
}
