/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/http/negotiate.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/parse.h"

#define ELEMENT_MAX 256u

/* One element of a list: a name and what its parameters say. */
struct element {
    char buffer[ELEMENT_MAX];
    const char *name;
    const char *version; /* NULL: not given */
    double quality;
};

/* The next element, up to a comma outside of quotes. False at the end; a null name for one that is ignored. */
static bool next_element(const char **rest, struct element *element)
{
    const char *start = *rest;
    bool quoted = false;
    size_t length = 0;
    if (!*start)
        return false;
    for (; start[length] && (quoted || start[length] != ','); length++)
        if (start[length] == '"')
            quoted = !quoted;
    *rest = start + length + (start[length] ? 1 : 0);
    element->name = NULL;
    element->version = NULL;
    element->quality = 1;
    if (length < ELEMENT_MAX) {
        memcpy(element->buffer, start, length);
        element->buffer[length] = '\0';
        element->name = element->buffer;
    }
    return true;
}

static char *unquote(char *value)
{
    size_t length = strlen(value);
    if (length < 2 || value[0] != '"' || value[length - 1] != '"')
        return value;
    value[length - 1] = '\0';
    return value + 1;
}

/* Splits name and parameters in place; a quality that is none spoils the element. */
static void parse_element(struct element *element)
{
    char *save = NULL;
    char *name = strtok_r(element->buffer, ";", &save);
    element->name = name ? parse_trim(name) : NULL;
    for (char *next = strtok_r(NULL, ";", &save); next; next = strtok_r(NULL, ";", &save)) {
        char *equals = strchr(next, '=');
        if (!equals)
            continue;
        *equals = '\0';
        const char *key = parse_trim(next);
        char *value = unquote(parse_trim(equals + 1));
        if (strcasecmp(key, "version") == 0)
            element->version = value;
        else if (strcasecmp(key, "q") == 0 &&
                 (parse_real(value, &element->quality) < 0 || element->quality < 0 || element->quality > 1))
            element->name = NULL;
    }
}

static void take_text(struct negotiate *negotiate, const struct element *element, unsigned exact)
{
    if (exact < negotiate->text_exact || (exact == negotiate->text_exact && element->quality <= negotiate->text))
        return;
    negotiate->text_exact = exact;
    negotiate->text = element->quality;
    negotiate->text_element = negotiate->elements;
}

static void take_openmetrics(struct negotiate *negotiate, const struct element *element)
{
    if (element->quality <= negotiate->openmetrics)
        return;
    negotiate->openmetrics = element->quality;
    negotiate->openmetrics_element = negotiate->elements;
}

void negotiate_accept(struct negotiate *negotiate, const char *value)
{
    struct element element;
    while (next_element(&value, &element)) {
        if (element.name)
            parse_element(&element);
        negotiate->elements++;
        if (!element.name)
            continue;
        if (strcasecmp(element.name, "application/openmetrics-text") == 0) {
            if (!element.version || strcmp(element.version, "1.0.0") == 0)
                take_openmetrics(negotiate, &element);
        } else if (strcasecmp(element.name, "text/plain") == 0) {
            if (!element.version || strcmp(element.version, "0.0.4") == 0)
                take_text(negotiate, &element, 3);
        } else if (strcasecmp(element.name, "text/*") == 0) {
            take_text(negotiate, &element, 2);
        } else if (strcmp(element.name, "*/*") == 0) {
            take_text(negotiate, &element, 1);
        }
    }
}

void negotiate_encoding(struct negotiate *negotiate, const char *value)
{
    struct element element;
    while (next_element(&value, &element)) {
        if (element.name)
            parse_element(&element);
        if (!element.name)
            continue;
        if (strcasecmp(element.name, "gzip") == 0 || strcasecmp(element.name, "x-gzip") == 0) {
            negotiate->gzip = element.quality;
            negotiate->gzip_named = true;
        } else if (strcmp(element.name, "*") == 0) {
            negotiate->any = element.quality;
            negotiate->any_named = true;
        } else if (strcasecmp(element.name, "identity") == 0) {
            negotiate->identity = element.quality;
        }
    }
}

bool negotiate_openmetrics(const struct negotiate *negotiate)
{
    if (negotiate->openmetrics <= 0 || negotiate->openmetrics < negotiate->text)
        return false;
    return negotiate->openmetrics > negotiate->text || negotiate->text_exact < 3 ||
           negotiate->openmetrics_element < negotiate->text_element;
}

bool negotiate_gzip(const struct negotiate *negotiate)
{
    double gzip = negotiate->gzip_named ? negotiate->gzip : negotiate->any_named ? negotiate->any : 0;
    return gzip > 0 && gzip >= negotiate->identity;
}
