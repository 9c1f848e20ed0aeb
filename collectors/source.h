/* SPDX-License-Identifier: Apache-2.0
 * A collector may read several sources (one Postfix instance, one namespace, one hive). Each succeeds or fails alone.
 *
 *     struct builder_mark mark = builder_mark(builder);
 *     int error = read_instance(...);
 *     source_report(builder, &(struct source){"mail", "postfix:main", "/etc/postfix/main.cf"}, mark, error);
 */
#ifndef CHOKEPOINT_COLLECTORS_SOURCE_H
#define CHOKEPOINT_COLLECTORS_SOURCE_H

#include "snapshot/builder.h"

struct source {
    const char *collector;
    const char *name;    /* "postfix:main": the label */
    const char *subject; /* what could not be read: a path or a step; shown beside the error. May be NULL */
};

/* Ends a source: on error (negative errno) rolls back its rows since mark and notes the failure in
 * collector_source_success and its text; on 0 or -ENODATA notes the success. */
void source_report(struct builder *builder, const struct source *source, struct builder_mark mark, int error);

/* What a collector's negative errno says to the user: -ETIME is the sample's deadline. */
const char *source_error_words(int error);

#endif
