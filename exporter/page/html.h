/* SPDX-License-Identifier: Apache-2.0
 * Grids as HTML. Bars are SVG attributes, not styles, so that a strict Content-Security-Policy leaves them alone. */
#ifndef CHOKEPOINT_EXPORTER_PAGE_HTML_H
#define CHOKEPOINT_EXPORTER_PAGE_HTML_H

#include "base/text.h"
#include "exporter/page/grid.h"

/* Appends text with the five characters escaped that mean something in HTML content and attributes. */
void html_escape(struct text *text, const char *value);

/* Appends a <table>; as_cards: each row as a list of heading and value, as narrow screens show every table. */
void html_grid(struct text *text, const struct grid *grid, bool as_cards);

/* The style sheet of the page. */
extern const char html_style[];

#endif
