/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "snapshot/tables/collectors.h"

const char *source_error_words(int error)
{
    return error == -ETIME ? "not done within the sample's time" : strerrordesc_np(-error);
}

void source_report(struct builder *builder, const struct source *source, struct builder_mark mark, int error)
{
    bool failed = error < 0 && error != -ENODATA;
    if (failed)
        builder_roll_back(builder, mark);
    builder_row(builder, &table_sources);
    builder_text(builder, SOURCES_COLLECTOR, source->collector);
    builder_text(builder, SOURCES_SOURCE, source->name);
    builder_number(builder, SOURCES_SUCCESS, !failed);
    if (failed) {
        char text[256];
        const char *subject = source->subject ? source->subject : source->name;
        (void)snprintf(text, sizeof(text), "%s: %s", subject, source_error_words(error));
        builder_text(builder, SOURCES_ERROR, text);
    }
}
