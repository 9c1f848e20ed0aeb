/* SPDX-License-Identifier: Apache-2.0
 * The page for people, as HTML and as plain text. */
#ifndef CHOKEPOINT_EXPORTER_PAGE_PAGE_H
#define CHOKEPOINT_EXPORTER_PAGE_PAGE_H

#include "base/text.h"
#include "snapshot/snapshot.h"

/* Appends the HTML page: complete without scripts, nothing loaded from elsewhere. 0 or -ENOMEM. */
int page_write(const struct snapshot *snapshot, struct text *text);

/* Appends the same for a terminal or a chat, at most 100 columns wide. 0 or -ENOMEM. */
int status_write(const struct snapshot *snapshot, struct text *text);

#endif
