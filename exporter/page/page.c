/* SPDX-License-Identifier: Apache-2.0
 * Ordered by what somebody asks who was just woken up: can I trust this, which destination runs out of ports and who
 * holds them, who has the sockets, who does not accept, is mail late, what is set wrongly. Then everything.
 * The page does not reload by itself: that would close what one has opened and drop what one is about to copy. */
#include "exporter/page/page.h"

#include <errno.h>

#include "exporter/page/html.h"
#include "exporter/page/human.h"
#include "exporter/page/views.h"
#include "exporter/verdict.h"

struct page {
    const struct snapshot *snapshot;
    struct arena arena;
    struct text *text;
    struct text sentence;
};

/* The sentence, escaped. */
static void write_sentence(struct page *page, void (*write)(const struct snapshot *snapshot, struct text *text))
{
    text_clear(&page->sentence);
    write(page->snapshot, &page->sentence);
    html_escape(page->text, text_value(&page->sentence));
    if (page->sentence.error)
        page->text->error = page->sentence.error;
}

static void write_head(struct page *page)
{
    struct text *text = page->text;
    text_string(text, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    write_sentence(page, view_write_host);
    text_string(text, ": chokepoint</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n");
    text_string(text, html_style);
    text_string(text, "</style></head>\n<body>\n<header><h1>");
    write_sentence(page, view_write_host);
    text_string(text, "</h1>\n<p>");
    write_sentence(page, view_write_version);
    text_string(text, " · ");
    write_sentence(page, view_write_sample);
    text_string(text, "</p>\n<p><a href=\"/\">Reload</a> · <a href=\"/status.txt\">as plain text</a> · "
                      "<a href=\"/api/v1/snapshot\">as JSON</a> · <a href=\"/metrics\">for Prometheus</a></p>\n");
    text_format(text, "<p class=\"verdict %s\">", verdict_words[verdict_status(page->snapshot)]);
    write_sentence(page, view_write_verdict);
    text_string(text, "</p>\n");
    if (view_is_healthy(page->snapshot)) {
        text_string(text, "<p class=\"health\">");
        write_sentence(page, view_write_health);
        text_string(text, "</p>\n");
    }
    text_string(text, "</header>\n<main>\n");
}

static void write_title(struct text *text, const char *title)
{
    text_string(text, "<h2>");
    html_escape(text, title);
    text_string(text, "</h2>\n");
}

static int write_failures(struct page *page)
{
    const struct view *const views[] = {&view_failed_collectors, &view_failed_sources};
    if (view_is_healthy(page->snapshot))
        return 0;
    text_string(page->text, "<section class=\"alarm\" role=\"alert\">\n<p>");
    write_sentence(page, view_write_health);
    text_string(page->text, "</p>\n");
    for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
        struct grid grid;
        if (grid_make(page->snapshot, views[i], &page->arena, &grid) < 0)
            return -ENOMEM;
        if (grid.row_count == 0)
            continue;
        write_title(page->text, views[i]->title);
        html_grid(page->text, &grid, false);
    }
    text_string(page->text, "</section>\n");
    return 0;
}

static int write_view(struct page *page, const struct view *view)
{
    struct grid grid;
    if (grid_make(page->snapshot, view, &page->arena, &grid) < 0)
        return -ENOMEM;
    if (grid.row_count == 0 && !view->empty)
        return 0;
    text_string(page->text, "<section>\n");
    write_title(page->text, view->title);
    if (view == &view_sockets && grid.row_count > 0) {
        text_string(page->text, "<p>");
        write_sentence(page, view_write_states);
        text_string(page->text, "</p>\n");
    }
    if (grid.row_count > 0) {
        html_grid(page->text, &grid, view->cards);
    } else {
        text_string(page->text, "<p class=\"note\">");
        html_escape(page->text, view->empty);
        text_string(page->text, "</p>\n");
    }
    text_string(page->text, "</section>\n");
    return 0;
}

static int write_tuning_rest(struct page *page)
{
    struct grid grid;
    if (grid_make(page->snapshot, &view_tuning_rest, &page->arena, &grid) < 0)
        return -ENOMEM;
    if (grid.row_count == 0)
        return 0;
    text_string(page->text, "<details class=\"rest\"><summary>");
    html_escape(page->text, view_tuning_rest.title);
    text_format(page->text, "<small>%zu</small></summary>\n", grid.row_count);
    html_grid(page->text, &grid, false);
    text_string(page->text, "</details>\n");
    return 0;
}

static bool has_keys(const struct table *table)
{
    for (unsigned i = 0; i < table->column_count; i++)
        if (table->columns[i].kind == COLUMN_KEY)
            return true;
    return false;
}

static int write_table(struct page *page, const struct table *table)
{
    struct grid grid;
    if (grid_make_table(page->snapshot, table, &page->arena, &grid) < 0)
        return -ENOMEM;
    text_format(page->text, "<details id=\"table-%s\"><summary>%s<small>", table->name, table->name);
    html_escape(page->text, table->help);
    text_format(page->text, " · %zu</small></summary>\n", grid.row_count);
    html_grid(page->text, &grid, !has_keys(table));
    text_string(page->text, "</details>\n");
    return 0;
}

static int write_tables(struct page *page)
{
    text_string(page->text,
                "<section class=\"tables\"><h2>Every table <small>as it is declared, with the number of its "
                "rows</small></h2>\n");
    for (size_t i = 0; tables[i]; i++)
        if (!tables[i]->internal && write_table(page, tables[i]) < 0)
            return -ENOMEM;
    text_string(page->text, "</section>\n");
    return 0;
}

static int write_body(struct page *page)
{
    const struct view *const views[] = {&view_findings,         &view_ports, &view_sockets, &view_listeners, &view_mail,
                                        &view_mail_connections, &view_tuning};
    int error = write_failures(page);
    for (size_t i = 0; i < sizeof(views) / sizeof(views[0]) && error == 0; i++)
        error = write_view(page, views[i]);
    if (error == 0)
        error = write_tuning_rest(page);
    if (error == 0)
        error = write_tables(page);
    return error;
}

int page_write(const struct snapshot *snapshot, struct text *text)
{
    struct page page = {.snapshot = snapshot, .arena = ARENA_EMPTY, .text = text, .sentence = TEXT_EMPTY};
    write_head(&page);
    int error = write_body(&page);
    text_string(text, "</main>\n</body></html>\n");
    text_free(&page.sentence);
    arena_free(&page.arena);
    return error ? error : text->error;
}
