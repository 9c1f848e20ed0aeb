/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "exporter/config.h"
#include "tests/exporter/config/sections.h"
#include "tests/tree.h"

static char root[64], path[128];

static int set_up(void **state)
{
    (void)state;
    tree_make(root, sizeof(root));
    snprintf(path, sizeof(path), "%s/c.yml", root);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tree_remove(root);
    return 0;
}

static void write_bytes(const char *bytes, size_t length)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* Loads the file; messages lose the directory, so that tests can spell them out. */
static int load(struct config **ret_config, struct text *why)
{
    struct text raw = TEXT_EMPTY;
    int error = config_load(sections, SECTION_COUNT, path, NULL, 0, ret_config, &raw);
    for (const char *at = text_value(&raw), *found; *at; at = found) {
        found = strstr(at, root);
        size_t length = found ? (size_t)(found - at) : strlen(at);
        text_append(why, at, length);
        found = found ? found + strlen(root) + 1 : at + length;
    }
    text_free(&raw);
    return error;
}

static void expect(const char *yaml, int expected_error, const char *expected)
{
    struct config *config = NULL;
    struct text why = TEXT_EMPTY;
    write_bytes(yaml, strlen(yaml));
    int error = load(&config, &why);
    assert_string_equal(text_value(&why), expected);
    assert_int_equal(error, expected_error);
    assert_true((config != NULL) == (error == 0));
    config_free(config);
    text_free(&why);
}

static struct config *good(const char *yaml)
{
    struct config *config = NULL;
    struct text why = TEXT_EMPTY;
    write_bytes(yaml, strlen(yaml));
    assert_int_equal(load(&config, &why), 0);
    assert_string_equal(text_value(&why), "");
    text_free(&why);
    return config;
}

static void nothing_means_the_defaults(void **state)
{
    (void)state;
    static const char *const empty[] = {"", "# only a comment\n", "---\n", "--- {}\n", "~\n", "sample:\nweb: {}\n"};
    for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
        struct config *config = good(empty[i]);
        const struct sample_values *sample = config_values(config, &sections[SECTION_SAMPLE]);
        assert_int_equal(sample->interval, INT64_C(5000000000));
        config_free(config);
    }
}

static void every_type_is_read(void **state)
{
    (void)state;
    struct config *config = good("web:\n"
                                 "  listen_addresses: [\"127.0.0.1:0\", 'unix:/x']\n"
                                 "sample:\n"
                                 "  interval: 1m30s\n"
                                 "  max_series: 200\n"
                                 "  budget: 0.5\n"
                                 "  mode: off\n"
                                 "  detail: yes\n"
                                 "  label: &text 25\n"
                                 "  advice: {net.ipv4.tcp_tw_reuse: 1, b: *text}\n"
                                 "  names:\n"
                                 "    - {match: \"a b\", name: one}\n"
                                 "    - {name: two, match: x, weight: 9}\n"
                                 "  later: []\n");
    const struct web_values *web = config_values(config, &sections[SECTION_WEB]);
    const struct sample_values *sample = config_values(config, &sections[SECTION_SAMPLE]);
    const struct name_record *names = sample->names.items;
    assert_int_equal(web->addresses.count, 2);
    assert_string_equal(web->addresses.items[0], "127.0.0.1:0");
    assert_string_equal(web->addresses.items[1], "unix:/x");
    assert_int_equal(sample->interval, INT64_C(90000000000));
    assert_int_equal(sample->max_series, 200);
    assert_true(sample->budget > 0.49 && sample->budget < 0.51);
    assert_int_equal(sample->mode, 2);
    assert_true(sample->detail);
    assert_string_equal(sample->label, "25");
    assert_int_equal(sample->advice.count, 2);
    assert_string_equal(sample->advice.items[0].key, "net.ipv4.tcp_tw_reuse");
    assert_string_equal(sample->advice.items[1].value, "25");
    assert_int_equal(sample->names.count, 2);
    assert_string_equal(names[0].match, "a b");
    assert_int_equal(names[0].weight, 1);
    assert_string_equal(names[1].name, "two");
    assert_int_equal(names[1].weight, 9);
    config_free(config);
}

static void flags_win_over_the_file(void **state)
{
    (void)state;
    static const char yaml[] =
        "web: {listen_addresses: [\":1\", \":2\"], telemetry_path: /y}\nsample: {interval: 2s}\n";
    static const struct config_flag flags[] = {{"web.listen-address", ":3"}, {"sample.interval", "3s"}};
    struct config *config = NULL;
    struct text why = TEXT_EMPTY;
    write_bytes(yaml, strlen(yaml));
    assert_int_equal(config_load(sections, SECTION_COUNT, path, flags, 2, &config, &why), 0);
    const struct web_values *web = config_values(config, &sections[SECTION_WEB]);
    const struct sample_values *sample = config_values(config, &sections[SECTION_SAMPLE]);
    assert_int_equal(web->addresses.count, 1);
    assert_string_equal(web->addresses.items[0], ":3");
    assert_string_equal(web->path, "/y");
    assert_int_equal(sample->interval, INT64_C(3000000000));
    config_free(config);
    text_free(&why);
}

static void each_error_has_its_line(void **state)
{
    (void)state;
    expect("sample:\n  intervall: 5s\n", -EINVAL,
           "c.yml:2: unknown key 'intervall' in sample; allowed: interval, max_series, budget, mode, detail, label, "
           "advice, names, later\n");
    expect("\nwebb: {}\n", -EINVAL, "c.yml:2: unknown section 'webb'; allowed: web, sample, findings\n");
    expect("findings: {x: 1}\n", -EINVAL, "c.yml:1: unknown key 'x' in findings; allowed: none in this version\n");
    expect("sample:\n  interval: 1s\n  detail: no\n  interval: 2s\n", -EINVAL,
           "c.yml:4: duplicate key 'interval'; first given in line 2\n");
    expect("web: {}\nsample: {}\nweb: {}\n", -EINVAL, "c.yml:3: duplicate key 'web'; first given in line 1\n");
    expect("sample:\n  advice: {a: 1,\n    a: 2}\n", -EINVAL, "c.yml:3: duplicate key 'a'; first given in line 2\n");
    expect("sample:\n  interval: [5s]\n", -EINVAL, "c.yml:2: sample.interval: must be a single value\n");
    expect("sample:\n  interval:\n", -EINVAL, "c.yml:2: sample.interval: has no value\n");
    expect("web: {listen_addresses: ':1'}\n", -EINVAL,
           "c.yml:1: web.listen_addresses: must be a list of texts; [] is an empty one\n");
    expect("web: {listen_addresses: [':1', {}]}\n", -EINVAL, "c.yml:1: web.listen_addresses: must be a single value\n");
    expect("sample: {advice: [1]}\n", -EINVAL, "c.yml:1: sample.advice: must be a map; {} is an empty one\n");
    expect("sample: {advice: {a: [1]}}\n", -EINVAL, "c.yml:1: sample.advice.a: must be a single value\n");
    expect("sample: {names: {}}\n", -EINVAL, "c.yml:1: sample.names: must be a list of maps; [] is an empty one\n");
    expect("sample:\n  names:\n  - x\n", -EINVAL, "c.yml:3: sample.names[1]: must be a map\n");
    expect("sample: []\n", -EINVAL, "c.yml:1: sample: must be a map\n");
    expect("sample: {[a]: 1}\n", -EINVAL, "c.yml:1: a key must be a text\n");
    expect("sample: {interval: soon}\n", -EINVAL,
           "c.yml:1: sample.interval: 'soon' is not allowed; a duration such as 500ms, 5s or 1h30m, 100ms to 1h\n");
    expect("sample:\n  max_series: 5\n", -EINVAL,
           "c.yml:2: sample.max_series: '5' is not allowed; a whole number, 100 to 1000000\n");
    expect("sample:\n  mode: never\n", -EINVAL, "c.yml:2: sample.mode: 'never' is not allowed; auto, on or off\n");
    expect("sample:\n  label: \"a\\0b\"\n", -EINVAL, "c.yml:2: sample.label: holds a zero byte\n");
    expect("sample:\n  label: !secret x\n", -EINVAL, "c.yml:2: tag '!secret' is not allowed; values need no tag\n");
    expect("- a\n", -EINVAL, "c.yml:1: the file must be a map of sections\n");
    expect("\nhello\n", -EINVAL, "c.yml:2: the file must be a map of sections\n");
    expect("sample: {}\n---\nweb: {}\n", -EINVAL, "c.yml:2: a second document; a configuration is one\n");
    /* A flag's option is no key. */
    expect("web: {systemd-socket: true}\n", -EINVAL,
           "c.yml:1: unknown key 'systemd-socket' in web; allowed: listen_addresses, telemetry_path, config_file\n");
}

static void records_need_what_is_required(void **state)
{
    (void)state;
    expect("sample:\n  names:\n    - match: a\n    - weight: 2\n    - {match: a, name: b, weight: x}\n", -EINVAL,
           "c.yml:3: sample.names[1]: name is missing\n"
           "c.yml:4: sample.names[2]: match is missing: what to seek\n"
           "c.yml:4: sample.names[2]: name is missing\n"
           "c.yml:5: sample.names[3].weight: 'x' is not allowed; a whole number\n");
}

static void what_comes_later_is_refused(void **state)
{
    (void)state;
    expect("web: {config_file: tls.yml}\n", -EINVAL,
           "c.yml:1: web.config_file: TLS and users come with a later version\n");
    expect("web: {config_file: [tls.yml]}\n", -EINVAL,
           "c.yml:1: web.config_file: TLS and users come with a later version\n");
    expect("web: {config_file: ''}\n", 0, "");
    expect("sample:\n  later: [{match: a, name: b}]\n", -EINVAL,
           "c.yml:2: sample.later: this comes with a later version\n");
    expect("sample:\n  later: x\n", -EINVAL, "c.yml:2: sample.later: this comes with a later version\n");
}

static void all_errors_are_told_in_one_pass(void **state)
{
    (void)state;
    static const struct config_flag flags[] = {{"sample.interval", "x"}};
    static const char yaml[] = "web:\n"
                               "  listen_addresses: x\n"
                               "  what: 1\n"
                               "sample:\n"
                               "  interval: 0s\n"
                               "  names: [{}]\n"
                               "nothing: 1\n";
    struct config *config = NULL;
    struct text why = TEXT_EMPTY;
    write_bytes(yaml, strlen(yaml));
    assert_int_equal(config_load(sections, SECTION_COUNT, path, flags, 1, &config, &why), -EINVAL);
    int lines = 0;
    for (const char *c = text_value(&why); *c; c++)
        lines += *c == '\n';
    assert_int_equal(lines, 7);
    assert_non_null(strstr(text_value(&why), "c.yml:7: unknown section 'nothing'"));
    assert_non_null(strstr(text_value(&why), "\n--sample.interval: 'x' is not allowed"));
    text_free(&why);
}

static void syntax_errors_have_their_line(void **state)
{
    (void)state;
    expect("sample:\n  interval: 5s\n bad\n", -EINVAL,
           "c.yml:3: not YAML: did not find expected key, while parsing a block mapping that begins in line 1\n");
    expect("web: [\n", -EINVAL,
           "c.yml:2: not YAML: did not find expected node content, while parsing a flow node that begins in line 2\n");
    expect("a: 1\nb: \"\xff\"\n", -EINVAL, "c.yml:2: not YAML: invalid leading UTF-8 octet\n");
    expect("a: *nobody\n", -EINVAL, "c.yml:1: not YAML: found undefined alias\n");
    expect("sample: {}\n---\n[", -EINVAL,
           "c.yml:4: not YAML: did not find expected node content, while parsing a flow node that begins in line 4\n");
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void unreadable_files_are_told(void **state)
{
    (void)state;
    struct config *config = NULL;
    struct text why = TEXT_EMPTY;
    assert_int_equal(load(&config, &why), -ENOENT);
    assert_string_equal(text_value(&why), "c.yml: No such file or directory\n");
    text_clear(&why);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(load(&config, &why), -EISDIR);
    assert_string_equal(text_value(&why), "c.yml: Is a directory\n");
    text_clear(&why);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(mkfifo(path, 0644), 0);
    assert_int_equal(load(&config, &why), -EINVAL);
    assert_string_equal(text_value(&why), "c.yml: not a regular file\n");
    text_free(&why);
}

static void a_huge_file_is_refused_unread(void **state)
{
    (void)state;
    struct config *config = NULL;
    struct text why = TEXT_EMPTY;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(ftruncate(fileno(file), 50 * 1024 * 1024), 0);
    fclose(file);
    double start = seconds_now();
    assert_int_equal(load(&config, &why), -EFBIG);
    assert_true(seconds_now() - start < 0.5);
    assert_string_equal(text_value(&why), "c.yml: larger than 1 MiB; a configuration is a small file\n");
    text_free(&why);
}

/* Loads a pathological text of up to 1 MiB: whatever the answer, it comes soon and is short. */
static void survive(const char *begin, const char *repeat, const char *end)
{
    const size_t limit = 1024 * 1024;
    struct config *config = NULL;
    struct text yaml = TEXT_EMPTY, why = TEXT_EMPTY;
    text_string(&yaml, begin);
    while (yaml.length + strlen(repeat) + strlen(end) < limit)
        text_string(&yaml, repeat);
    text_string(&yaml, end);
    write_bytes(yaml.data, yaml.length);
    double start = seconds_now();
    int error = config_load(sections, SECTION_COUNT, path, NULL, 0, &config, &why);
    double seconds = seconds_now() - start;
    if (seconds > 10 || why.length > 40000)
        fail_msg("'%s' took %.1f s, %zu octets of errors", repeat, seconds, why.length);
    assert_true(error == 0 || error == -EINVAL);
    config_free(config);
    text_free(&yaml);
    text_free(&why);
}

static void pathological_files_are_bounded(void **state)
{
    (void)state;
    expect("sample:\n  label: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\n", -EINVAL,
           "c.yml:2: lists and maps nested deeper than 32\n");
    survive("", "[", "");
    survive("", "{", "");
    survive("", "- ", "x");
    survive("", "? ", "x");
    survive("", "[a, ", "");
    survive("{", "a: 1, ", "}");
    survive("", "a: 1\n", "");
    survive("sample: {names: [", "{}, ", "]}");
    survive("sample: {names: [&a {match: b, name: c, x: d}, ", "*a, ", "]}");
    survive("sample: {names: [&a {match: b, name: c}, ", "*a, ", "]}");
    survive("sample: {label: \"", "\\\\x41", "\"}");
    survive("sample: &a {label: ", "*a, ", "}");
    survive("web: {listen_addresses: [", "a, ", "]}");
    survive("#", "# ", "");
    survive("a: |\n", "  x\n", "");
}

static void aliases_are_bounded(void **state)
{
    (void)state;
    struct text yaml = TEXT_EMPTY, why = TEXT_EMPTY;
    struct config *config = NULL;
    text_string(&yaml, "sample:\n  names:\n  - &a {match: b, name: c}\n");
    for (int i = 0; i < 30000; i++)
        text_string(&yaml, "  - *a\n");
    write_bytes(yaml.data, yaml.length);
    assert_int_equal(load(&config, &why), -EINVAL);
    assert_string_equal(text_value(&why),
                        "c.yml:3: more than 100000 values, counting aliases each time; the rest is not read\n");
    text_free(&why);
    text_free(&yaml);
    /* An alias to itself is a circle. */
    expect("sample: &a\n  names: [*a]\n", -EINVAL,
           "c.yml:2: unknown key 'names' in sample.names[1]; allowed: match, name, weight\n"
           "c.yml:1: sample.names[1]: match is missing: what to seek\n"
           "c.yml:1: sample.names[1]: name is missing\n");
}

static void errors_are_bounded(void **state)
{
    (void)state;
    struct text yaml = TEXT_EMPTY, why = TEXT_EMPTY;
    struct config *config = NULL;
    for (int i = 0; i < 5000; i++)
        text_format(&yaml, "key%d: 1\n", i);
    write_bytes(yaml.data, yaml.length);
    assert_int_equal(load(&config, &why), -EINVAL);
    int lines = 0;
    for (const char *c = text_value(&why); *c; c++)
        lines += *c == '\n';
    assert_int_equal(lines, 101);
    assert_non_null(strstr(text_value(&why), "c.yml: 100 errors; the rest is not read\n"));
    text_free(&why);
    text_free(&yaml);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_means_the_defaults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_type_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(flags_win_over_the_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_error_has_its_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(records_need_what_is_required, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_comes_later_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(all_errors_are_told_in_one_pass, set_up, tear_down),
        cmocka_unit_test_setup_teardown(syntax_errors_have_their_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unreadable_files_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_huge_file_is_refused_unread, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pathological_files_are_bounded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(aliases_are_bounded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(errors_are_bounded, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
