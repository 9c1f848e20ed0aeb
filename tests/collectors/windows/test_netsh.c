/* SPDX-License-Identifier: Apache-2.0
 * What netsh prints, in several languages, and what it does not print. */
#include <errno.h>

#include "collectors/windows/netsh.h"
#include "tests/cmocka.h"
#include "tests/fakes/command.h"

static struct text buffer = TEXT_EMPTY;

static int tear_down(void **state)
{
    (void)state;
    fake_command_clear();
    text_free(&buffer);
    return 0;
}

static void expect_range(const char *output, int error, unsigned low, unsigned high)
{
    struct netsh_range range = {1, 2};
    fake_command_set("int ipv4 show dynamicport tcp", output, 0);
    assert_int_equal(netsh_dynamic_range(NETSH_IPV4, &buffer, &range), error);
    assert_int_equal(range.low, error ? 1 : low);
    assert_int_equal(range.high, error ? 2 : high);
}

static void the_range_is_read_in_any_language(void **state)
{
    (void)state;
    expect_range("\r\nProtocol tcp Dynamic Port Range\r\n---------------------------------\r\nStart Port      : 49152\r\n"
                 "Number of Ports : 16384\r\n\r\n",
                 0, 49152, 65535);
    expect_range("\r\nDynamischer Portbereich (Protokoll tcp)\r\n---------------------------------\r\nStartport       : "
                 "1025\r\nAnzahl von Ports : 60000\r\n",
                 0, 1025, 61024);
    expect_range("Plage de ports dynamique du protocole tcp\r\n-----\r\nPort de d\x82marrage   : 10000\r\nNombre de ports "
                 "    : 55536\r\n",
                 0, 10000, 65535);
    expect_range("\xd0\xad\xd2\xe9 tcp\r\n-----\r\n\xc6\xf4\xb6\xaf\xb6\xcb\xbf\xda\xa3\xba" "49152\r\n\xca\xfd\xc1\xbf"
                 "\xa3\xba" "16384\r\n",
                 0, 49152, 65535);
}

static void what_is_no_range_is_unknown(void **state)
{
    (void)state;
    expect_range("", -EINVAL, 0, 0); /* Wine's netsh */
    expect_range("\r\n", -EINVAL, 0, 0);
    expect_range("The following command was not found: int ipv4 show dynamicport tcp.\r\n", -EINVAL, 0, 0);
    expect_range("Start Port : 49152\r\n", -EINVAL, 0, 0);
    expect_range("Start Port : 49152\r\nNumber of Ports : 16385\r\n", -EINVAL, 0, 0); /* beyond 65535 */
    expect_range("Start Port : 49152\r\nNumber of Ports : 0\r\n", -EINVAL, 0, 0);
    expect_range("Start Port : 0\r\nNumber of Ports : 16384\r\n", -EINVAL, 0, 0);
    expect_range("a : 1\r\nb : 2\r\nc : 3\r\n", -EINVAL, 0, 0);
    expect_range("a : 99999999999999999999\r\nb : 2\r\n", -EINVAL, 0, 0);
}

static void a_program_that_fails_is_told(void **state)
{
    struct netsh_range range = {1, 2};
    const char *level = NULL;
    (void)state;
    assert_int_equal(netsh_dynamic_range(NETSH_IPV6, &buffer, &range), -ENOENT);
    fake_command_set("show global", "", -ETIMEDOUT);
    assert_int_equal(netsh_autotuning(&buffer, &level), -ETIMEDOUT);
    assert_null(level);
}

static void expect_excluded(const char *output, int error, const char *list)
{
    struct text text = TEXT_EMPTY;
    fake_command_set("int ipv6 show excludedportrange tcp", output, 0);
    assert_int_equal(netsh_excluded(NETSH_IPV6, &buffer, &text), error);
    if (error == 0)
        assert_string_equal(text_value(&text), list);
    text_free(&text);
}

static void excluded_ports_become_a_list(void **state)
{
    (void)state;
    expect_excluded("\r\nProtocol tcp Port Exclusion Ranges\r\n\r\nStart Port    End Port      \r\n----------    --------   "
                    "   \r\n      5357        5357      \r\n     50000       50059     *\r\n\r\n* - Administered port "
                    "exclusions.\r\n\r\n",
                    0, "5357,50000-50059");
    expect_excluded("Protokoll tcp-Portausschlussbereiche\r\n\r\nStartport    Endport\r\n----------    --------\r\n\r\n"
                    "* - Verwaltete Portausschl\x81sse.\r\n",
                    0, "");
    expect_excluded("  9   5\r\n", -EINVAL, NULL);
    expect_excluded("  9   65536\r\n", -EINVAL, NULL);
    expect_excluded("", -EINVAL, NULL);
}

static void expect_level(const char *output, int error, const char *level)
{
    const char *found = NULL;
    fake_command_set("int tcp show global", output, 0);
    assert_int_equal(netsh_autotuning(&buffer, &found), error);
    if (error == 0)
        assert_string_equal(found, level);
}

#define GLOBAL(level_)                                                                                                 \
    "TCP Global Parameters\r\n-----\r\nReceive-Side Scaling State          : enabled\r\nReceive Window Auto-Tuning "   \
    "Level    : " level_ "\r\nAdd-On Congestion Control Provider  : default\r\nECN Capability                      : " \
    "disabled\r\nRFC 1323 Timestamps                 : disabled\r\n"

static void the_autotuning_level_is_known_by_its_words(void **state)
{
    (void)state;
    expect_level(GLOBAL("normal"), 0, "normal");
    expect_level(GLOBAL("highlyrestricted"), 0, "highlyrestricted");
    expect_level(GLOBAL("disabled"), 0, "disabled");
    expect_level("Globale TCP-Parameter\r\n-----\r\nZustand der empfangsseitigen Skalierung : enabled\r\nAutom. "
                 "Abstimmungsgrad Empfangsfenster  : restricted\r\nAdd-On : none\r\nECN : disabled\r\n",
                 0, "restricted");
    expect_level("", -EINVAL, NULL);
    expect_level("The following command was not found: int tcp show global.\r\n", -EINVAL, NULL);
}

static void expect_reuse(const char *output, int error, unsigned low, unsigned high)
{
    struct netsh_range range = {7, 7};
    fake_command_set("Get-NetTCPSetting", output, 0);
    assert_int_equal(netsh_auto_reuse_range(&buffer, &range), error);
    if (error == 0) {
        assert_int_equal(range.low, low);
        assert_int_equal(range.high, high);
    }
}

static void the_range_that_is_shared_may_be_none(void **state)
{
    (void)state;
    expect_reuse("Automatic  \r\nInternetCustom 0 0\r\nInternet 0 0\r\n", 0, 0, 0);
    expect_reuse("Internet 0 0\r\nInternetCustom 10000 50000\r\n", 0, 10000, 59999);
    expect_reuse("Internet 60000 60000\r\n", -EINVAL, 0, 0);
    expect_reuse("Get-NetTCPSetting : The term is not recognized\r\n", -EINVAL, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_range_is_read_in_any_language, tear_down),
        cmocka_unit_test_teardown(what_is_no_range_is_unknown, tear_down),
        cmocka_unit_test_teardown(a_program_that_fails_is_told, tear_down),
        cmocka_unit_test_teardown(excluded_ports_become_a_list, tear_down),
        cmocka_unit_test_teardown(the_autotuning_level_is_known_by_its_words, tear_down),
        cmocka_unit_test_teardown(the_range_that_is_shared_may_be_none, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
