/* SPDX-License-Identifier: Apache-2.0
 * Which request gets which answer. */
#ifndef CHOKEPOINT_EXPORTER_HTTP_ANSWER_H
#define CHOKEPOINT_EXPORTER_HTTP_ANSWER_H

#include <stdatomic.h>
#include <stddef.h>

#include <microhttpd.h>

#include "exporter/renderer.h"

/* What answers are made from. */
struct answer_source {
    struct renderer *renderer;
    const char *telemetry_path;
    atomic_ullong requests; /* answered so far */
};

/* libmicrohttpd's access handler (MHD_AccessHandlerCallback); context is a struct answer_source. */
enum MHD_Result answer_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                               const char *version, const char *upload, size_t *upload_size, void **request);

/* libmicrohttpd's unescape callback: decodes %XX in place and returns the new length. What would hold a NUL, and so be
 * cut short there, stays as it is: no path is like that. */
size_t answer_unescape(void *context, struct MHD_Connection *connection, char *text);

#endif
