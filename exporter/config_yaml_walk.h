/* SPDX-License-Identifier: Apache-2.0
 * The walk over a YAML document: where it is, what it found wrong, and how much more it may look at. */
#ifndef CHOKEPOINT_EXPORTER_CONFIG_YAML_WALK_H
#define CHOKEPOINT_EXPORTER_CONFIG_YAML_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include <yaml.h>

#include "base/map.h"
#include "base/option.h"
#include "base/text.h"

struct config_yaml {
    const char *path;
    yaml_document_t *document;
    struct arena *arena; /* of the values */
    struct text *why;
    size_t visited; /* nodes, those behind aliases each time */
    size_t errors;
    int error;    /* 0, -EINVAL or -ENOMEM; reading goes on after -EINVAL, so that all errors are told */
    bool stopped; /* too much of something: nothing more is read */
};

/* The pairs of one mapping, one after the other; keys that are no text or given twice are told and skipped.
 * Begin with config_yaml_pairs_begin(), end with config_yaml_pairs_end(). */
struct config_yaml_pairs {
    const yaml_node_pair_t *next;
    const yaml_node_pair_t *end;
    struct map keys;
    size_t *lines; /* of each different key */
    const char *key;
    const yaml_node_t *key_node;
    const yaml_node_t *value;
};

/* Begins an error in this line and returns the text that takes the rest; finish it with config_yaml_complain_end(). */
struct text *config_yaml_complain(struct config_yaml *reader, size_t line);

/* Ends the error's line; after too many of them stops the walk. */
void config_yaml_complain_end(struct config_yaml *reader);

/* The line of a node, from 1. */
size_t config_yaml_line(const yaml_node_t *node);

/* The node of this number, or NULL when too many were looked at or its tag is not YAML's own. */
const yaml_node_t *config_yaml_node(struct config_yaml *reader, int number);

/* Whether nothing is written there, or "null" or "~" without quotes. */
bool config_yaml_is_null(const yaml_node_t *node);

/* The pairs of a mapping node. 0 or -ENOMEM. */
int config_yaml_pairs_begin(struct config_yaml_pairs *pairs, const yaml_node_t *mapping);

/* Steps to the next good pair. False at the end, or when the walk has stopped. */
bool config_yaml_pairs_next(struct config_yaml_pairs *pairs, struct config_yaml *reader);

/* Gives back what the steps needed. */
void config_yaml_pairs_end(struct config_yaml_pairs *pairs);

/* Sets the options that the mapping names; where is the section's name or a record's, such as "tcp.process_names[2]".
 */
void config_yaml_options(struct config_yaml *reader, const yaml_node_t *node, const char *where,
                         const struct option *options, void *values);

#endif
