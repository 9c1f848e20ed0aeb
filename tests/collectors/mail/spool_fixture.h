/* SPDX-License-Identifier: Apache-2.0
 * What the tests of mail queues share: a directory that is gone afterwards, queue files with real names, and samples
 * of the collector below that directory. */
#ifndef CHOKEPOINT_TESTS_COLLECTORS_MAIL_SPOOL_FIXTURE_H
#define CHOKEPOINT_TESTS_COLLECTORS_MAIL_SPOOL_FIXTURE_H

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "collectors/collector.h"
#include "collectors/mail/options.h"
#include "snapshot/tables/collectors.h"
#include "snapshot/tables/mail_destinations.h"
#include "snapshot/tables/mail_queues.h"
#include "tests/cmocka.h"
#include "tests/fakes/clock.h"

extern const struct collector mail_collector;

/* The wall clock of a test that has just begun: the real one and a minute, so that what the test wrote before counts
 * as settled. In seconds. */
static inline int64_t fixture_now(void)
{
    return (int64_t)time(NULL) + 60;
}

static inline void fixture_set_clock(int64_t wall_seconds)
{
    fake_clock_set(1000 * CLOCK_SECOND, wall_seconds * CLOCK_SECOND);
}

struct fixture {
    char root[64];
    char path[512];
};

static inline int fixture_begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    strcpy(fixture->root, "/tmp/chokepoint-mail-XXXXXX");
    *state = fixture;
    fixture_set_clock(fixture_now());
    return !mkdtemp(fixture->root) || chmod(fixture->root, 0755) < 0;
}

static inline int fixture_remove(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static inline int fixture_end(void **state)
{
    struct fixture *fixture = *state;
    int error = nftw(fixture->root, fixture_remove, 16, FTW_DEPTH | FTW_PHYS);
    free(fixture);
    return error;
}

/* The path of something in the fixture; valid until the next call. */
static inline const char *fixture_path(struct fixture *fixture, const char *below)
{
    snprintf(fixture->path, sizeof(fixture->path), "%s/%s", fixture->root, below);
    return fixture->path;
}

/* Makes a directory with its parents. */
static inline void fixture_directory(struct fixture *fixture, const char *below)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s/", fixture->root, below);
    for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
        *slash = '/';
    }
}

static inline void fixture_file(struct fixture *fixture, const char *below, const char *content)
{
    FILE *file = fopen(fixture_path(fixture, below), "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static inline void fixture_unlink(struct fixture *fixture, const char *below)
{
    assert_int_equal(unlink(fixture_path(fixture, below)), 0);
}

/* Sets the modification time of a file, in seconds since 1970. */
static inline void fixture_touch(struct fixture *fixture, const char *below, int64_t seconds)
{
    struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
    assert_int_equal(utimensat(AT_FDCWD, fixture_path(fixture, below), times, 0), 0);
}

/* Writes a long queue id: seconds, microseconds and inode as Postfix spells them. */
static inline const char *fixture_long_id(char id[32], int64_t seconds, unsigned microseconds, uint64_t inode)
{
    static const char digits[] = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
    size_t length = 0;
    char reversed[16];
    for (unsigned i = 0; i < 6; i++, seconds /= 52)
        id[5 - i] = digits[seconds % 52];
    for (unsigned i = 0; i < 4; i++, microseconds /= 52)
        id[9 - i] = digits[microseconds % 52];
    id[10] = 'z';
    do
        reversed[length++] = digits[inode % 51];
    while (inode /= 51);
    for (size_t i = 0; i < length; i++)
        id[11 + i] = reversed[length - 1 - i];
    id[11 + length] = '\0';
    return id;
}

/* Puts a message that arrived at this second into a directory; number tells messages apart. */
static inline void fixture_message(struct fixture *fixture, const char *directory, int64_t seconds, unsigned number)
{
    char id[32];
    char below[128];
    snprintf(below, sizeof(below), "%s/%s", directory, fixture_long_id(id, seconds, number % 1000000, 1000 + number));
    fixture_file(fixture, below, "0123456789");
}

/* An empty Postfix queue directory with its six queues. */
static inline void fixture_queues(struct fixture *fixture, const char *queue_directory)
{
    static const char *const names[] = {"maildrop", "incoming", "active", "deferred", "hold", "corrupt"};
    for (size_t i = 0; i < 6; i++) {
        char below[128];
        snprintf(below, sizeof(below), "%s/%s", queue_directory, names[i]);
        fixture_directory(fixture, below);
    }
}

/* One sample of an opened mail collector, due in 10 s, as a published snapshot. */
static inline struct snapshot *fixture_sample_until(void *mail, int64_t deadline)
{
    const struct builder_settings settings = {.interval = 5 * CLOCK_SECOND, .hold = BUILDER_HOLD};
    struct builder *builder;
    struct snapshot *snapshot;
    assert_int_equal(builder_new(&settings, NULL, &builder), 0);
    int error = mail_collector.collect(mail, builder, deadline);
    assert_true(error == 0 || error == -ENODATA);
    assert_int_equal(builder_finish(builder, &snapshot), 0);
    builder_free(builder);
    return snapshot;
}

static inline struct snapshot *fixture_sample(void *mail)
{
    return fixture_sample_until(mail, clock_monotonic() + 10 * CLOCK_SECOND);
}

/* The row of a queue, or -1. */
static inline long fixture_queue(const struct snapshot *snapshot, const char *server, const char *queue)
{
    for (size_t i = 0; i < snapshot_row_count(snapshot, &table_mail_queues); i++)
        if (strcmp(snapshot_text(snapshot, &table_mail_queues, i, MAIL_QUEUES_SERVER), server) == 0 &&
            strcmp(snapshot_text(snapshot, &table_mail_queues, i, MAIL_QUEUES_QUEUE), queue) == 0)
            return (long)i;
    return -1;
}

/* A cell of the row of a queue, which must be there. */
static inline double fixture_value(const struct snapshot *snapshot, const char *server, const char *queue,
                                   unsigned column)
{
    long row = fixture_queue(snapshot, server, queue);
    assert_true(row >= 0);
    assert_true(snapshot_has(snapshot, &table_mail_queues, (size_t)row, column));
    return snapshot_real(snapshot, &table_mail_queues, (size_t)row, column);
}

/* Messages of a destination; dsn "": where it is absent. */
static inline uint64_t fixture_destination(const struct snapshot *snapshot, const char *queue, const char *domain,
                                           const char *dsn)
{
    for (size_t i = 0; i < snapshot_row_count(snapshot, &table_mail_destinations); i++)
        if (strcmp(snapshot_text(snapshot, &table_mail_destinations, i, MAIL_DESTINATIONS_QUEUE), queue) == 0 &&
            strcmp(snapshot_text(snapshot, &table_mail_destinations, i, MAIL_DESTINATIONS_DOMAIN), domain) == 0 &&
            strcmp(snapshot_text(snapshot, &table_mail_destinations, i, MAIL_DESTINATIONS_DSN), dsn) == 0)
            return snapshot_number(snapshot, &table_mail_destinations, i, MAIL_DESTINATIONS_MESSAGES);
    return 0;
}

/* Messages of all destinations. */
static inline uint64_t fixture_destinations(const struct snapshot *snapshot)
{
    uint64_t all = 0;
    for (size_t i = 0; i < snapshot_row_count(snapshot, &table_mail_destinations); i++)
        all += snapshot_number(snapshot, &table_mail_destinations, i, MAIL_DESTINATIONS_MESSAGES);
    return all;
}

/* The row of a source, or -1. */
static inline long fixture_source_row(const struct snapshot *snapshot, const char *name)
{
    for (size_t i = 0; i < snapshot_row_count(snapshot, &table_sources); i++)
        if (strcmp(snapshot_text(snapshot, &table_sources, i, SOURCES_SOURCE), name) == 0)
            return (long)i;
    return -1;
}

/* Whether the source is there and succeeded. */
static inline bool fixture_succeeded(const struct snapshot *snapshot, const char *name)
{
    long row = fixture_source_row(snapshot, name);
    return row >= 0 && snapshot_number(snapshot, &table_sources, (size_t)row, SOURCES_SUCCESS) == 1;
}

/* Whether the source is there and failed, with this in its text. */
static inline bool fixture_failed(const struct snapshot *snapshot, const char *name, const char *text)
{
    long row = fixture_source_row(snapshot, name);
    return row >= 0 && snapshot_number(snapshot, &table_sources, (size_t)row, SOURCES_SUCCESS) == 0 &&
           strstr(snapshot_text(snapshot, &table_sources, (size_t)row, SOURCES_ERROR), text);
}

#endif
