/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/command_line.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "version.h"

static const char *const command_words[] = {"metrics", "describe", "config", "check"};

int command_line_refuse(const char *what, const char *word, const char *more)
{
    struct text text = TEXT_EMPTY;
    text_string(&text, what);
    option_quote(word, &text);
    text_string(&text, more);
    command_line_errors(&text);
    text_free(&text);
    return COMMAND_LINE_USAGE;
}

int command_line_find(int argc, char **argv, enum command *ret_command)
{
    *ret_command = COMMAND_RUN;
    if (argc < 2 || argv[1][0] == '-')
        return 0;
    for (unsigned i = 0; i < sizeof(command_words) / sizeof(command_words[0]); i++) {
        if (strcmp(argv[1], command_words[i]) == 0) {
            *ret_command = (enum command)(i + 1);
            return 1;
        }
    }
    (void)command_line_refuse("unknown command ", argv[1], "; metrics, describe, config or check");
    return -EINVAL;
}

const struct config_flag *command_line_flag(const struct config_flag *flags, size_t count, const char *name)
{
    const struct config_flag *found = NULL;
    for (size_t i = 0; i < count; i++)
        if (strcmp(flags[i].name, name) == 0)
            found = &flags[i];
    return found;
}

bool command_line_misplaced(const struct option *options, const struct config_flag *flags, size_t count)
{
    for (; !option_is_end(options); options++)
        if (command_line_flag(flags, count, options->flag)) {
            (void)fprintf(stderr, "chokepoint: --%s belongs to the command check\n", options->flag);
            return true;
        }
    return false;
}

int command_line_print(const struct text *text)
{
    if (text->error || fwrite(text_value(text), 1, text->length, stdout) != text->length || fflush(stdout) != 0) {
        (void)fprintf(stderr, "chokepoint: cannot write: %s\n", strerror(text->error ? -text->error : errno));
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

int command_line_version(void)
{
    struct text text = TEXT_EMPTY;
    text_string(&text, "chokepoint " CHOKEPOINT_VERSION " (revision " CHOKEPOINT_REVISION ")\n");
    int status = command_line_print(&text);
    text_free(&text);
    return status;
}

int command_line_help(const struct option_section *sections, size_t section_count)
{
    struct text text = TEXT_EMPTY;
    text_string(&text,
                "usage: chokepoint [FLAG...]                 run the agent in the foreground\n"
                "       chokepoint metrics [FLAG...]         take one sample, print it, exit\n"
                "       chokepoint describe metrics          every table and metric, as Markdown\n"
                "       chokepoint describe findings         every finding and its options, as Markdown\n"
                "       chokepoint check [FLAG...]           the verdict: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN\n"
                "       chokepoint config check FILE         0, or every error with its line\n\n"
                "      --help                            show this\n"
                "      --version                         show the version\n");
    config_help(sections, section_count, &text);
    int status = command_line_print(&text);
    text_free(&text);
    return status;
}

void command_line_errors(const struct text *why)
{
    (void)fprintf(stderr, "chokepoint: %s", text_value(why));
    if (why->length == 0 || why->data[why->length - 1] != '\n')
        (void)fputc('\n', stderr);
}
