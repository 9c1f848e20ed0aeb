/* SPDX-License-Identifier: Apache-2.0
 * Reading main.cf and master.cf when one of them changed. */
#include <errno.h>

#include "collectors/mail/servers/postfix/limits.h"
#include "collectors/mail/times.h"

#define FILE_SIZE_MAX 1048576u

enum { MAIN_FILE, MASTER_FILE, FILES };
static const char *const names[FILES] = {"main.cf", "master.cf"};

/* Where a file is, and what it is now; subject keeps the path of the one that failed. */
static int look(const char *root, const char *config_directory, char subject[FILE_PATH_MAX], unsigned which,
                struct watched_file *ret_file)
{
    int error = file_path_format(subject, FILE_PATH_MAX, root, "%s/%s", config_directory, names[which]);
    return error < 0 ? error : watched_file_look(subject, ret_file);
}

/* Writes to subject which file it is, where error is one, and hands error on. */
static int tell(const struct postfix_limits *limits, const char *root, const char *config_directory,
                char subject[FILE_PATH_MAX], int error)
{
    if (error < 0 && limits->failed &&
        file_path_format(subject, FILE_PATH_MAX, root, "%s/%s", config_directory, limits->failed) == 0)
        watched_file_explain(subject, FILE_PATH_MAX);
    return error;
}

static int read_file(struct postfix_limits *limits, const char *root, const char *config_directory, unsigned which,
                     struct text *text)
{
    char path[FILE_PATH_MAX];
    text_clear(text);
    limits->failed = names[which];
    int error = file_path_format(path, sizeof(path), root, "%s/%s", config_directory, names[which]);
    return error < 0 ? error : file_read(path, FILE_SIZE_MAX, text);
}

static int load(struct postfix_limits *limits, const char *root, const char *config_directory)
{
    struct main_cf main_cf = MAIN_CF_EMPTY;
    struct master_cf master_cf = MASTER_CF_EMPTY;
    struct text text = TEXT_EMPTY;
    struct limits found = LIMITS_EMPTY;
    double required_bytes = 0;
    int error = postfix_limits_defaults(&main_cf, config_directory);
    if (error == 0)
        error = read_file(limits, root, config_directory, MAIN_FILE, &text);
    if (error == 0)
        error = main_cf_parse(&main_cf, text_value(&text), text.length);
    if (error == 0)
        error = read_file(limits, root, config_directory, MASTER_FILE, &text);
    if (error == 0)
        error = master_cf_parse(&master_cf, text_value(&text), text.length);
    if (error == 0)
        error = postfix_limits_make(&main_cf, &master_cf, &found, &required_bytes);
    text_free(&text);
    main_cf_free(&main_cf);
    master_cf_free(&master_cf);
    if (error < 0) {
        limits_free(&found);
        return error;
    }
    limits_free(&limits->limits);
    limits->limits = found;
    limits->required_bytes = required_bytes;
    limits->failed = NULL;
    return 0;
}

int postfix_limits_refresh(struct postfix_limits *limits, const char *root, const char *config_directory,
                           char subject[FILE_PATH_MAX])
{
    struct watched_file files[FILES];
    int error = look(root, config_directory, subject, MAIN_FILE, &files[MAIN_FILE]);
    if (error == 0)
        error = look(root, config_directory, subject, MASTER_FILE, &files[MASTER_FILE]);
    if (error < 0)
        return error;
    if (watched_file_same(&limits->main_file, &files[MAIN_FILE]) &&
        watched_file_same(&limits->master_file, &files[MASTER_FILE]))
        return tell(limits, root, config_directory, subject, limits->main_file.error);
    limits->main_file.known = limits->master_file.known = false;
    error = load(limits, root, config_directory);
    watched_file_done(&limits->main_file, &files[MAIN_FILE], error);
    watched_file_done(&limits->master_file, &files[MASTER_FILE], error);
    return tell(limits, root, config_directory, subject, error);
}

int64_t postfix_limits_changed(const struct postfix_limits *limits)
{
    const struct timespec *a = &limits->main_file.modified, *b = &limits->master_file.modified;
    bool first = a->tv_sec > b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec > b->tv_nsec);
    return limits->main_file.known ? times_moment(first ? a->tv_sec : b->tv_sec, first ? a->tv_nsec : b->tv_nsec) : 0;
}
