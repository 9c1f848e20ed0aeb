/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "collectors/mail/servers/postfix/config.h"
#include "collectors/mail/servers/postfix/main_cf.h"
#include "tests/cmocka.h"
#include "tests/collectors/mail/spool_fixture.h"

static struct main_cf parse(const char *text, size_t length)
{
    struct main_cf main_cf = MAIN_CF_EMPTY;
    assert_int_equal(main_cf_parse(&main_cf, text, length), 0);
    return main_cf;
}

static int value(const struct main_cf *main_cf, const char *name, char *buffer, size_t size)
{
    struct text text = TEXT_EMPTY;
    int error = main_cf_value(main_cf, name, &text);
    snprintf(buffer, size, "%s", text_value(&text));
    text_free(&text);
    return error;
}

static void check(const struct main_cf *main_cf, const char *name, const char *expected)
{
    char found[512];
    assert_int_equal(value(main_cf, name, found, sizeof(found)), 0);
    assert_string_equal(found, expected);
}

static void check_error(const struct main_cf *main_cf, const char *name, int expected)
{
    char found[512];
    assert_int_equal(value(main_cf, name, found, sizeof(found)), expected);
}

static void a_file_is_read_as_postfix_reads_it(void **state)
{
    (void)state;
    struct text text = TEXT_EMPTY;
    assert_int_equal(file_read(FIXTURES "/main.cf", 65536, &text), 0);
    struct main_cf main_cf = parse(text.data, text.length);
    check(&main_cf, "queue_directory", "/srv/mail/queues/eu$1");
    check(&main_cf, "relayhost", "[192.0.2.25]:25,    [192.0.2.26]:25");
    check(&main_cf, "spaced", "value with  blanks");
    check(&main_cf, "empty", "");
    check(&main_cf, "not_there", "");
    check(&main_cf, "multi_instance_directories", "/etc/postfix-out, /etc/postfix-in\t/etc/postfix-bulk");
    check(&main_cf, "multi_instance_name", "postfix-hub");
    check(&main_cf, "old_style", "/srv/mail/x");
    check(&main_cf, "if_set", "is set/");
    check(&main_cf, "unless_set", "/unset");
    check(&main_cf, "both", "yes eu$1 no /srv/mail");
    main_cf_free(&main_cf);
    text_free(&text);
}

static void mistakes_are_errors(void **state)
{
    (void)state;
    struct text text = TEXT_EMPTY;
    assert_int_equal(file_read(FIXTURES "/main.cf", 65536, &text), 0);
    struct main_cf main_cf = parse(text.data, text.length);
    check_error(&main_cf, "loop", -ELOOP);
    check_error(&main_cf, "compare", -EOPNOTSUPP);
    check_error(&main_cf, "open", -EINVAL);
    check_error(&main_cf, "bad", -EINVAL);
    main_cf_free(&main_cf);
    text_free(&text);
    assert_int_equal(main_cf_parse(&main_cf, "a = b\0c", 7), -EINVAL);
    main_cf_free(&main_cf);
}

/* Each parameter names the next one twice: 2^18 references if nothing stopped it. */
static void doubling_references_stop(void **state)
{
    (void)state;
    struct main_cf main_cf = MAIN_CF_EMPTY;
    for (unsigned i = 0; i < 18; i++) {
        char name[8];
        char references[16];
        snprintf(name, sizeof(name), "p%u", i);
        snprintf(references, sizeof(references), "$p%u$p%u", i + 1, i + 1);
        assert_int_equal(main_cf_set(&main_cf, name, references), 0);
    }
    check_error(&main_cf, "p0", -ELOOP);
    char *large = calloc(1, 1001);
    memset(large, 'x', 1000);
    assert_int_equal(main_cf_set(&main_cf, "large", large), 0);
    char *references = calloc(100, 8);
    for (unsigned i = 0; i < 100; i++)
        strcat(references, "$large");
    assert_int_equal(main_cf_set(&main_cf, "larger", references), 0);
    check_error(&main_cf, "larger", -E2BIG);
    free(references);
    free(large);
    main_cf_free(&main_cf);
}

static void random_text_does_no_harm(void **state)
{
    (void)state;
    static const char *const seeds[] = {
        "queue_directory = ${a?{b}:{$c}}/x\n  $d\n#c\na = $(b)\nb=$a$$c\nc = ${d:e}\n",
        "queue_directory=$a\na=${b?$c}${b:$c}\n c\nb = x\nc = ${queue_directory}\n",
    };
    static const char bytes[] = "${}()?:#= \n\tabcd$$";
    srand48(421);
    for (unsigned i = 0; i < 50000; i++) {
        size_t length = strlen(seeds[i % 2]);
        char *text = malloc(length);
        memcpy(text, seeds[i % 2], length);
        for (unsigned changes = (unsigned)(drand48() * 12); changes > 0; changes--)
            text[(size_t)(drand48() * (double)length)] =
                drand48() < 0.9 ? bytes[(size_t)(drand48() * (sizeof(bytes) - 1))] : (char)(drand48() * 256);
        struct main_cf main_cf = MAIN_CF_EMPTY;
        if (main_cf_parse(&main_cf, text, length) == 0) {
            struct text found = TEXT_EMPTY;
            (void)main_cf_value(&main_cf, "queue_directory", &found);
            assert_true(found.length <= 65536);
            text_free(&found);
        }
        main_cf_free(&main_cf);
        free(text);
    }
}

static void a_configuration_is_read_again_when_it_changed(void **state)
{
    struct fixture *fixture = *state;
    struct postfix_config config = {0};
    char path[512];
    snprintf(path, sizeof(path), "%s/main.cf", fixture->root);
    assert_int_equal(postfix_config_refresh(&config, path, "/etc/postfix"), -ENOENT);
    assert_null(config.queue_directory);

    fixture_file(fixture, "main.cf", "queue_directory = $config_directory/q\n");
    assert_int_equal(postfix_config_refresh(&config, path, "/etc/postfix"), 0);
    assert_string_equal(config.queue_directory, "/etc/postfix/q");
    assert_string_equal(config.instance_name, "");
    const char *before = config.queue_directory;
    assert_int_equal(postfix_config_refresh(&config, path, "/etc/postfix"), 0);
    assert_ptr_equal(config.queue_directory, before);

    fixture_file(fixture, "main.cf", "multi_instance_name = hub\n");
    assert_int_equal(postfix_config_refresh(&config, path, "/etc/postfix"), 0);
    assert_string_equal(config.queue_directory, "/var/spool/postfix");
    assert_string_equal(config.instance_name, "hub");

    /* What makes no sense leaves the texts alone, and is told at every sample until it is mended. */
    fixture_file(fixture, "main.cf", "queue_directory = relative\n");
    assert_int_equal(postfix_config_refresh(&config, path, "/etc/postfix"), -EINVAL);
    assert_int_equal(postfix_config_refresh(&config, path, "/etc/postfix"), -EINVAL);
    assert_string_equal(config.instance_name, "hub");
    postfix_config_free(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_as_postfix_reads_it),
        cmocka_unit_test(mistakes_are_errors),
        cmocka_unit_test(doubling_references_stop),
        cmocka_unit_test(random_text_does_no_harm),
        cmocka_unit_test_setup_teardown(a_configuration_is_read_again_when_it_changed, fixture_begin, fixture_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
