/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "exporter/http/negotiate.h"
#include "tests/cmocka.h"

static const struct {
    const char *accept;
    bool openmetrics;
} accepts[] = {
    {"", false},
    {"*/*", false},
    {"text/plain", false},
    {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false},
    {"application/openmetrics-text", true},
    {"application/openmetrics-text; version=1.0.0", true},
    {"application/openmetrics-text; version=\"1.0.0\"; charset=utf-8", true},
    {"Application/OpenMetrics-Text;VERSION=1.0.0", true},
    {"application/openmetrics-text; version=0.0.1", false},
    {"application/openmetrics-text; version=2.0.0", false},
    /* Prometheus 2.26, 2.42 and 3 */
    {"application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", false},
    {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
     "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
     true},
    {"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
     "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
     "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
     true},
    {"text/plain;version=0.0.4;q=0.9,application/openmetrics-text;version=1.0.0;q=0.5", false},
    {"text/plain;q=0.5,application/openmetrics-text;q=0.500", false},
    {"application/openmetrics-text;q=0.5,text/plain;q=0.5", true},
    {"application/openmetrics-text;q=0.5, */*;q=0.5", true},
    {"application/openmetrics-text;q=0.4, */*;q=0.5", false},
    {"*/*;q=0.5, text/plain;q=0.1, application/openmetrics-text;q=0.2", true},
    {"text/*;q=0.1, */*, application/openmetrics-text;q=0.2", true},
    {"application/openmetrics-text;q=0", false},
    {"application/openmetrics-text;q=0, text/plain;q=0", false},
    {"application/openmetrics-text;q=2", false},
    {"application/openmetrics-text;q=", false},
    {"application/openmetrics-text;q=nan", false},
    {"application/openmetrics-text;x=\"a,text/plain\";q=0.5, text/plain;q=0.4", true},
    {",,;;,=,;q=1,\",", false},
    {"application/openmetrics-textual", false},
    {"application/*", false},
};

static void accept_by_quality(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(accepts) / sizeof(accepts[0]); i++) {
        struct negotiate negotiate = {0};
        negotiate_accept(&negotiate, accepts[i].accept);
        if (negotiate_openmetrics(&negotiate) != accepts[i].openmetrics)
            fail_msg("Accept: %s", accepts[i].accept);
    }
}

static const struct {
    const char *encoding;
    bool gzip;
} encodings[] = {
    {"", false},
    {"gzip", true},
    {"GZIP", true},
    {"x-gzip", true},
    {"gzip, deflate, br", true},
    {"deflate, br", false},
    {"gzip;q=0", false},
    {"gzip;q=0.000", false},
    {"gzip;q=0, *", false},
    {"*", true},
    {"*;q=0", false},
    {"identity", false},
    {"identity;q=1, gzip;q=0.5", false},
    {"identity;q=0.5, gzip;q=1", true},
    {"identity;q=0, gzip", true},
    {"br;q=1.0, gzip;q=0.8, *;q=0.1", true},
    {"gzip;q=x", false},
    {"gzipped", false},
};

static void encoding_by_quality(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++) {
        struct negotiate negotiate = {0};
        negotiate_encoding(&negotiate, encodings[i].encoding);
        if (negotiate_gzip(&negotiate) != encodings[i].gzip)
            fail_msg("Accept-Encoding: %s", encodings[i].encoding);
    }
}

static void several_headers_count_as_one(void **state)
{
    (void)state;
    struct negotiate negotiate = {0};
    negotiate_accept(&negotiate, "text/plain;q=0.5");
    negotiate_accept(&negotiate, "application/openmetrics-text");
    negotiate_encoding(&negotiate, "br");
    negotiate_encoding(&negotiate, "gzip");
    assert_true(negotiate_openmetrics(&negotiate));
    assert_true(negotiate_gzip(&negotiate));
}

static void long_elements_are_ignored(void **state)
{
    (void)state;
    struct negotiate negotiate = {0};
    char value[16000];
    memset(value, 'a', sizeof(value));
    strcpy(value + 9000, ", application/openmetrics-text");
    negotiate_accept(&negotiate, value);
    assert_true(negotiate_openmetrics(&negotiate));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accept_by_quality),
        cmocka_unit_test(encoding_by_quality),
        cmocka_unit_test(several_headers_count_as_one),
        cmocka_unit_test(long_elements_are_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
