/* SPDX-License-Identifier: Apache-2.0
 * The YAML file by libyaml's document API: a tree with a line for every node, so that all errors are told in one pass.
 */
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "exporter/config_private.h"
#include "exporter/config_yaml_walk.h"

#define FILE_LIMIT    ((size_t)1024 * 1024)
#define NESTING_LIMIT 32

static void say_unknown_section(struct config_yaml *reader, const struct config_yaml_pairs *pairs,
                                const struct option_section *sections, size_t section_count)
{
    struct text *why = config_yaml_complain(reader, config_yaml_line(pairs->key_node));
    const char *separator = "";
    text_string(why, "unknown section ");
    option_quote(pairs->key, why);
    text_string(why, "; allowed: ");
    for (size_t i = 0; i < section_count; i++) {
        if (!sections[i].name)
            continue;
        text_format(why, "%s%s", separator, sections[i].name);
        separator = ", ";
    }
    config_yaml_complain_end(reader);
}

static void read_sections(struct config_yaml *reader, const yaml_node_t *root, const struct option_section *sections,
                          size_t section_count, void **values)
{
    struct config_yaml_pairs pairs;
    if (config_yaml_pairs_begin(&pairs, root) < 0) {
        reader->error = -ENOMEM;
        return;
    }
    while (config_yaml_pairs_next(&pairs, reader)) {
        size_t i = 0;
        while (i < section_count && (!sections[i].name || strcmp(sections[i].name, pairs.key) != 0))
            i++;
        if (i == section_count)
            say_unknown_section(reader, &pairs, sections, section_count);
        else if (!config_yaml_is_null(pairs.value)) /* "mail:" with nothing below it means the defaults */
            config_yaml_options(reader, pairs.value, sections[i].name, sections[i].options, values[i]);
    }
    config_yaml_pairs_end(&pairs);
}

static void read_document(struct config_yaml *reader, const struct option_section *sections, size_t section_count,
                          void **values)
{
    /* Nodes are numbered from 1 and the root is the first. */
    const yaml_node_t *root = yaml_document_get_root_node(reader->document) ? config_yaml_node(reader, 1) : NULL;
    if (!root || config_yaml_is_null(root))
        return;
    if (root->type == YAML_MAPPING_NODE) {
        read_sections(reader, root, sections, section_count, values);
        return;
    }
    text_string(config_yaml_complain(reader, config_yaml_line(root)), "the file must be a map of sections");
    config_yaml_complain_end(reader);
}

/* An octet that is no UTF-8 has an offset and no line. */
static size_t problem_line(const yaml_parser_t *parser, const struct text *yaml)
{
    if (parser->error != YAML_READER_ERROR)
        return parser->problem_mark.line + 1;
    size_t line = 1;
    for (size_t i = 0; i < parser->problem_offset && i < yaml->length; i++)
        line += yaml->data[i] == '\n';
    return line;
}

static void say_syntax(struct config_yaml *reader, const yaml_parser_t *parser, const struct text *yaml)
{
    if (parser->error == YAML_MEMORY_ERROR) {
        reader->error = -ENOMEM;
        return;
    }
    struct text *why = config_yaml_complain(reader, problem_line(parser, yaml));
    text_format(why, "not YAML: %s", parser->problem ? parser->problem : "cannot be read");
    if (parser->context)
        text_format(why, ", %s that begins in line %zu", parser->context, parser->context_mark.line + 1);
    config_yaml_complain_end(reader);
}

/* Loads the next document. False at the end of the file or on an error, which is told. */
static bool load(struct config_yaml *reader, yaml_parser_t *parser, const struct text *yaml, yaml_document_t *document)
{
    if (!yaml_parser_load(parser, document)) {
        say_syntax(reader, parser, yaml);
        return false;
    }
    if (yaml_document_get_root_node(document))
        return true;
    yaml_document_delete(document);
    return false;
}

static void check_end(struct config_yaml *reader, yaml_parser_t *parser, const struct text *yaml)
{
    yaml_document_t second;
    if (!load(reader, parser, yaml, &second))
        return;
    text_string(config_yaml_complain(reader, second.start_mark.line + 1), "a second document; a configuration is one");
    config_yaml_complain_end(reader);
    yaml_document_delete(&second);
}

/* The time that libyaml 0.2.5 takes grows with the square of the nesting: look at that first, event by event.
 * Whatever else is wrong is left for load() to tell. */
static int check_nesting(struct config_yaml *reader, const struct text *yaml)
{
    yaml_parser_t parser;
    yaml_event_t event;
    int depth = 0;
    bool ended = false;
    if (!yaml_parser_initialize(&parser))
        return -ENOMEM;
    yaml_parser_set_input_string(&parser, (const unsigned char *)text_value(yaml), yaml->length);
    while (!ended && depth <= NESTING_LIMIT && yaml_parser_parse(&parser, &event)) {
        ended = event.type == YAML_STREAM_END_EVENT;
        depth += event.type == YAML_SEQUENCE_START_EVENT || event.type == YAML_MAPPING_START_EVENT;
        depth -= event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT;
        if (depth > NESTING_LIMIT) {
            text_format(config_yaml_complain(reader, event.start_mark.line + 1), "lists and maps nested deeper than %d",
                        NESTING_LIMIT);
            config_yaml_complain_end(reader);
        }
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return reader->error;
}

static int parse(struct config_yaml *reader, const struct text *yaml, const struct option_section *sections,
                 size_t section_count, void **values)
{
    yaml_parser_t parser;
    yaml_document_t document;
    int error = check_nesting(reader, yaml);
    if (error < 0)
        return reader->why->error ? reader->why->error : error;
    if (!yaml_parser_initialize(&parser))
        return -ENOMEM;
    yaml_parser_set_input_string(&parser, (const unsigned char *)text_value(yaml), yaml->length);
    if (load(reader, &parser, yaml, &document)) {
        reader->document = &document;
        read_document(reader, sections, section_count, values);
        reader->document = NULL;
        check_end(reader, &parser, yaml);
        yaml_document_delete(&document);
    }
    yaml_parser_delete(&parser);
    return reader->why->error ? reader->why->error : reader->error;
}

static void say_unreadable(const char *path, int error, struct text *why)
{
    text_format(why, "%s: ", path);
    if (error == -EFBIG)
        text_string(why, "larger than 1 MiB; a configuration is a small file");
    else if (error == -EINVAL)
        text_string(why, "not a regular file");
    else
        text_string(why, strerrordesc_np(-error));
    text_string(why, "\n");
}

int config_yaml_load(const struct option_section *sections, size_t section_count, const char *path, void **values,
                     struct arena *arena, struct text *why)
{
    struct text yaml = TEXT_EMPTY;
    struct config_yaml reader = {.path = path, .arena = arena, .why = why};
    int error = file_read(path, FILE_LIMIT, &yaml);
    if (error == 0)
        error = parse(&reader, &yaml, sections, section_count, values);
    else if (error != -ENOMEM)
        say_unreadable(path, error, why);
    text_free(&yaml);
    return why->error ? why->error : error;
}
