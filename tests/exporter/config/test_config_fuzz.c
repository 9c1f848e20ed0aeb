/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/config.h"
#include "tests/exporter/config/sections.h"
#include "tests/tree.h"

#define ROUNDS 4000

/* xorshift64: the same bytes in every run. */
static uint64_t random_state = 0x9e3779b97f4a7c15u;

static unsigned random_below(unsigned bound)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state >> 33) % bound;
}

static const char *const pieces[] = {
    "web",
    "sample",
    "findings",
    "listen_addresses",
    "interval",
    "names",
    "match",
    "advice",
    "later",
    ": ",
    ":\n  ",
    "\n",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "&a ",
    "*a",
    "5s",
    "\"",
    "'",
    "|\n",
    "!x ",
    "---\n",
    "...\n",
    "? ",
    "#",
    "\t",
    "\\x41",
    "\xff",
    "~",
    "%YAML 1.1\n",
    "<<: ",
    "1",
    "true",
    "0x",
    "\r\n",
    "\xc2\x85",
    "config",
    "=",
    "--",
    "web.listen-address",
    "no-",
    "help",
    "a",
    "-",
    "sample.interval",
    "collector.tcp",
};

static size_t random_bytes(char *buffer, size_t size)
{
    size_t length = 0, wanted = random_below((unsigned)size - 32);
    bool raw = random_below(4) == 0;
    while (length < wanted) {
        if (raw || random_below(16) == 0) {
            buffer[length++] = (char)random_below(256);
            continue;
        }
        const char *piece = pieces[random_below(sizeof(pieces) / sizeof(pieces[0]))];
        memcpy(buffer + length, piece, strlen(piece));
        length += strlen(piece);
    }
    return length;
}

static void random_files_are_answered(void **state)
{
    (void)state;
    char root[64], path[128], buffer[512];
    unsigned wrong = 0;
    tree_make(root, sizeof(root));
    snprintf(path, sizeof(path), "%s/c.yml", root);
    for (int i = 0; i < ROUNDS; i++) {
        struct config *config = NULL;
        struct text why = TEXT_EMPTY;
        FILE *file = fopen(path, "w");
        fwrite(buffer, 1, random_bytes(buffer, sizeof(buffer)), file);
        fclose(file);
        int error = config_load(sections, SECTION_COUNT, path, NULL, 0, &config, &why);
        assert_true(error == 0 || error == -EINVAL);
        assert_true((error == 0) == (why.length == 0));
        if (error < 0) {
            wrong++;
            /* Every error is one line, with the file's name before it. */
            for (char *line = strtok(why.data, "\n"); line; line = strtok(NULL, "\n"))
                assert_int_equal(strncmp(line, path, strlen(path)), 0);
        }
        config_free(config);
        text_free(&why);
    }
    assert_true(wrong > ROUNDS / 2 && wrong < ROUNDS);
    tree_remove(root);
}

static void random_arguments_are_answered(void **state)
{
    (void)state;
    enum { ARGUMENTS_MAX = 6 };
    char buffers[ARGUMENTS_MAX][96], *arguments[ARGUMENTS_MAX];
    unsigned wrong = 0;
    for (int i = 0; i < ROUNDS; i++) {
        struct arena arena = ARENA_EMPTY;
        struct config_flag *flags = NULL;
        struct config *config = NULL;
        const char **operands;
        size_t flag_count, operand_count;
        struct text why = TEXT_EMPTY;
        int count = (int)random_below(ARGUMENTS_MAX);
        for (int j = 0; j < count; j++) {
            char *argument = buffers[j];
            size_t dashes = random_below(4);
            memset(argument, '-', dashes);
            argument[dashes + random_bytes(argument + dashes, sizeof(buffers[j]) - 4)] = '\0';
            arguments[j] = argument;
        }
        int error = config_parse_arguments(sections, SECTION_COUNT, count, arguments, &arena, &flags, &flag_count,
                                           &operands, &operand_count, &why);
        assert_true(error == 0 || error == -EINVAL);
        if (error == 0)
            error = config_load(sections, SECTION_COUNT, NULL, flags, flag_count, &config, &why);
        assert_true((error == 0) == (why.length == 0));
        wrong += error < 0;
        config_free(config);
        arena_free(&arena);
        text_free(&why);
    }
    assert_true(wrong > ROUNDS / 4 && wrong < ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_files_are_answered),
        cmocka_unit_test(random_arguments_are_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
