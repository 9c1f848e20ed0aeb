/* SPDX-License-Identifier: Apache-2.0
 * What a client prefers, from its Accept and Accept-Encoding headers (RFC 9110, section 12.5). */
#ifndef CHOKEPOINT_EXPORTER_HTTP_NEGOTIATE_H
#define CHOKEPOINT_EXPORTER_HTTP_NEGOTIATE_H

#include <stdbool.h>

/* Start zeroed; feed every header of the request. */
struct negotiate {
    unsigned elements; /* seen so far */
    /* Accept */
    double openmetrics; /* the best quality given to OpenMetrics 1.0.0 by name */
    unsigned openmetrics_element;
    double text;         /* the quality of text 0.0.4 by the most exact range */
    unsigned text_exact; /* 0 no range, 1 any type, 2 any text, 3 text/plain */
    unsigned text_element;
    /* Accept-Encoding */
    double gzip, identity, any;
    bool gzip_named, any_named;
};

/* Takes one Accept header. Elements that are malformed, longer than 255 octets or of another version are ignored. */
void negotiate_accept(struct negotiate *negotiate, const char *value);

/* Takes one Accept-Encoding header, likewise. */
void negotiate_encoding(struct negotiate *negotiate, const char *value);

/* Whether OpenMetrics is named and liked better than text; of two liked the same, the one named first. */
bool negotiate_openmetrics(const struct negotiate *negotiate);

/* Whether gzip may be sent and is liked no less than plain. */
bool negotiate_gzip(const struct negotiate *negotiate);

#endif
