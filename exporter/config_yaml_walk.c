/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/config_yaml_walk.h"

#define ERROR_LIMIT 100u
#define NODE_LIMIT  100000u

struct text *config_yaml_complain(struct config_yaml *reader, size_t line)
{
    if (reader->error == 0)
        reader->error = -EINVAL;
    text_format(reader->why, "%s:%zu: ", reader->path, line);
    return reader->why;
}

void config_yaml_complain_end(struct config_yaml *reader)
{
    text_string(reader->why, "\n");
    if (++reader->errors < ERROR_LIMIT)
        return;
    text_format(reader->why, "%s: %u errors; the rest is not read\n", reader->path, ERROR_LIMIT);
    reader->stopped = true;
}

size_t config_yaml_line(const yaml_node_t *node)
{
    return node->start_mark.line + 1;
}

const yaml_node_t *config_yaml_node(struct config_yaml *reader, int number)
{
    static const char own_tags[] = "tag:yaml.org,2002:";
    if (reader->stopped)
        return NULL;
    const yaml_node_t *node = yaml_document_get_node(reader->document, number);
    if (++reader->visited > NODE_LIMIT) {
        text_format(config_yaml_complain(reader, config_yaml_line(node)),
                    "more than %u values, counting aliases each time; "
                    "the rest is not read\n",
                    NODE_LIMIT);
        reader->stopped = true;
        return NULL;
    }
    const char *tag = (const char *)node->tag;
    if (!tag || strncmp(tag, own_tags, sizeof(own_tags) - 1) == 0)
        return node;
    struct text *why = config_yaml_complain(reader, config_yaml_line(node));
    text_string(why, "tag ");
    option_quote(tag, why);
    text_string(why, " is not allowed; values need no tag");
    config_yaml_complain_end(reader);
    return NULL;
}

bool config_yaml_is_null(const yaml_node_t *node)
{
    if (node->type != YAML_SCALAR_NODE || node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return false;
    const char *value = (const char *)node->data.scalar.value;
    return !*value || strcmp(value, "~") == 0 || strcmp(value, "null") == 0;
}

int config_yaml_pairs_begin(struct config_yaml_pairs *pairs, const yaml_node_t *mapping)
{
    *pairs = (struct config_yaml_pairs){
        .next = mapping->data.mapping.pairs.start, .end = mapping->data.mapping.pairs.top, .keys = MAP_EMPTY};
    pairs->lines = calloc((size_t)(pairs->end - pairs->next) + 1, sizeof(*pairs->lines));
    return pairs->lines ? 0 : -ENOMEM;
}

void config_yaml_pairs_end(struct config_yaml_pairs *pairs)
{
    map_free(&pairs->keys);
    free(pairs->lines);
}

/* Whether the key is a text that was not given before. */
static bool check_key(struct config_yaml_pairs *pairs, struct config_yaml *reader)
{
    const yaml_node_t *node = pairs->key_node;
    if (node->type != YAML_SCALAR_NODE || strlen((const char *)node->data.scalar.value) != node->data.scalar.length) {
        text_string(config_yaml_complain(reader, config_yaml_line(node)), "a key must be a text");
        config_yaml_complain_end(reader);
        return false;
    }
    pairs->key = (const char *)node->data.scalar.value;
    size_t before = pairs->keys.count;
    size_t number = map_put(&pairs->keys, pairs->key, node->data.scalar.length);
    if (number == MAP_NONE) {
        reader->error = -ENOMEM;
        reader->stopped = true;
        return false;
    }
    if (number == before) {
        pairs->lines[number] = config_yaml_line(node);
        return true;
    }
    struct text *why = config_yaml_complain(reader, config_yaml_line(node));
    text_string(why, "duplicate key ");
    option_quote(pairs->key, why);
    text_format(why, "; first given in line %zu", pairs->lines[number]);
    config_yaml_complain_end(reader);
    return false;
}

bool config_yaml_pairs_next(struct config_yaml_pairs *pairs, struct config_yaml *reader)
{
    while (pairs->next < pairs->end && !reader->stopped) {
        const yaml_node_pair_t *pair = pairs->next++;
        pairs->key_node = config_yaml_node(reader, pair->key);
        if (!pairs->key_node || !check_key(pairs, reader))
            continue;
        pairs->value = config_yaml_node(reader, pair->value);
        if (pairs->value)
            return true;
    }
    return false;
}
