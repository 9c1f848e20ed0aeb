/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/config.h"
#include "tests/exporter/config/sections.h"
#include "tests/failing_memory.h"
#include "tests/tree.h"

/* Parses the flags and loads the file, with allocation number at failing. Tells whether one failed. */
static bool try(const char *path, char **arguments, int count, unsigned long at, int expected)
{
    struct arena arena = ARENA_EMPTY;
    struct config_flag *flags = NULL;
    struct config *config = NULL;
    const char **operands;
    size_t flag_count, operand_count;
    struct text why = TEXT_EMPTY;
    failing_memory_arm(at);
    int error = config_parse_arguments(sections, SECTION_COUNT, count, arguments, &arena, &flags, &flag_count,
                                       &operands, &operand_count, &why);
    if (error == 0)
        error = config_load(sections, SECTION_COUNT, path, flags, flag_count, &config, &why);
    bool failed = failing_memory_disarm();
    assert_int_equal(error, failed ? -ENOMEM : expected);
    assert_true((config != NULL) == (error == 0));
    config_free(config);
    text_free(&why);
    arena_free(&arena);
    return failed;
}

static void sweep(const char *yaml, char **arguments, int count, int expected)
{
    char root[64], path[128];
    tree_make(root, sizeof(root));
    tree_file(root, "c.yml", "%s", yaml);
    snprintf(path, sizeof(path), "%s/c.yml", root);
    unsigned long at = 1;
    while (try(path, arguments, count, at, expected))
        at++;
    assert_true(at > 5);
    tree_remove(root);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    char *good[] = {"--web.listen-address=:3", "--sample.interval", "3s", "operand"};
    char *bad[] = {"--web.listen-address=:3", "--sample.interval=x"};
    char *unknown[] = {"--sample.intervall=x"};
    struct text names = TEXT_EMPTY;
    text_string(&names, "web: {listen_addresses: [\":1\", \":2\"]}\nsample:\n  advice: {a: b}\n  names:\n");
    for (int i = 0; i < 300; i++)
        text_format(&names, "    - {match: a%d, name: bbbbbbbbbbbbbbbb}\n", i);
    sweep(text_value(&names), good, 4, 0);
    sweep("web: {a: 1, a: 2}\nsample: {names: [{}], interval: x}\nx: 1\n---\n", bad, 2, -EINVAL);
    sweep("a: [", bad, 2, -EINVAL);
    struct text why = TEXT_EMPTY;
    unsigned long at = 1;
    while (try("/nonexistent", unknown, 1, at, -EINVAL))
        at++;
    assert_true(at > 2);
    text_free(&names);
    text_free(&why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
