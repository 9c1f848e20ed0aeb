/* SPDX-License-Identifier: Apache-2.0
 * What somebody pastes in a chat: aligned, at most 100 columns, worst first. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "exporter/page/grid.h"
#include "exporter/page/human.h"
#include "exporter/page/page.h"
#include "exporter/page/views.h"

enum {
    LINE = 100,
    INDENT = 2,
    INDENT_WIDE = 6,
    GAP = 2,
    NARROWEST = 8,
    BAR = 10,
    PERCENT = 9,                   /* of "  49.9 %" */
    BAR_FIELD = BAR + 2 + PERCENT, /* with its brackets */
    MOST_FIELDS = TABLE_MAX_COLUMNS,
};

struct status {
    const struct snapshot *snapshot;
    struct arena arena;
    struct text *text;
    struct text sentence;
};

static void write_blanks(struct text *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        text_append(text, " ", 1);
}

static void write_sentence(struct status *status, void (*write)(const struct snapshot *snapshot, struct text *text))
{
    text_clear(&status->sentence);
    write(status->snapshot, &status->sentence);
    human_wrap(status->text, text_value(&status->sentence), 0, LINE);
    if (status->sentence.error)
        status->text->error = status->sentence.error;
}

/* Widths of the narrow fields, made to fit a line by cutting the widest ones of text. */
static void measure(const struct grid *grid, size_t *widths)
{
    size_t total = INDENT + (grid->bars ? BAR_FIELD : 0);
    for (size_t i = 0; i < grid->field_count; i++) {
        widths[i] = grid->fields[i].wide ? 0 : human_width(grid->fields[i].heading);
        for (size_t row = 0; row < grid->row_count && !grid->fields[i].wide; row++) {
            size_t width = human_width(grid->rows[row].cells[i]);
            widths[i] = width > widths[i] ? width : widths[i];
        }
        total += widths[i] ? widths[i] + GAP : 0;
    }
    while (total > LINE) {
        size_t widest = grid->field_count;
        for (size_t i = 0; i < grid->field_count; i++)
            if (!grid->fields[i].numeric && widths[i] > NARROWEST &&
                (widest == grid->field_count || widths[i] > widths[widest]))
                widest = i;
        if (widest == grid->field_count)
            return;
        widths[widest]--;
        total--;
    }
}

static void write_cell(struct text *text, const char *value, size_t width, bool right)
{
    size_t wide = human_width(value);
    if (wide > width) {
        size_t end = human_fit(value, width - 1);
        text_append(text, value, end);
        text_append(text, "~", 1);
        wide = width;
    } else {
        if (right)
            write_blanks(text, width - wide);
        text_string(text, value);
    }
    if (!right)
        write_blanks(text, width - wide);
}

static void write_bar(struct status *status, double share)
{
    struct text *text = status->text;
    if (isnan(share)) {
        write_blanks(text, BAR_FIELD);
        return;
    }
    size_t filled = (size_t)round(fmin(fmax(share, 0), 1) * BAR);
    text_string(text, "[");
    for (size_t i = 0; i < BAR; i++)
        text_append(text, i < filled ? "#" : ".", 1);
    text_string(text, "]");
    text_clear(&status->sentence);
    human_ratio(&status->sentence, share);
    write_cell(text, text_value(&status->sentence), PERCENT, true);
    if (status->sentence.error)
        text->error = status->sentence.error;
}

static void end_line(struct text *text)
{
    while (text->length > 0 && text->data[text->length - 1] == ' ')
        text->length--;
    text_append(text, "\n", 1);
}

static void write_headings(struct text *text, const struct grid *grid, const size_t *widths)
{
    write_blanks(text, INDENT);
    if (grid->bars)
        write_cell(text, "In use", BAR_FIELD, false);
    for (size_t i = 0, written = grid->bars; i < grid->field_count; i++) {
        if (grid->fields[i].wide)
            continue;
        write_blanks(text, written++ ? GAP : 0);
        write_cell(text, grid->fields[i].heading, widths[i], grid->fields[i].numeric);
    }
    end_line(text);
}

static void write_wide(struct text *text, const char *heading, const char *value)
{
    write_blanks(text, INDENT_WIDE);
    text_string(text, heading);
    text_string(text, ": ");
    human_wrap(text, value, INDENT_WIDE + human_width(heading) + 2, LINE);
}

static void write_row(struct status *status, const struct grid *grid, const struct grid_row *row, const size_t *widths)
{
    write_blanks(status->text, INDENT);
    if (grid->bars)
        write_bar(status, row->share);
    for (size_t i = 0, written = grid->bars; i < grid->field_count; i++) {
        if (grid->fields[i].wide)
            continue;
        write_blanks(status->text, written++ ? GAP : 0);
        write_cell(status->text, row->cells[i], widths[i], grid->fields[i].numeric);
    }
    end_line(status->text);
    for (size_t i = 0; i < grid->field_count; i++)
        if (grid->fields[i].wide && *row->cells[i])
            write_wide(status->text, grid->fields[i].heading, row->cells[i]);
}

static int write_view(struct status *status, const struct view *view)
{
    struct grid grid;
    size_t widths[MOST_FIELDS];
    if (grid_make(status->snapshot, view, &status->arena, &grid) < 0)
        return -ENOMEM;
    if (grid.row_count == 0 && !view->empty)
        return 0;
    text_format(status->text, "\n%s\n", view->title);
    if (grid.row_count == 0) {
        text_format(status->text, "  %s\n", view->empty);
        return 0;
    }
    measure(&grid, widths);
    write_headings(status->text, &grid, widths);
    for (size_t i = 0; i < grid.row_count; i++)
        write_row(status, &grid, &grid.rows[i], widths);
    if (grid.rows_left_out > 0)
        text_format(status->text, "  and %zu more\n", grid.rows_left_out);
    return 0;
}

static void write_head(struct status *status)
{
    write_sentence(status, view_write_host);
    write_sentence(status, view_write_version);
    write_sentence(status, view_write_sample);
    write_sentence(status, view_write_verdict);
    write_sentence(status, view_write_health);
    write_sentence(status, view_write_states);
}

int status_write(const struct snapshot *snapshot, struct text *text)
{
    static const struct view *const views[] = {&view_findings, &view_failed_collectors, &view_failed_sources,
                                               &view_ports,    &view_sockets,           &view_listeners,
                                               &view_mail,     &view_mail_connections,  &view_tuning};
    struct status status = {.snapshot = snapshot, .arena = ARENA_EMPTY, .text = text, .sentence = TEXT_EMPTY};
    int error = 0;
    write_head(&status);
    for (size_t i = 0; i < sizeof(views) / sizeof(views[0]) && error == 0; i++)
        error = write_view(&status, views[i]);
    text_free(&status.sentence);
    arena_free(&status.arena);
    return error ? error : text->error;
}
