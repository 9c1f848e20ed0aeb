/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/config_private.h"

struct config {
    struct arena arena;
    const struct option_section *sections; /* a copy */
    void **values;                         /* of each section */
    size_t section_count;
};

static int config_new(const struct option_section *sections, size_t section_count, struct config **ret_config)
{
    struct config *config = calloc(1, sizeof(*config));
    if (!config)
        return -ENOMEM;
    struct option_section *copy = arena_allocate(&config->arena, (section_count + 1) * sizeof(*copy));
    config->values = arena_allocate(&config->arena, (section_count + 1) * sizeof(*config->values));
    int error = copy && config->values ? 0 : -ENOMEM;
    for (size_t i = 0; error == 0 && i < section_count; i++) {
        copy[i] = sections[i];
        config->values[i] = arena_allocate(&config->arena, sections[i].size + 1);
        error = config->values[i] ? option_defaults(sections[i].options, config->values[i], &config->arena) : -ENOMEM;
    }
    config->sections = copy;
    config->section_count = section_count;
    if (error < 0) {
        config_free(config);
        return error;
    }
    *ret_config = config;
    return 0;
}

static bool same_option(const struct config *config, const struct config_flag *earlier, const struct option *option)
{
    struct config_match match;
    return config_find_flag(config->sections, config->section_count, earlier->name, &match) && match.option == option;
}

/* The first flag of a list option replaces what the file or the default gave. */
static bool is_first(const struct config *config, const struct config_flag *flags, size_t index,
                     const struct option *option)
{
    for (size_t i = 0; i < index; i++)
        if (same_option(config, &flags[i], option))
            return false;
    return true;
}

static int use_flag(struct config *config, const struct config_flag *flags, size_t index, struct text *why)
{
    const struct config_flag *flag = &flags[index];
    struct config_match match;
    /* --help and --version belong to no section. */
    if (!config_find_flag(config->sections, config->section_count, flag->name, &match))
        return 0;
    void *values = config->values[match.section];
    if (match.option->type == OPTION_TEXTS && is_first(config, flags, index, match.option))
        option_clear_list(match.option, values);
    const char *value = match.option->type == OPTION_BOOLEAN ? (match.negated ? "false" : "true") : flag->value;
    size_t start = why->length;
    text_format(why, "--%s: ", flag->name);
    int error = option_set(match.option, values, value ? value : "", &config->arena, why);
    if (error == -EINVAL) {
        text_string(why, "\n");
    } else if (!why->error) {
        why->length = start;
        why->data[start] = '\0';
    }
    return why->error ? why->error : error;
}

static int use_flags(struct config *config, const struct config_flag *flags, size_t flag_count, struct text *why)
{
    int first = 0;
    for (size_t i = 0; i < flag_count; i++) {
        int error = use_flag(config, flags, i, why);
        if (error == -ENOMEM)
            return error;
        if (first == 0)
            first = error;
    }
    return first;
}

int config_load(const struct option_section *sections, size_t section_count, const char *path,
                const struct config_flag *flags, size_t flag_count, struct config **ret_config, struct text *why)
{
    struct config *config;
    int error = config_new(sections, section_count, &config);
    if (error < 0)
        return error;
    if (path)
        error = config_yaml_load(sections, section_count, path, config->values, &config->arena, why);
    if (error != -ENOMEM) {
        int flags_error = use_flags(config, flags, flag_count, why);
        if (flags_error == -ENOMEM || error == 0)
            error = flags_error;
    }
    if (error < 0) {
        config_free(config);
        return error;
    }
    *ret_config = config;
    return 0;
}

const void *config_values(const struct config *config, const struct option_section *section)
{
    for (size_t i = 0; i < config->section_count; i++) {
        const struct option_section *own = &config->sections[i];
        if (own->options == section->options && own->size == section->size && own->name == section->name)
            return config->values[i];
    }
    return NULL;
}

void config_free(struct config *config)
{
    if (!config)
        return;
    arena_free(&config->arena);
    free(config);
}
