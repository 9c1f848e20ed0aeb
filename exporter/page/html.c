/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/page/html.h"

#include <math.h>
#include <string.h>

#include "exporter/page/human.h"

static const char *entity(char character)
{
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    default:
        return "&#39;";
    }
}

void html_escape(struct text *text, const char *value)
{
    for (;;) {
        size_t plain = strcspn(value, "&<>\"'");
        text_append(text, value, plain);
        value += plain;
        if (!*value)
            return;
        text_string(text, entity(*value++));
    }
}

static void write_headings(struct text *text, const struct grid *grid)
{
    text_string(text, "<thead><tr>");
    if (grid->bars)
        text_string(text, "<th scope=\"col\">In use</th>");
    for (size_t i = 0; i < grid->field_count; i++) {
        const struct grid_field *field = &grid->fields[i];
        text_string(text, field->numeric ? "<th scope=\"col\" class=\"n\"" : "<th scope=\"col\"");
        if (field->help) {
            text_string(text, " title=\"");
            html_escape(text, field->help);
            text_string(text, "\"");
        }
        text_string(text, ">");
        html_escape(text, field->heading);
        text_string(text, "</th>");
    }
    text_string(text, "</tr></thead>\n");
}

static void write_bar(struct text *text, double share)
{
    static const char *const classes[] = {
        [LEVEL_PLAIN] = "plain", [LEVEL_GOOD] = "good", [LEVEL_WARNING] = "warning", [LEVEL_BAD] = "bad"};
    const char *class = classes[view_share_level(share)];
    text_string(text, "<td class=\"share\" data-label=\"In use\">");
    if (!isnan(share)) {
        text_format(text,
                    "<svg class=\"bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
                    "<rect class=\"track\" width=\"100\" height=\"10\"/><rect class=\"%s\" width=\"%.1f\" "
                    "height=\"10\"/></svg><span class=\"percent %s\">",
                    class, fmin(fmax(share, 0), 1) * 100, class);
        human_ratio(text, share);
        text_string(text, "</span>");
    }
    text_string(text, "</td>");
}

static void write_value(struct text *text, const struct grid_field *field, const char *value)
{
    const char *element = field->literal ? "code" : "span";
    text_format(text, "<%s>", element);
    if (field->link) {
        text_string(text, "<a href=\"");
        html_escape(text, field->link);
        html_escape(text, value);
        text_string(text, "\">");
    }
    html_escape(text, value);
    if (field->link)
        text_string(text, "</a>");
    text_format(text, "</%s>", element);
}

static void write_cell(struct text *text, const struct grid_field *field, const char *value)
{
    static const char *const classes[] = {"", "n", "w", "n w"};
    const char *class = *value ? classes[(field->numeric ? 1 : 0) + (field->wide ? 2 : 0)] : "absent";
    text_string(text, "<td");
    if (*class)
        text_format(text, " class=\"%s\"", class);
    text_string(text, " data-label=\"");
    html_escape(text, field->heading);
    text_string(text, "\">");
    if (!*value)
        text_string(text, "<span>\xe2\x80\x93</span>");
    else
        write_value(text, field, value);
    text_string(text, "</td>");
}

void html_grid(struct text *text, const struct grid *grid, bool as_cards)
{
    text_string(text, as_cards ? "<table class=\"cards\">\n" : "<table>\n");
    write_headings(text, grid);
    text_string(text, "<tbody>\n");
    for (size_t row = 0; row < grid->row_count; row++) {
        text_string(text, grid->rows[row].other ? "<tr class=\"other\">" : "<tr>");
        if (grid->bars)
            write_bar(text, grid->rows[row].share);
        for (size_t i = 0; i < grid->field_count; i++)
            write_cell(text, &grid->fields[i], grid->rows[row].cells[i]);
        text_string(text, "</tr>\n");
    }
    text_string(text, "</tbody></table>\n");
    if (grid->rows_left_out > 0) {
        text_string(text, "<p class=\"note\">");
        human_count(text, grid->rows_left_out);
        text_string(text, " more below.</p>\n");
    }
}
