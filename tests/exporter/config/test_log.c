/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/cmocka.h"

#define HUGE 20000

/* What went to standard error between begin() and end(). */
static int saved, output;
static char *text;

static void begin(enum log_format format, enum log_level level)
{
    char path[] = "/tmp/chokepoint-log-XXXXXX";
    output = mkstemp(path);
    assert_true(output >= 0);
    assert_int_equal(unlink(path), 0);
    saved = dup(STDERR_FILENO);
    assert_true(dup2(output, STDERR_FILENO) >= 0);
    log_configure(level, format);
}

static const char *end(void)
{
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    close(saved);
    off_t size = lseek(output, 0, SEEK_END);
    free(text);
    text = calloc(1, (size_t)size + 1);
    assert_int_equal(pread(output, text, (size_t)size, 0), size);
    close(output);
    return text;
}

static void a_plain_line_is_logfmt(void **state)
{
    (void)state;
    regex_t pattern;
    begin(LOG_FORMAT_LOGFMT, LOG_LEVEL_INFO);
    log_debug("not shown");
    log_info("listening", "address", "127.0.0.1:10421");
    log_warn("two words", "empty", "", "path", "/a b");
    const char *lines = end();
    assert_int_equal(regcomp(&pattern,
                             "^time=[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z level=info "
                             "msg=listening address=127\\.0\\.0\\.1:10421\n"
                             "time=[^ ]*Z level=warn msg=\"two words\" empty=\"\" path=\"/a b\"\n$",
                             REG_EXTENDED | REG_NOSUB),
                     0);
    assert_int_equal(regexec(&pattern, lines, 0, NULL, 0), 0);
    regfree(&pattern);
}

static void hostile_values_stay_in_their_quotes(void **state)
{
    (void)state;
    begin(LOG_FORMAT_LOGFMT, LOG_LEVEL_DEBUG);
    log_error("m", "a", "x\ny=\"z\"\\\t\r", "b", "\xff\x1b[31m", "c", "\xc2\x9b", "d", "\xc3\xa9\xe2\x82\xac");
    const char *line = end();
    const char *rest = strstr(line, " msg=m ");
    assert_non_null(rest);
    assert_string_equal(rest, " msg=m a=\"x\\ny=\\\"z\\\"\\\\\\t\\r\" b=\"\xef\xbf\xbd\\u001b[31m\" c=\"\\u009b\" "
                              "d=\xc3\xa9\xe2\x82\xac\n");
}

static json_t *parse(const char *line)
{
    json_error_t error;
    json_t *json = json_loads(line, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        fail_msg("%s in %s", error.text, line);
    return json;
}

static void json_reads_back(void **state)
{
    (void)state;
    begin(LOG_FORMAT_JSON, LOG_LEVEL_INFO);
    log_info("two\nlines", "quote", "\"\\\x01\x7f", "bytes", "a\xff\xfe", "text", "\xe2\x82\xac");
    json_t *json = parse(end());
    assert_string_equal(json_string_value(json_object_get(json, "level")), "info");
    assert_string_equal(json_string_value(json_object_get(json, "msg")), "two\nlines");
    assert_string_equal(json_string_value(json_object_get(json, "quote")), "\"\\\x01\x7f");
    assert_string_equal(json_string_value(json_object_get(json, "bytes")), "a\xef\xbf\xbd\xef\xbf\xbd");
    assert_string_equal(json_string_value(json_object_get(json, "text")), "\xe2\x82\xac");
    assert_int_equal(strlen(json_string_value(json_object_get(json, "time"))), strlen("2026-01-01T00:00:00.000Z"));
    json_decref(json);
}

/* Whatever the length and the bytes, a line is bounded, whole, and reads back. */
static void lines_are_bounded(void **state)
{
    (void)state;
    static const char *const patterns[] = {"x", "\"", "\x01", "\xff", "\xe2\x82\xac", " "};
    char *value = malloc(HUGE + 8);
    for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
        for (size_t length = 7950; length < HUGE; length += length < 8300 ? 1 : 5000) {
            for (size_t at = 0; at < length; at += strlen(patterns[i]))
                memcpy(value + at, patterns[i], strlen(patterns[i]) + 1);
            begin(LOG_FORMAT_JSON, LOG_LEVEL_INFO);
            log_info("m", "value", value, "more", "text");
            const char *line = end();
            assert_true(strlen(line) <= 8192);
            assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
            json_decref(parse(line));
        }
    }
    free(value);
}

static void a_broken_output_harms_nobody(void **state)
{
    (void)state;
    int before = dup(STDERR_FILENO), full = open("/dev/full", O_WRONLY);
    assert_true(full >= 0);
    assert_true(dup2(full, STDERR_FILENO) >= 0);
    errno = EXDEV;
    log_error("nobody sees this");
    int after = errno;
    assert_int_equal(close(STDERR_FILENO), 0);
    log_error("nor this");
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    close(before);
    close(full);
    assert_int_equal(after, EXDEV);
}

/* A pipe that nobody reads: the line is dropped, the agent goes on. */
static void a_blocked_output_stops_nobody(void **state)
{
    (void)state;
    int before = dup(STDERR_FILENO), pipes[2];
    char filling[4096] = {0};
    assert_int_equal(pipe2(pipes, O_NONBLOCK), 0);
    while (write(pipes[1], filling, sizeof(filling)) > 0)
        ;
    assert_int_equal(fcntl(pipes[1], F_SETFL, 0), 0); /* now a write would block */
    assert_true(dup2(pipes[1], STDERR_FILENO) >= 0);
    log_error("nobody reads this");
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    close(before);
    close(pipes[0]);
    close(pipes[1]);
}

static void *log_many(void *value)
{
    for (int i = 0; i < 200; i++) {
        log_info("from a thread", "value", value);
        if (i % 50 == 0)
            log_configure(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
    }
    return NULL;
}

static void lines_of_threads_do_not_mix(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    char values[THREADS][6001];
    begin(LOG_FORMAT_JSON, LOG_LEVEL_INFO);
    for (int i = 0; i < THREADS; i++) {
        memset(values[i], 'a' + i, sizeof(values[i]) - 1);
        values[i][sizeof(values[i]) - 1] = '\0';
        assert_int_equal(pthread_create(&threads[i], NULL, log_many, values[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    end();
    int lines = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"), lines++) {
        json_t *json = parse(line);
        const char *value = json_string_value(json_object_get(json, "value"));
        assert_int_equal(strspn(value, (char[]){value[0], '\0'}), 6000);
        json_decref(json);
    }
    assert_int_equal(lines, 200 * THREADS);
}

static int tear_down(void **state)
{
    (void)state;
    free(text);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_line_is_logfmt),
        cmocka_unit_test(hostile_values_stay_in_their_quotes),
        cmocka_unit_test(json_reads_back),
        cmocka_unit_test(lines_are_bounded),
        cmocka_unit_test(a_broken_output_harms_nobody),
        cmocka_unit_test(a_blocked_output_stops_nobody),
        cmocka_unit_test(lines_of_threads_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
