/* SPDX-License-Identifier: Apache-2.0
 * getopt_long() takes abbreviations and cannot be told not to, hence a parser of our own, driven by the options. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/config_private.h"

#define SPELLING_MAX 64u
#define HELP_COLUMN  40u
#define HELP_INDENT  6u

static const char *const own_flags[] = {"help", "version"};
#define OWN_FLAGS (sizeof(own_flags) / sizeof(own_flags[0]))

/* What one run of the parser works on. */
struct arguments {
    const struct option_section *sections;
    size_t section_count;
    struct arena *arena;
    struct text *why;
    struct config_flag *flags;
    size_t flag_count;
    const char **operands;
    size_t operand_count;
    bool wrong;
};

static bool is_own_flag(const char *name)
{
    for (size_t i = 0; i < OWN_FLAGS; i++)
        if (strcmp(own_flags[i], name) == 0)
            return true;
    return false;
}

static bool find_exactly(const struct option_section *sections, size_t section_count, const char *name,
                         struct config_match *ret_match)
{
    for (size_t i = 0; i < section_count; i++) {
        for (const struct option *option = sections[i].options; !option_is_end(option); option++) {
            if (option->flag && strcmp(option->flag, name) == 0) {
                *ret_match = (struct config_match){option, i, false};
                return true;
            }
        }
    }
    return false;
}

bool config_find_flag(const struct option_section *sections, size_t section_count, const char *name,
                      struct config_match *ret_match)
{
    struct config_match match;
    if (find_exactly(sections, section_count, name, ret_match))
        return true;
    if (strncmp(name, "no-", 3) != 0 || !find_exactly(sections, section_count, name + 3, &match) ||
        match.option->type != OPTION_BOOLEAN)
        return false;
    match.negated = true;
    *ret_match = match;
    return true;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t config_spelling_distance(const char *left, const char *right)
{
    /* Three rows of the matrix of distances between prefixes: two back, one back, the present one. */
    size_t rows[3][SPELLING_MAX + 1], left_length = strlen(left), right_length = strlen(right);
    if (left_length > SPELLING_MAX || right_length > SPELLING_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= right_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= left_length; i++) {
        size_t *now = rows[i % 3];
        const size_t *before = rows[(i + 2) % 3], *older = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= right_length; j++) {
            now[j] = least(least(before[j], now[j - 1]) + 1, before[j - 1] + (left[i - 1] != right[j - 1]));
            if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                now[j] = least(now[j], older[j - 2] + 1);
        }
    }
    return rows[left_length % 3][right_length];
}

/* Keeps the better of what was found so far and this name. */
static void consider(const char *wanted, const char *prefix, const char *name, char best[SPELLING_MAX + 1],
                     size_t *distance)
{
    char spelled[SPELLING_MAX + 1];
    int length = snprintf(spelled, sizeof(spelled), "%s%s", prefix, name);
    if (length < 0 || (size_t)length >= sizeof(spelled))
        return;
    size_t found = config_spelling_distance(wanted, spelled);
    if (found < *distance) {
        *distance = found;
        memcpy(best, spelled, (size_t)length + 1);
    }
}

static void say_unknown(const struct arguments *arguments, const char *dashes, const char *name)
{
    size_t bound = strlen(name) / 5 + 2; /* further away it is not a slip of the finger */
    size_t distance = bound;
    char best[SPELLING_MAX + 1] = "";
    for (size_t i = 0; i < OWN_FLAGS; i++)
        consider(name, "", own_flags[i], best, &distance);
    for (size_t i = 0; i < arguments->section_count; i++) {
        for (const struct option *option = arguments->sections[i].options; !option_is_end(option); option++) {
            if (option->flag)
                consider(name, "", option->flag, best, &distance);
            if (option->flag && option->type == OPTION_BOOLEAN)
                consider(name, "no-", option->flag, best, &distance);
        }
    }
    char *spelled = arena_format(arguments->arena, "%s%s", dashes, name);
    text_string(arguments->why, "unknown flag ");
    option_quote(spelled ? spelled : name, arguments->why);
    if (distance < bound)
        text_format(arguments->why, "; did you mean --%s?", best);
    else
        text_string(arguments->why, "; --help lists all");
    text_string(arguments->why, "\n");
}

static void say(struct arguments *arguments, const char *name, const char *what)
{
    text_format(arguments->why, "--%s %s\n", name, what);
    arguments->wrong = true;
}

static bool given_before(const struct arguments *arguments, const struct option *option)
{
    struct config_match match;
    for (size_t i = 0; i < arguments->flag_count; i++)
        if (config_find_flag(arguments->sections, arguments->section_count, arguments->flags[i].name, &match) &&
            match.option == option)
            return true;
    return false;
}

/* Takes one flag; next is the argument after it or NULL. Tells whether that was taken as the value. */
static bool take_flag(struct arguments *arguments, char *name, const char *next)
{
    struct config_match match = {NULL, 0, false};
    char *equals = strchr(name, '=');
    const char *value = equals ? equals + 1 : NULL;
    if (equals)
        name = arena_copy(arguments->arena, name, (size_t)(equals - name));
    if (!name) {
        arguments->why->error = -ENOMEM;
        return false;
    }
    bool own = is_own_flag(name), taken = false;
    if (!own && !config_find_flag(arguments->sections, arguments->section_count, name, &match)) {
        say_unknown(arguments, "--", name);
        arguments->wrong = true;
        return false;
    }
    if (own || match.option->type == OPTION_BOOLEAN) {
        if (value)
            say(arguments, name, own ? "takes no value" : "takes no value; it has a counterpart that begins with no-");
    } else if (!value) {
        /* A value that begins with dashes is given after '='; here it is more likely the next flag. */
        taken = next && strncmp(next, "--", 2) != 0;
        value = taken ? next : NULL;
        if (!taken)
            say(arguments, name, "needs a value");
    }
    if (!own && match.option->type != OPTION_TEXTS && given_before(arguments, match.option))
        say(arguments, name, "is given twice");
    arguments->flags[arguments->flag_count++] = (struct config_flag){name, value};
    return taken;
}

static void take_all(struct arguments *arguments, int argc, char **argv)
{
    bool flags_ended = false;
    for (int i = 0; i < argc && !arguments->why->error; i++) {
        if (flags_ended || argv[i][0] != '-' || !argv[i][1]) {
            arguments->operands[arguments->operand_count++] = argv[i];
        } else if (strcmp(argv[i], "--") == 0) {
            flags_ended = true;
        } else if (argv[i][1] != '-') {
            say_unknown(arguments, "-", argv[i] + 1);
            arguments->wrong = true;
        } else if (take_flag(arguments, argv[i] + 2, i + 1 < argc ? argv[i + 1] : NULL)) {
            i++;
        }
    }
}

int config_parse_arguments(const struct option_section *sections, size_t section_count, int argc, char **argv,
                           struct arena *arena, struct config_flag **ret_flags, size_t *ret_flag_count,
                           const char ***ret_operands, size_t *ret_operand_count, struct text *why)
{
    size_t most = argc > 0 ? (size_t)argc : 0;
    struct arguments arguments = {.sections = sections, .section_count = section_count, .arena = arena, .why = why};
    arguments.flags = arena_allocate(arena, (most + 1) * sizeof(*arguments.flags));
    arguments.operands = arena_allocate(arena, (most + 1) * sizeof(*arguments.operands));
    if (!arguments.flags || !arguments.operands)
        return -ENOMEM;
    take_all(&arguments, argc, argv);
    if (why->error)
        return why->error;
    if (arguments.wrong)
        return -EINVAL;
    *ret_flags = arguments.flags;
    *ret_flag_count = arguments.flag_count;
    *ret_operands = arguments.operands;
    *ret_operand_count = arguments.operand_count;
    return 0;
}

static const char *placeholder(enum option_type type)
{
    switch (type) {
    case OPTION_COUNT:
    case OPTION_REAL:
        return "=NUMBER";
    case OPTION_DURATION:
        return "=DURATION";
    case OPTION_WORD:
        return "=WORD";
    default:
        return "=TEXT";
    }
}

static void help_line(const struct option *option, struct text *text)
{
    bool boolean = option->type == OPTION_BOOLEAN;
    size_t start = text->length;
    text_format(text, "%*s--%s%s%s", (int)HELP_INDENT, "", boolean ? "[no-]" : "", option->flag,
                boolean ? "" : placeholder(option->type));
    size_t width = text->length - start;
    if (width + 2 > HELP_COLUMN) {
        text_string(text, "\n");
        width = 0;
    }
    text_format(text, "%*s%s", (int)(HELP_COLUMN - width), "", option->help ? option->help : "");
    for (size_t i = 0; option->type == OPTION_WORD && option->words[i]; i++)
        text_format(text, "%s%s", i == 0 ? ": " : ", ", option->words[i]);
    if (option->fallback)
        text_format(text, " (default %s)", option->fallback);
    if (option->refused)
        text_format(text, "; refused: %s", option->refused);
    text_string(text, "\n");
}

void config_help(const struct option_section *sections, size_t section_count, struct text *text)
{
    for (size_t i = 0; i < section_count; i++)
        for (const struct option *option = sections[i].options; !option_is_end(option); option++)
            if (option->flag)
                help_line(option, text);
}
