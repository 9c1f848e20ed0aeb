/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/config.h"
#include "exporter/config_private.h"
#include "tests/cmocka.h"
#include "tests/exporter/config/sections.h"

#define ARGUMENTS(...) ((const char *[]){__VA_ARGS__, NULL})

struct parsed {
    struct arena arena;
    struct config_flag *flags;
    size_t flag_count;
    const char **operands;
    size_t operand_count;
    struct text why;
    int error;
};

static struct parsed parse(const char *const *arguments)
{
    struct parsed parsed = {.arena = ARENA_EMPTY, .why = TEXT_EMPTY};
    int argc = 0;
    while (arguments[argc])
        argc++;
    parsed.error =
        config_parse_arguments(sections, SECTION_COUNT, argc, (char **)arguments, &parsed.arena, &parsed.flags,
                               &parsed.flag_count, &parsed.operands, &parsed.operand_count, &parsed.why);
    return parsed;
}

static void parsed_free(struct parsed *parsed)
{
    arena_free(&parsed->arena);
    text_free(&parsed->why);
}

static void expect_error(const char *const *arguments, const char *why)
{
    struct parsed parsed = parse(arguments);
    assert_string_equal(text_value(&parsed.why), why);
    assert_int_equal(parsed.error, -EINVAL);
    assert_null(parsed.flags);
    parsed_free(&parsed);
}

static void both_spellings_and_operands_are_split(void **state)
{
    (void)state;
    struct parsed parsed =
        parse(ARGUMENTS("check", "--sample.interval=1s", "--web.telemetry-path", "/m", "--collector.mail",
                        "--no-collector.tcp", "--help", "--config.file=", "-", "--", "--sample.interval=2s"));
    assert_int_equal(parsed.error, 0);
    static const struct config_flag expected[] = {
        {"sample.interval", "1s"},
        {"web.telemetry-path", "/m"},
        {"collector.mail", NULL},
        {"no-collector.tcp", NULL},
        {"help", NULL},
        {"config.file", ""},
    };
    assert_int_equal(parsed.flag_count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_string_equal(parsed.flags[i].name, expected[i].name);
        if (expected[i].value)
            assert_string_equal(parsed.flags[i].value, expected[i].value);
        else
            assert_null(parsed.flags[i].value);
    }
    assert_int_equal(parsed.operand_count, 3);
    assert_string_equal(parsed.operands[0], "check");
    assert_string_equal(parsed.operands[1], "-");
    assert_string_equal(parsed.operands[2], "--sample.interval=2s");
    parsed_free(&parsed);
}

static void wrong_flags_are_told_with_the_nearest_spelling(void **state)
{
    (void)state;
    expect_error(ARGUMENTS("--web.listen-adress=:1"),
                 "unknown flag '--web.listen-adress'; did you mean --web.listen-address?\n");
    expect_error(ARGUMENTS("--web.listen-addresss"),
                 "unknown flag '--web.listen-addresss'; did you mean --web.listen-address?\n");
    expect_error(ARGUMENTS("--no-colector.tcp"),
                 "unknown flag '--no-colector.tcp'; did you mean --no-collector.tcp?\n");
    expect_error(ARGUMENTS("--hlep"), "unknown flag '--hlep'; did you mean --help?\n");
    expect_error(ARGUMENTS("--zzzzzz"), "unknown flag '--zzzzzz'; --help lists all\n");
    /* No abbreviations, however clear. */
    expect_error(ARGUMENTS("--web.telemetry"), "unknown flag '--web.telemetry'; --help lists all\n");
    expect_error(ARGUMENTS("-h"), "unknown flag '-h'; --help lists all\n");
    expect_error(ARGUMENTS("--no-sample.interval"),
                 "unknown flag '--no-sample.interval'; did you mean --sample.interval?\n");
    expect_error(ARGUMENTS("--="), "unknown flag '--'; --help lists all\n");
    expect_error(ARGUMENTS("--\n\x1b"), "unknown flag '--\\x0a\\x1b'; --help lists all\n");
}

static void values_and_repetition_are_checked(void **state)
{
    (void)state;
    expect_error(ARGUMENTS("--sample.interval"), "--sample.interval needs a value\n");
    expect_error(ARGUMENTS("--sample.interval", "--collector.mail"), "--sample.interval needs a value\n");
    expect_error(ARGUMENTS("--collector.mail=true"),
                 "--collector.mail takes no value; it has a counterpart that begins with no-\n");
    expect_error(ARGUMENTS("--help=1"), "--help takes no value\n");
    expect_error(ARGUMENTS("--sample.interval=1s", "--sample.interval=1s"), "--sample.interval is given twice\n");
    expect_error(ARGUMENTS("--collector.mail", "--no-collector.mail"), "--no-collector.mail is given twice\n");
    /* All in one pass. */
    expect_error(
        ARGUMENTS("--hlep", "--sample.interval", "--help=1"),
        "unknown flag '--hlep'; did you mean --help?\n--sample.interval needs a value\n--help takes no value\n");
    struct parsed parsed = parse(ARGUMENTS("--web.listen-address=:1", "--web.listen-address", ":2"));
    assert_int_equal(parsed.error, 0);
    assert_int_equal(parsed.flag_count, 2);
    parsed_free(&parsed);
}

static struct config *load(const char *const *arguments, struct parsed *parsed)
{
    struct config *config = NULL;
    *parsed = parse(arguments);
    assert_int_equal(parsed->error, 0);
    parsed->error =
        config_load(sections, SECTION_COUNT, NULL, parsed->flags, parsed->flag_count, &config, &parsed->why);
    return config;
}

static void flags_win_over_defaults(void **state)
{
    (void)state;
    struct parsed parsed;
    struct config *config = load(ARGUMENTS("--web.listen-address=:1", "--web.listen-address=:2", "--no-collector.tcp",
                                           "--collector.mail", "--sample.interval=1m", "--sample.mode=off"),
                                 &parsed);
    assert_non_null(config);
    const struct web_values *web = config_values(config, &sections[SECTION_WEB]);
    const struct sample_values *sample = config_values(config, &sections[SECTION_SAMPLE]);
    const struct flag_values *flags = config_values(config, &sections[SECTION_FLAGS]);
    assert_int_equal(web->addresses.count, 2);
    assert_string_equal(web->addresses.items[0], ":1");
    assert_string_equal(web->addresses.items[1], ":2");
    assert_string_equal(web->path, "/metrics");
    assert_int_equal(sample->interval, INT64_C(60000000000));
    assert_int_equal(sample->mode, 2);
    assert_false(flags->tcp);
    assert_true(flags->mail);
    static const struct option_section stranger = {"x", no_options, 0};
    assert_null(config_values(config, &stranger));
    config_free(config);
    parsed_free(&parsed);
    config_free(NULL);
}

static void values_of_flags_are_checked(void **state)
{
    (void)state;
    struct parsed parsed;
    assert_null(load(ARGUMENTS("--sample.interval=never", "--help", "--sample.mode=x", "--web.config.file=a",
                               "--web.systemd-socket"),
                     &parsed));
    assert_int_equal(parsed.error, -EINVAL);
    assert_string_equal(text_value(&parsed.why),
                        "--sample.interval: 'never' is not allowed; a duration such as 500ms, 5s or 1h30m, 100ms to "
                        "1h\n"
                        "--sample.mode: 'x' is not allowed; auto, on or off\n"
                        "--web.config.file: TLS and users come with a later version\n"
                        "--web.systemd-socket: socket activation comes with a later version\n");
    parsed_free(&parsed);
    /* Refused, but given its default. */
    struct config *config = load(ARGUMENTS("--no-web.systemd-socket", "--web.config.file="), &parsed);
    assert_non_null(config);
    assert_string_equal(text_value(&parsed.why), "");
    config_free(config);
    parsed_free(&parsed);
}

static void spelling_distance_counts_slips(void **state)
{
    (void)state;
    assert_int_equal(config_spelling_distance("", ""), 0);
    assert_int_equal(config_spelling_distance("abc", "abc"), 0);
    assert_int_equal(config_spelling_distance("abc", ""), 3);
    assert_int_equal(config_spelling_distance("abcd", "abdc"), 1);
    assert_int_equal(config_spelling_distance("kitten", "sitting"), 3);
    assert_int_equal(config_spelling_distance("flaw", "lawn"), 2);
    char huge[70];
    memset(huge, 'x', 69);
    huge[69] = '\0';
    assert_true(config_spelling_distance(huge, "x") == SIZE_MAX);
}

static void help_shows_every_flag(void **state)
{
    (void)state;
    struct text text = TEXT_EMPTY;
    config_help(sections, SECTION_COUNT, &text);
    for (size_t i = 0; i < SECTION_COUNT; i++)
        for (const struct option *option = sections[i].options; !option_is_end(option); option++)
            if (option->flag)
                assert_non_null(strstr(text_value(&text), option->flag));
    assert_non_null(
        strstr(text_value(&text), "      --[no-]collector.tcp              count sockets (default true)\n"));
    assert_non_null(strstr(text_value(&text), "how: auto, on, off (default auto)\n"));
    assert_null(strstr(text_value(&text), "max_series"));
    text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_spellings_and_operands_are_split),
        cmocka_unit_test(wrong_flags_are_told_with_the_nearest_spelling),
        cmocka_unit_test(values_and_repetition_are_checked),
        cmocka_unit_test(flags_win_over_defaults),
        cmocka_unit_test(values_of_flags_are_checked),
        cmocka_unit_test(spelling_distance_counts_slips),
        cmocka_unit_test(help_shows_every_flag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
