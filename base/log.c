/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log_output.h"
#include "base/utf8.h"

#define LINE_BYTES 8192u
#define TAIL_BYTES 8u /* kept free for what must follow a value that is cut: ..."}\n */
#define ESCAPE_MAX 6u /* octets of the longest escape, \u001f */

const char *const log_level_words[] = {"debug", "info", "warn", "error", NULL};
const char *const log_format_words[] = {"logfmt", "json", NULL};

/* Level and format in one, so that a line never sees one old and one new. */
static _Atomic unsigned configuration = LOG_LEVEL_INFO << 8 | LOG_FORMAT_LOGFMT;
static pthread_mutex_t output = PTHREAD_MUTEX_INITIALIZER;

struct line {
    enum log_format format;
    size_t length;
    bool full; /* a value was cut: nothing more is added */
    char bytes[LINE_BYTES];
};

void log_configure(enum log_level level, enum log_format format)
{
    atomic_store(&configuration, (unsigned)level << 8 | (unsigned)format);
}

static size_t room(const struct line *line)
{
    size_t bound = LINE_BYTES - TAIL_BYTES;
    return line->length < bound ? bound - line->length : 0;
}

static void put(struct line *line, const char *bytes, size_t length)
{
    memcpy(line->bytes + line->length, bytes, length);
    line->length += length;
}

/* Writes one character of well-formed UTF-8, escaped if it must be; tells its octets. C1 controls (U+0080 to U+009F)
 * are escaped too: terminals obey them. */
static size_t escape(char *into, const char *from, size_t *ret_taken)
{
    static const char short_escapes[] = "\"\\\n\r\t", short_letters[] = "\"\\nrt";
    const unsigned char *bytes = (const unsigned char *)from;
    const char *found = strchr(short_escapes, *from);
    *ret_taken = 1;
    if (found) {
        into[0] = '\\';
        into[1] = short_letters[found - short_escapes];
        return 2;
    }
    bool c1 = bytes[0] == 0xc2 && bytes[1] < 0xa0;
    if (c1 || bytes[0] < 0x20 || bytes[0] == 0x7f) {
        static const char digits[] = "0123456789abcdef";
        unsigned code = c1 ? bytes[1] : bytes[0];
        *ret_taken = c1 ? 2 : 1;
        const char escaped[ESCAPE_MAX] = {'\\', 'u', '0', '0', digits[code >> 4], digits[code & 15]};
        memcpy(into, escaped, ESCAPE_MAX);
        return ESCAPE_MAX;
    }
    *ret_taken = bytes[0] < 0x80 ? 1 : bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
    memcpy(into, from, *ret_taken);
    return *ret_taken;
}

static bool needs_quotes(const char *value)
{
    for (const unsigned char *c = (const unsigned char *)value; *c; c++)
        if (*c <= ' ' || *c == '=' || *c == '"' || *c == '\\' || *c == 0x7f || (*c == 0xc2 && c[1] < 0xa0))
            return true;
    return !*value;
}

static void put_value(struct line *line, const char *bytes)
{
    char value[LINE_BYTES + 1], escaped[ESCAPE_MAX];
    (void)utf8_bound(value, sizeof(value), LINE_BYTES, bytes, strlen(bytes));
    bool quoted = line->format == LOG_FORMAT_JSON || needs_quotes(value);
    if (quoted)
        put(line, "\"", 1);
    for (size_t at = 0, taken; value[at] && !line->full; at += taken) {
        size_t length = escape(escaped, value + at, &taken);
        line->full = length > room(line);
        if (line->full)
            put(line, "...", 3);
        else
            put(line, escaped, length);
    }
    if (quoted)
        put(line, "\"", 1);
}

static void put_pair(struct line *line, const char *key, const char *value)
{
    bool json = line->format == LOG_FORMAT_JSON;
    const char *before = json ? (line->length == 0 ? "{\"" : ",\"") : line->length == 0 ? "" : " ";
    const char *after = json ? "\":" : "=";
    /* 2: the quotes around an empty value. */
    if (line->full || strlen(before) + strlen(key) + strlen(after) + 2 > room(line)) {
        line->full = true;
        return;
    }
    put(line, before, strlen(before));
    put(line, key, strlen(key));
    put(line, after, strlen(after));
    put_value(line, value);
}

static void put_pairs(struct line *line, va_list pairs)
{
    const char *key, *value;
    /* clang-tidy 14 sees va_start() only in the first file of a run. NOLINTNEXTLINE(clang-analyzer-valist.*) */
    while ((key = va_arg(pairs, const char *)) != NULL && (value = va_arg(pairs, const char *)) != NULL)
        put_pair(line, key, value);
}

static void put_time(struct line *line)
{
    struct timespec now = {0};
    struct tm utc = {0};
    char seconds[40], text[64];
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)gmtime_r(&now.tv_sec, &utc);
    (void)strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &utc);
    (void)snprintf(text, sizeof(text), "%s.%03ldZ", seconds, now.tv_nsec / 1000000);
    put_pair(line, "time", text);
}

/* The lock keeps the lines of two threads apart even where a pipe takes a long one in pieces. */
static void write_line(const struct line *line)
{
    (void)pthread_mutex_lock(&output);
    log_output_write(line->bytes, line->length);
    (void)pthread_mutex_unlock(&output);
}

void log_event(enum log_level level, const char *message, ...)
{
    unsigned now = atomic_load(&configuration);
    if ((unsigned)level < now >> 8)
        return;
    int saved = errno;
    struct line line;
    line.format = (enum log_format)(now & 0xff);
    line.length = 0;
    line.full = false;
    put_time(&line);
    put_pair(&line, "level", log_level_words[level]);
    put_pair(&line, "msg", message);
    va_list pairs;
    va_start(pairs, message);
    put_pairs(&line, pairs);
    va_end(pairs);
    put(&line, line.format == LOG_FORMAT_JSON ? "}\n" : "\n", line.format == LOG_FORMAT_JSON ? 2 : 1);
    write_line(&line);
    errno = saved;
}
