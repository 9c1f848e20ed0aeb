/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/check/check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/human.h"
#include "exporter/check/client.h"
#include "exporter/renderer.h"
#include "exporter/verdict.h"

#define CHECK_COLOUR (CHECK_NAGIOS + 1)

#define ANSWER_LIMIT (5 * CLOCK_SECOND)

/* A verdict is too old when so many samples are missing, and not before a minute. */
#define STALE_INTERVALS    3
#define STALE_MILLISECONDS INT64_C(60000)

static const char *const format_words[] = {"text", "json", "nagios", NULL};

static const struct option check_options[] = {
    {.flag = "format",
     .type = OPTION_WORD,
     .words = format_words,
     .fallback = "text",
     .offset = offsetof(struct check_settings, format),
     .help = "check: how to print the verdict"},
    {.flag = "samples",
     .type = OPTION_COUNT,
     .fallback = "2",
     .minimum = 1,
     .maximum = 1000,
     .offset = offsetof(struct check_settings, samples),
     .help = "check: samples of its own where no agent runs"},
    {.flag = "interval",
     .type = OPTION_DURATION,
     .fallback = "1s",
     .minimum = 0.1,
     .maximum = 3600,
     .offset = offsetof(struct check_settings, interval),
     .help = "check: time between them"},
    OPTION_END,
};
const struct option_section check_section = {NULL, check_options, sizeof(struct check_settings)};

/* What the first line of a report says. */
struct head {
    int status;
    int64_t sampled_ms;
    int64_t interval_ms;
    const char *body;
};

/* By enum check_format; the last is text in colours. */
static const struct {
    const char *path;
    enum format format;
} reports[] = {{"/check/text", FORMAT_CHECK_TEXT},
               {"/check/json", FORMAT_CHECK_JSON},
               {"/check/nagios", FORMAT_CHECK_NAGIOS},
               {"/check/colour", FORMAT_CHECK_COLOUR}};

/* Whether standard output is a terminal that wants colours (https://no-color.org). */
static bool wants_colour(void)
{
    const char *no_color = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) && !(no_color && no_color[0]);
}

static size_t which_report(const struct check_settings *settings)
{
    return settings->format == CHECK_TEXT && wants_colour() ? CHECK_COLOUR : settings->format;
}

static bool read_head(const struct text *report, struct head *ret_head)
{
    struct head head = {.body = strchr(text_value(report), '\n')};
    if (!head.body ||
        sscanf(text_value(report), "%d %" SCNd64 " %" SCNd64, &head.status, &head.sampled_ms, &head.interval_ms) != 3)
        return false;
    head.body++;
    *ret_head = head;
    return head.status >= VERDICT_OK && head.status <= VERDICT_UNKNOWN;
}

static int put(const char *body)
{
    return fputs(body, stdout) == EOF || fflush(stdout) == EOF ? -errno : 0;
}

/* In each format, that the newest sample is too old to tell anything. */
static void print_stale(enum check_format format, int64_t age_ms)
{
    struct text age = TEXT_EMPTY;
    human_duration(&age, (double)age_ms / 1000);
    if (format == CHECK_JSON)
        (void)printf("{\"status\": \"unknown\", \"code\": 3, \"summary\": \"The agent's newest sample is %s old.\", "
                     "\"findings\": []}\n",
                     text_value(&age));
    else if (format == CHECK_NAGIOS)
        (void)printf("CHOKEPOINT UNKNOWN - The agent's newest sample is %s old.\n", text_value(&age));
    else
        (void)printf("UNKNOWN  The agent's newest sample is %s old: see its log.\n", text_value(&age));
    text_free(&age);
}

static bool is_stale(const struct head *head, int64_t *ret_age_ms)
{
    int64_t most = STALE_INTERVALS * head->interval_ms;
    *ret_age_ms = clock_wall() / CLOCK_MILLISECOND - head->sampled_ms;
    return *ret_age_ms > (most > STALE_MILLISECONDS ? most : STALE_MILLISECONDS);
}

int check_ask(const struct check_settings *settings, const char *control_socket, int *ret_status)
{
    struct text report = TEXT_EMPTY;
    struct head head;
    int64_t age_ms;
    int error = client_get(control_socket, reports[which_report(settings)].path, ANSWER_LIMIT, &report);
    if (error == 0 && !read_head(&report, &head))
        error = -EPROTO;
    if (error == 0 && is_stale(&head, &age_ms)) {
        print_stale((enum check_format)settings->format, age_ms);
        *ret_status = VERDICT_UNKNOWN;
    } else if (error == 0) {
        *ret_status = put(head.body) < 0 ? VERDICT_UNKNOWN : head.status;
    }
    text_free(&report);
    return error;
}

/* Each sample is published, so that the next one can compare. 0 or negative errno. */
static int take_samples(const struct check_settings *settings, struct sampler *sampler)
{
    const struct timespec pause = {.tv_sec = settings->interval / CLOCK_SECOND,
                                   .tv_nsec = (long)(settings->interval % CLOCK_SECOND)};
    int error = sampler_sample(sampler);
    for (uint64_t i = 1; i < settings->samples && error == 0; i++) {
        (void)nanosleep(&pause, NULL);
        error = sampler_sample(sampler);
    }
    return error;
}

int check_by_samples(const struct check_settings *settings, struct sampler *sampler, struct snapshot_store *store)
{
    struct text report = TEXT_EMPTY;
    struct head head = {.status = VERDICT_UNKNOWN};
    int error = take_samples(settings, sampler);
    if (error == 0) {
        struct snapshot *snapshot = snapshot_store_newest(store);
        error = renderer_write(snapshot, reports[which_report(settings)].format, &report);
        snapshot_release(snapshot);
    }
    if (error < 0)
        (void)fprintf(stderr, "chokepoint: no sample: %s\n", strerrordesc_np(-error));
    else if (read_head(&report, &head) && put(head.body) < 0)
        head.status = VERDICT_UNKNOWN;
    text_free(&report);
    return head.status;
}
