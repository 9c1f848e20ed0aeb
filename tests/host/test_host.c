/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>

#include "analysis/analyse.h"
#include "analysis/findings/findings.h"
#include "base/clock.h"
#include "base/file.h"
#include "collectors/collect_all.h"
#include "collectors/mail/options.h"
#include "exporter/json/document.h"
#include "exporter/page/page.h"
#include "exporter/prometheus/exposition.h"
#include "exporter/self.h"
#include "exporter/settings.h"
#include "snapshot/snapshot.h"
#include "tests/cmocka.h"
#include "tests/exporter/snmp/walk.h"
#include "tests/fakes/clock.h"
#include "tests/fakes/sock_diag.h"
#include "version.h"

static const char *source;

/* The page shows the name of the host it is made on: the linker's --wrap gives it this one. */
int __wrap_uname(struct utsname *names);

int __wrap_uname(struct utsname *names)
{
    *names = (struct utsname){.nodename = "fixture.example"};
    return 0;
}

/* The linker puts this in front of the real one: the room that a file system has is no part of the fixture. */
int __wrap_statvfs64(const char *path, struct statvfs *room);

int __wrap_statvfs64(const char *path, struct statvfs *room)
{
    (void)path;
    *room = (struct statvfs){.f_frsize = 4096, .f_blocks = 1000000, .f_bavail = 3000};
    return 0;
}

/* The revision changes with each commit: the golden files have REVISION in its place. */
static void mask_revision(struct text *text)
{
    struct text masked = TEXT_EMPTY;
    const char *rest = text_value(text);
    for (const char *found; (found = strstr(rest, CHOKEPOINT_REVISION)) != NULL;) {
        text_append(&masked, rest, (size_t)(found - rest));
        text_string(&masked, "REVISION");
        rest = found + strlen(CHOKEPOINT_REVISION);
    }
    text_string(&masked, rest);
    text_free(text);
    *text = masked;
}

static void check_golden(const char *name, struct text *text)
{
    char path[512];
    struct text golden = TEXT_EMPTY;
    snprintf(path, sizeof(path), "%s/tests/golden/%s", source, name);
    mask_revision(text);
    if (getenv("UPDATE_GOLDEN")) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        assert_int_equal(fwrite(text_value(text), 1, text->length, file), text->length);
        assert_int_equal(fclose(file), 0);
    }
    assert_int_equal(file_read(path, 1 << 24, &golden), 0);
    if (strcmp(text_value(text), text_value(&golden)) != 0) {
        snprintf(path, sizeof(path), "/tmp/chokepoint-golden-%s", name);
        FILE *file = fopen(path, "w");
        fwrite(text_value(text), 1, text->length, file);
        fclose(file);
        print_error("differs from tests/golden/%s; what came is in %s\n", name, path);
        fail();
    }
    text_free(&golden);
    text_free(text);
}

static struct collection_choice *choices_make(struct arena *arena)
{
    size_t count = 0;
    while (collectors[count])
        count++;
    struct collection_choice *choices = calloc(count, sizeof(*choices));
    for (size_t i = 0; i < count; i++) {
        void *values = arena_allocate(arena, collectors[i]->options_size + 1);
        assert_int_equal(option_defaults(collectors[i]->options, values, arena), 0);
        if (strcmp(collectors[i]->name, "mail") == 0)
            ((struct mail_options *)values)->content = MAIL_CONTENT_TOP;
        choices[i] = (struct collection_choice){true, values};
    }
    return choices;
}

static const void *finding_options(struct arena *arena)
{
    struct option_section section;
    assert_int_equal(findings_section(arena, &section), 0);
    void *values = arena_allocate(arena, section.size);
    assert_int_equal(option_defaults(section.options, values, arena), 0);
    return values;
}

static struct snapshot *sample(const char *root, const char *procfs, struct arena *arena)
{
    const struct collector_paths paths = {procfs, "/nonexistent", root};
    const struct builder_settings settings = {.interval = 5 * CLOCK_SECOND, .max_series = 1000, .hold = BUILDER_HOLD};
    const struct self_figures figures = {
        .samples = 1, .snmp = true, .snmp_connected = true, .reload_successful = true, .interval = 5 * CLOCK_SECOND};
    struct collection_choice *choices = choices_make(arena);
    struct collection *collection;
    struct builder *builder;
    struct snapshot *snapshot;
    struct self_process *process;
    assert_int_equal(self_process_new(procfs, &process), 0);
    assert_int_equal(collection_new(&paths, choices, &collection), 0);
    assert_int_equal(builder_new(&settings, NULL, &builder), 0);
    collection_sample(collection, builder, clock_monotonic() + CLOCK_SECOND);
    analyse(builder);
    findings_analyse(builder, finding_options(arena));
    self_put(builder, process, &figures);
    assert_int_equal(builder_finish(builder, &snapshot), 0);
    builder_free(builder);
    collection_free(collection);
    self_process_free(process);
    free(choices);
    return snapshot;
}

static void the_fixture_host_looks_the_same_in_every_format(void **state)
{
    (void)state;
    char root[400], procfs[450], sockets[450];
    struct arena arena = ARENA_EMPTY;
    struct text text = TEXT_EMPTY;
    snprintf(root, sizeof(root), "%s/tests/fixtures/host", source);
    snprintf(procfs, sizeof(procfs), "%s/proc", root);
    snprintf(sockets, sizeof(sockets), "%s/sockets", root);
    fake_sock_diag_file(sockets);
    struct snapshot *snapshot = sample(root, procfs, &arena);
    assert_int_equal(exposition_write(snapshot, EXPOSITION_TEXT, &text), 0);
    check_golden("host.prom", &text);
    assert_int_equal(exposition_write(snapshot, EXPOSITION_OPENMETRICS, &text), 0);
    check_golden("host.openmetrics", &text);
    assert_int_equal(document_write(snapshot, &text), 0);
    check_golden("host.json", &text);
    assert_int_equal(page_write(snapshot, &text), 0);
    check_golden("host.html", &text);
    assert_int_equal(status_write(snapshot, &text), 0);
    check_golden("host.txt", &text);
    walk_write(snapshot, SETTINGS_BASE_OID, &text);
    check_golden("host.snmpwalk", &text);
    snapshot_release(snapshot);
    arena_free(&arena);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_fixture_host_looks_the_same_in_every_format)};
    source = argc > 1 ? argv[1] : ".";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
