/* SPDX-License-Identifier: Apache-2.0
 * Groups of options, as findings have them: a map of its own for each, or `off`. */
#include <errno.h>
#include <stddef.h>

#include "base/clock.h"
#include "exporter/config.h"
#include "tests/cmocka.h"
#include "tests/tree.h"

struct rule {
    bool enabled;
    double share;
    int64_t hold;
};

struct rules {
    struct rule first;
    struct rule second;
};

static const struct option rule_options[] = {
    {.name = "share", .type = OPTION_REAL, .offset = offsetof(struct rule, share), .fallback = "0.5", .maximum = 1},
    {.name = "hold",
     .type = OPTION_DURATION,
     .offset = offsetof(struct rule, hold),
     .fallback = "10m",
     .maximum = 3600},
    OPTION_END,
};

static const struct option groups[] = {
    {.name = "first",
     .type = OPTION_GROUP,
     .offset = offsetof(struct rules, first),
     .fields = rule_options,
     .record_size = sizeof(struct rule)},
    {.name = "second",
     .type = OPTION_GROUP,
     .offset = offsetof(struct rules, second),
     .fields = rule_options,
     .record_size = sizeof(struct rule)},
    OPTION_END,
};

static const struct option_section section = {"findings", groups, sizeof(struct rules)};

/* Loads this text as a configuration. On failure *ret_rules is untouched and `why` has the message, from the line on.
 */
static int load(const char *yaml, struct rules *ret_rules, char *why, size_t size)
{
    char root[64], path[128];
    struct config *config = NULL;
    struct text raw = TEXT_EMPTY;
    tree_make(root, sizeof(root));
    snprintf(path, sizeof(path), "%s/c.yml", root);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(yaml, file) != EOF);
    assert_int_equal(fclose(file), 0);
    int error = config_load(&section, 1, path, NULL, 0, &config, &raw);
    if (error == 0)
        *ret_rules = *(const struct rules *)config_values(config, &section);
    const char *message = strstr(text_value(&raw), "c.yml:");
    snprintf(why, size, "%s", message ? message : "");
    config_free(config);
    text_free(&raw);
    tree_remove(root);
    return error;
}

static void without_a_word_each_has_its_defaults(void **state)
{
    struct rules rules = {0};
    char why[256];
    (void)state;
    assert_int_equal(load("{}\n", &rules, why, sizeof(why)), 0);
    assert_true(rules.first.enabled && rules.second.enabled);
    assert_true(rules.first.share == 0.5 && rules.second.hold == 600 * CLOCK_SECOND);
}

static void one_is_set_and_the_other_off(void **state)
{
    struct rules rules = {0};
    char why[256];
    (void)state;
    assert_int_equal(load("findings: {first: {share: 0.25}, second: off}\n", &rules, why, sizeof(why)), 0);
    assert_true(rules.first.enabled && !rules.second.enabled);
    assert_true(rules.first.share == 0.25 && rules.first.hold == 600 * CLOCK_SECOND);
    assert_true(rules.second.share == 0.5);
}

static void what_is_wrong_has_its_line(void **state)
{
    static const struct {
        const char *yaml, *begins;
    } wrong[] = {
        {"findings:\n  third: off\n", "c.yml:2: unknown key 'third' in findings; allowed: first, second"},
        {"findings:\n  first:\n    shares: 1\n",
         "c.yml:3: unknown key 'shares' in findings.first; allowed: share, hold"},
        {"findings:\n  first: {share: 2}\n", "c.yml:2: findings.first.share: '2' is not allowed"},
        {"findings:\n  first: {hold: soon}\n", "c.yml:2: findings.first.hold: 'soon' is not allowed"},
        {"findings:\n  first: 7\n", "c.yml:2: findings.first"},
        {"findings:\n  first: [off]\n", "c.yml:2: findings.first"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct rules rules = {0};
        char why[256];
        assert_int_equal(load(wrong[i].yaml, &rules, why, sizeof(why)), -EINVAL);
        if (strncmp(why, wrong[i].begins, strlen(wrong[i].begins)) != 0)
            fail_msg("%s", why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_word_each_has_its_defaults),
        cmocka_unit_test(one_is_set_and_the_other_off),
        cmocka_unit_test(what_is_wrong_has_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
