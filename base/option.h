/* SPDX-License-Identifier: Apache-2.0
 * Options as data: one line declares an option's YAML key, its flag, type, default, bounds and help. The flags' parser,
 * the YAML reader, --help, `config check` and the man page's test all read these lines; the values land in a struct. */
#ifndef CHOKEPOINT_BASE_OPTION_H
#define CHOKEPOINT_BASE_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"

enum option_type {
    OPTION_BOOLEAN,  /* bool */
    OPTION_COUNT,    /* uint64_t, between minimum and maximum */
    OPTION_REAL,     /* double, between minimum and maximum */
    OPTION_DURATION, /* int64_t nanoseconds; minimum and maximum in seconds */
    OPTION_TEXT,     /* const char *, NULL when not set */
    OPTION_WORD,     /* unsigned: the position in words */
    OPTION_TEXTS,    /* struct option_texts: a YAML list of texts, or a flag given several times */
    OPTION_PAIRS,    /* struct option_pairs: a YAML map of text to text with free keys */
    OPTION_RECORDS,  /* struct option_records: a YAML list of maps described by fields; YAML only */
    OPTION_GROUP,    /* a YAML map described by fields, or `off`: a struct that begins with `bool enabled`; YAML only */
};

struct option_texts {
    const char **items;
    size_t count;
};

struct option_pair {
    const char *key;
    const char *value;
};

struct option_pairs {
    struct option_pair *items;
    size_t count;
};

struct option_records {
    void *items; /* count structs of the option's record_size bytes */
    size_t count;
};

struct option {
    const char *name; /* the key inside its YAML section; NULL: a flag only */
    const char *flag; /* the flag without "--"; NULL: YAML only */
    enum option_type type;
    size_t offset;                     /* of the value in the section's struct */
    const char *fallback;              /* the default as a user would write it (TEXTS: one item); NULL: zero or empty */
    const char *const *words;          /* WORD: what is allowed, NULL-ended */
    bool (*accepts)(const char *text); /* TEXT, TEXTS: whether this is allowed; NULL: everything is */
    bool (*accepts_pair)(const char *key, const char *value); /* PAIRS: the same */
    const char *allowed;                                      /* what accepts() or accepts_pair() wants, for messages */
    double minimum, maximum;                                  /* COUNT, REAL, DURATION: both 0 means unbounded */
    const struct option *fields; /* RECORDS, GROUP: the fields, ended by OPTION_END; offsets are into it */
    size_t record_size;
    bool required;       /* in a record: must be given */
    const char *refused; /* why anything but the default is refused in this version; NULL: accepted */
    const char *help;    /* one line */
};

#define OPTION_END                                                                                                     \
    {                                                                                                                  \
        .name = NULL, .flag = NULL                                                                                     \
    }

/* A named group of options: a top-level key of the YAML file and a struct that takes the values. */
struct option_section {
    const char *name;
    const struct option *options; /* ended by OPTION_END */
    size_t size;                  /* of the struct that the offsets point into */
};

/* Whether this entry ends a list of options. */
bool option_is_end(const struct option *option);

/* Sets every option of the list in *values to its default. 0 or -ENOMEM; defaults are data and always well-formed. */
int option_defaults(const struct option *options, void *values, struct arena *arena);

/* Sets one scalar option (or adds one item to TEXTS) from text. On a value that is not allowed returns -EINVAL and
 * appends to *why what is wrong and what is allowed; -ENOMEM when memory is short. Copies go to arena. */
int option_set(const struct option *option, void *values, const char *value, struct arena *arena, struct text *why);

/* Adds one pair to a PAIRS option; errors as option_set(). */
int option_add_pair(const struct option *option, void *values, const struct option_pair *pair, struct arena *arena,
                    struct text *why);

/* Adds one zeroed record to a RECORDS option, its fields at their defaults, and hands it out. 0 or -ENOMEM. */
int option_add_record(const struct option *option, void *values, struct arena *arena, void **ret_record);

/* Empties a TEXTS, PAIRS or RECORDS option, so that what the user gives replaces the default. */
void option_clear_list(const struct option *option, void *values);

/* Appends what the user wrote as messages show it: in single quotes, one line, printable, at most 64 octets. */
void option_quote(const char *value, struct text *text);

#endif
