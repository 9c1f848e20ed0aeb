/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tuning/linux/boot_settings.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "collectors/tuning/sysctl_name.h"

static bool is_glob(const char *key)
{
    return strpbrk(key, "*?[") != NULL;
}

static int make_room(struct boot_settings *settings)
{
    if (settings->keys.count < settings->capacity)
        return 0;
    size_t capacity = settings->capacity ? settings->capacity * 2 : 64;
    struct boot_setting *items = realloc(settings->items, capacity * sizeof(*items));
    if (!items)
        return -ENOMEM;
    settings->items = items;
    settings->capacity = capacity;
    return 0;
}

static bool same_value(const char *one, const char *other)
{
    return one && other ? strcmp(one, other) == 0 : one == other;
}

static int assign(struct boot_settings *settings, const char *key, const char *value, const char *file, unsigned line)
{
    if (make_room(settings) < 0)
        return -ENOMEM;
    size_t known = settings->keys.count;
    size_t number = map_put(&settings->keys, key, strlen(key) + 1);
    if (number == MAP_NONE)
        return -ENOMEM;
    bool added = settings->keys.count > known;
    struct boot_setting *setting = &settings->items[number];
    if (added) {
        *setting = (struct boot_setting){.glob = is_glob(key)};
        settings->globs += setting->glob;
    } else if (same_value(setting->value, value)) {
        return 0; /* the first one keeps its place */
    }
    const char *copy = value ? arena_copy(&settings->arena, value, strlen(value)) : NULL;
    if (value && !copy)
        return -ENOMEM;
    setting->value = copy;
    setting->file = file;
    setting->line = line;
    setting->sequence = settings->sequence++;
    return 0;
}

static int parse_assignment(struct boot_settings *settings, char *text, const char *file, unsigned line)
{
    char *key = parse_trim(text);
    if (!*key || *key == '#' || *key == ';')
        return 0;
    char *value = strchr(key, '=');
    bool marked = *key == '-';
    if (value) {
        *value = '\0';
        value = parse_trim(value + 1);
    } else if (!marked) {
        return 0;
    }
    key = parse_trim(key + marked);
    (void)sysctl_name_path(key, strlen(key) + 1, key);
    return *key ? assign(settings, key, value, file, line) : 0;
}

int boot_settings_parse(struct boot_settings *settings, struct text *content, const char *file)
{
    const char *name = arena_copy(&settings->arena, file, strlen(file));
    if (!name)
        return -ENOMEM;
    if (!content->data)
        return 0;
    /* A zero byte ends a line there too. */
    for (char *zero; (zero = memchr(content->data, '\0', content->length)) != NULL;)
        *zero = '\n';
    char *rest = content->data;
    int error = 0;
    for (unsigned line = 1; error == 0; line++) {
        char *text = parse_line(&rest);
        if (!text)
            break;
        error = parse_assignment(settings, text, name, line);
    }
    return error;
}

const struct boot_setting *boot_settings_find(const struct boot_settings *settings, const char *path)
{
    const struct boot_setting *found = NULL;
    size_t number = map_find(&settings->keys, path, strlen(path) + 1);
    if (number != MAP_NONE)
        return settings->items[number].value ? &settings->items[number] : NULL;
    for (size_t i = 0; settings->globs > 0 && i < settings->keys.count; i++) {
        const struct boot_setting *setting = &settings->items[i];
        if (setting->glob && setting->value && (!found || setting->sequence > found->sequence) &&
            fnmatch(settings->keys.entries[i].key, path, FNM_PATHNAME | FNM_PERIOD) == 0)
            found = setting;
    }
    return found;
}

void boot_settings_free(struct boot_settings *settings)
{
    map_free(&settings->keys);
    free(settings->items);
    arena_free(&settings->arena);
    *settings = BOOT_SETTINGS_EMPTY;
}
