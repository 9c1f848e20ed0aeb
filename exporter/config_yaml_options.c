/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "base/parse.h"
#include "exporter/config_yaml_walk.h"

static void out_of_memory(struct config_yaml *reader)
{
    reader->error = -ENOMEM;
    reader->stopped = true;
}

static void complain(struct config_yaml *reader, const yaml_node_t *node, const char *name, const char *what)
{
    text_format(config_yaml_complain(reader, config_yaml_line(node)), "%s: %s", name, what);
    config_yaml_complain_end(reader);
}

/* The text of a scalar; NULL, and it is told, for what is none. */
static const char *scalar(struct config_yaml *reader, const yaml_node_t *node, const char *name)
{
    if (node->type != YAML_SCALAR_NODE) {
        complain(reader, node, name, "must be a single value");
        return NULL;
    }
    const char *value = (const char *)node->data.scalar.value;
    if (config_yaml_is_null(node))
        complain(reader, node, name, "has no value");
    else if (strlen(value) != node->data.scalar.length)
        complain(reader, node, name, "holds a zero byte");
    else
        return value;
    return NULL;
}

static void set_scalar(struct config_yaml *reader, const yaml_node_t *node, const char *name,
                       const struct option *option, void *values)
{
    struct text why = TEXT_EMPTY;
    const char *value = scalar(reader, node, name);
    int error = value ? option_set(option, values, value, reader->arena, &why) : 0;
    if (error == -EINVAL)
        complain(reader, node, name, text_value(&why));
    else if (error < 0)
        out_of_memory(reader);
    text_free(&why);
}

/* Whether the node is a list; tells it if not. */
static bool is_list(struct config_yaml *reader, const yaml_node_t *node, const char *name, const char *of)
{
    if (node->type == YAML_SEQUENCE_NODE)
        return true;
    text_format(config_yaml_complain(reader, config_yaml_line(node)), "%s: must be a list of %s; [] is an empty one",
                name, of);
    config_yaml_complain_end(reader);
    return false;
}

static void set_texts(struct config_yaml *reader, const yaml_node_t *node, const char *name,
                      const struct option *option, void *values)
{
    if (!is_list(reader, node, name, "texts"))
        return;
    option_clear_list(option, values);
    for (const yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++) {
        const yaml_node_t *child = config_yaml_node(reader, *item);
        if (child)
            set_scalar(reader, child, name, option, values);
    }
}

static void add_pair(struct config_yaml *reader, const struct config_yaml_pairs *pairs, const char *name,
                     const struct option *option, void *values)
{
    struct text why = TEXT_EMPTY;
    const struct option_pair pair = {pairs->key, (const char *)pairs->value->data.scalar.value};
    int error = option_add_pair(option, values, &pair, reader->arena, &why);
    if (error == -EINVAL)
        complain(reader, pairs->value, name, text_value(&why));
    else if (error < 0)
        out_of_memory(reader);
    text_free(&why);
}

static void set_pairs(struct config_yaml *reader, const yaml_node_t *node, const char *name,
                      const struct option *option, void *values)
{
    struct config_yaml_pairs pairs;
    if (node->type != YAML_MAPPING_NODE) {
        complain(reader, node, name, "must be a map; {} is an empty one");
        return;
    }
    if (config_yaml_pairs_begin(&pairs, node) < 0) {
        out_of_memory(reader);
        return;
    }
    option_clear_list(option, values);
    while (config_yaml_pairs_next(&pairs, reader)) {
        char *pair_name = arena_format(reader->arena, "%s.%.64s", name, pairs.key);
        const char *value = pair_name ? scalar(reader, pairs.value, pair_name) : NULL;
        if (!pair_name)
            out_of_memory(reader);
        else if (value)
            add_pair(reader, &pairs, pair_name, option, values);
    }
    config_yaml_pairs_end(&pairs);
}

static bool has_key(struct config_yaml *reader, const yaml_node_t *node, const char *name)
{
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = yaml_document_get_node(reader->document, pair->key);
        if (key->type == YAML_SCALAR_NODE && strcmp((const char *)key->data.scalar.value, name) == 0)
            return true;
    }
    return false;
}

static void read_record(struct config_yaml *reader, const yaml_node_t *node, const char *name,
                        const struct option *option, void *values)
{
    void *record;
    if (node->type != YAML_MAPPING_NODE) {
        complain(reader, node, name, "must be a map");
        return;
    }
    if (option_add_record(option, values, reader->arena, &record) < 0) {
        out_of_memory(reader);
        return;
    }
    config_yaml_options(reader, node, name, option->fields, record);
    for (const struct option *field = option->fields; !option_is_end(field) && !reader->stopped; field++) {
        if (!field->required || has_key(reader, node, field->name))
            continue;
        text_format(config_yaml_complain(reader, config_yaml_line(node)), "%s: %s is missing", name, field->name);
        if (field->help)
            text_format(reader->why, ": %s", field->help);
        config_yaml_complain_end(reader);
    }
}

static void set_records(struct config_yaml *reader, const yaml_node_t *node, const char *name,
                        const struct option *option, void *values)
{
    if (!is_list(reader, node, name, "maps"))
        return;
    option_clear_list(option, values);
    size_t number = 0;
    for (const yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++) {
        const yaml_node_t *child = config_yaml_node(reader, *item);
        if (reader->stopped)
            return;
        char *item_name = arena_format(reader->arena, "%s[%zu]", name, ++number);
        if (!item_name)
            out_of_memory(reader);
        else if (child)
            read_record(reader, child, item_name, option, values);
    }
}

/* A map of its fields, `off`, or `on` for the defaults. */
static void set_group(struct config_yaml *reader, const yaml_node_t *node, const char *name,
                      const struct option *option, void *values)
{
    void *group = (char *)values + option->offset;
    bool enabled;
    if (node->type == YAML_MAPPING_NODE)
        config_yaml_options(reader, node, name, option->fields, group);
    else if (node->type == YAML_SCALAR_NODE && parse_boolean((const char *)node->data.scalar.value, &enabled) == 0)
        *(bool *)group = enabled;
    else
        complain(reader, node, name, "must be a map, or off");
}

static bool is_empty(const yaml_node_t *node)
{
    if (node->type == YAML_SEQUENCE_NODE)
        return node->data.sequence.items.start == node->data.sequence.items.top;
    return node->type == YAML_MAPPING_NODE && node->data.mapping.pairs.start == node->data.mapping.pairs.top;
}

/* A list or map that this version refuses may be there if it is empty; so may a scalar with its default. */
static void set_refused(struct config_yaml *reader, const yaml_node_t *node, const char *name,
                        const struct option *option, void *values)
{
    bool scalar_option = option->type < OPTION_TEXTS;
    if (is_empty(node) && !option->fallback)
        return;
    if (scalar_option && node->type == YAML_SCALAR_NODE)
        set_scalar(reader, node, name, option, values);
    else
        complain(reader, node, name, option->refused);
}

static void set_option(struct config_yaml *reader, const yaml_node_t *node, const char *name,
                       const struct option *option, void *values)
{
    if (option->refused)
        set_refused(reader, node, name, option, values);
    else if (option->type == OPTION_TEXTS)
        set_texts(reader, node, name, option, values);
    else if (option->type == OPTION_PAIRS)
        set_pairs(reader, node, name, option, values);
    else if (option->type == OPTION_RECORDS)
        set_records(reader, node, name, option, values);
    else if (option->type == OPTION_GROUP)
        set_group(reader, node, name, option, values);
    else
        set_scalar(reader, node, name, option, values);
}

static void say_unknown(struct config_yaml *reader, const struct config_yaml_pairs *pairs, const char *where,
                        const struct option *options)
{
    struct text *why = config_yaml_complain(reader, config_yaml_line(pairs->key_node));
    const char *separator = "";
    text_string(why, "unknown key ");
    option_quote(pairs->key, why);
    text_format(why, " in %s; allowed: ", where);
    for (const struct option *option = options; !option_is_end(option); option++) {
        if (!option->name)
            continue;
        text_format(why, "%s%s", separator, option->name);
        separator = ", ";
    }
    if (!*separator)
        text_string(why, "none in this version");
    config_yaml_complain_end(reader);
}

static const struct option *find(const struct option *options, const char *name)
{
    for (const struct option *option = options; !option_is_end(option); option++)
        if (option->name && strcmp(option->name, name) == 0)
            return option;
    return NULL;
}

void config_yaml_options(struct config_yaml *reader, const yaml_node_t *node, const char *where,
                         const struct option *options, void *values)
{
    struct config_yaml_pairs pairs;
    if (node->type != YAML_MAPPING_NODE) {
        complain(reader, node, where, "must be a map");
        return;
    }
    if (config_yaml_pairs_begin(&pairs, node) < 0) {
        out_of_memory(reader);
        return;
    }
    while (config_yaml_pairs_next(&pairs, reader)) {
        const struct option *option = find(options, pairs.key);
        char *name = option ? arena_format(reader->arena, "%s.%s", where, option->name) : NULL;
        if (name)
            set_option(reader, pairs.value, name, option, values);
        else if (option)
            out_of_memory(reader);
        else
            say_unknown(reader, &pairs, where, options);
    }
    config_yaml_pairs_end(&pairs);
}
