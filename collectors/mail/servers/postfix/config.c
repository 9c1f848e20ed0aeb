/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/postfix/config.h"

#include <errno.h>
#include <stdlib.h>

#include "base/file.h"
#include "collectors/mail/servers/postfix/main_cf.h"

#define MAIN_CF_SIZE_MAX 1048576u

/* Postfix's own defaults of what the paths we need may refer to. */
static int set_defaults(struct main_cf *main_cf, const char *config_directory)
{
    int error = main_cf_set(main_cf, "config_directory", config_directory);
    if (error == 0)
        error = main_cf_set(main_cf, "queue_directory", "/var/spool/postfix");
    if (error == 0)
        error = main_cf_set(main_cf, "data_directory", "/var/lib/postfix");
    return error;
}

static int value(const struct main_cf *main_cf, const char *name, char **ret_value)
{
    struct text text = TEXT_EMPTY;
    int error = main_cf_value(main_cf, name, &text);
    /* So that there is a string even where nothing was appended. */
    text_append(&text, "", 0);
    if (error == 0)
        error = text.error;
    if (error < 0) {
        text_free(&text);
        return error;
    }
    *ret_value = text.data;
    return 0;
}

static int take_value(struct postfix_config *config, const struct main_cf *main_cf, const char *name, char **ret_value)
{
    int error = value(main_cf, name, ret_value);
    config->failed = error < 0 ? name : NULL;
    return error;
}

static int take(struct postfix_config *config, const struct main_cf *main_cf)
{
    struct postfix_config found = {0};
    int error = take_value(config, main_cf, "queue_directory", &found.queue_directory);
    if (error == 0 && found.queue_directory[0] != '/') {
        config->failed = "queue_directory";
        error = -EINVAL;
    }
    if (error == 0)
        error = take_value(config, main_cf, "multi_instance_name", &found.instance_name);
    if (error == 0)
        error = take_value(config, main_cf, "multi_instance_directories", &found.instance_others);
    if (error < 0) {
        postfix_config_free(&found);
        return error;
    }
    postfix_config_free(config);
    *config = found;
    return 0;
}

static int load(struct postfix_config *config, const char *path, const char *config_directory)
{
    struct main_cf main_cf = MAIN_CF_EMPTY;
    struct text text = TEXT_EMPTY;
    int error = file_read(path, MAIN_CF_SIZE_MAX, &text);
    if (error == 0)
        error = set_defaults(&main_cf, config_directory);
    if (error == 0)
        error = main_cf_parse(&main_cf, text_value(&text), text.length);
    if (error == 0)
        error = take(config, &main_cf);
    main_cf_free(&main_cf);
    text_free(&text);
    return error;
}

int postfix_config_refresh(struct postfix_config *config, const char *path, const char *config_directory)
{
    struct watched_file found;
    int error = watched_file_look(path, &found);
    if (error < 0)
        return error;
    if (watched_file_same(&config->file, &found))
        return config->file.error;
    config->file.known = false;
    config->failed = NULL;
    error = load(config, path, config_directory);
    watched_file_done(&config->file, &found, error);
    return error;
}

void postfix_config_free(struct postfix_config *config)
{
    free(config->queue_directory);
    free(config->instance_name);
    free(config->instance_others);
    *config = (struct postfix_config){0};
}
