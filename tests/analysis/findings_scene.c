/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/analysis/findings_scene.h"

#include <string.h>

#include "analysis/analyse.h"
#include "analysis/findings/findings.h"
#include "tests/snapshot/sample.h"

#define STEP 5

static struct arena arena = ARENA_EMPTY;
static struct option_section section;

void scene_begin(struct scene *scene)
{
    arena_free(&arena);
    assert_int_equal(findings_section(&arena, &section), 0);
    *scene = (struct scene){.values = arena_allocate(&arena, section.size)};
    assert_int_equal(option_defaults(section.options, scene->values, &arena), 0);
}

static const struct option *find(const struct option *options, const char *name)
{
    while (!option_is_end(options) && strcmp(options->name, name) != 0)
        options++;
    if (option_is_end(options))
        fail_msg("no option %s", name);
    return options;
}

void scene_set(struct scene *scene, const char *finding, const char *option, const char *value)
{
    const struct option *group = find(section.options, finding);
    struct text why = TEXT_EMPTY;
    assert_int_equal(
        option_set(find(group->fields, option), (char *)scene->values + group->offset, value, &arena, &why), 0);
    text_free(&why);
}

void scene_off(struct scene *scene, const char *finding)
{
    *(bool *)((char *)scene->values + find(section.options, finding)->offset) = false;
}

/* Remedies that change nothing and so need no undo: what they begin with. */
static const char *const looking[] = {"Get-",          "[xml](Get-",   "df ",          "exim -bp",
                                      "ip route get ", "journalctl ",  "ls ",          "powershell Get-",
                                      "qshape ",       "route print ", "sendmail -bp", "smtpctl show ",
                                      "ss -",          "sysctl net."};

static bool only_looks(const char *remedy)
{
    for (size_t i = 0; i < sizeof(looking) / sizeof(looking[0]); i++)
        if (strncmp(remedy, looking[i], strlen(looking[i])) == 0)
            return true;
    return false;
}

/* What may be copied and run can be taken back, and says what it costs. */
static void expect_undo_and_caveat(const struct snapshot *snapshot)
{
    const struct table *table = &table_findings;
    for (size_t row = 0; row < snapshot_row_count(snapshot, table); row++) {
        const char *remedy = snapshot_text(snapshot, table, row, FINDINGS_REMEDY);
        if (!remedy[0])
            continue;
        if (!snapshot_text(snapshot, table, row, FINDINGS_UNDO)[0] && !only_looks(remedy))
            fail_msg("%s: no undo of: %s", snapshot_text(snapshot, table, row, FINDINGS_FINDING), remedy);
        if (!snapshot_text(snapshot, table, row, FINDINGS_CAVEAT)[0])
            fail_msg("%s: no caveat of: %s", snapshot_text(snapshot, table, row, FINDINGS_FINDING), remedy);
    }
}

void scene_sample(struct scene *scene, void (*put)(struct builder *builder, enum scene_state state, double seconds),
                  enum scene_state state)
{
    struct builder *builder = sample_begin(scene->snapshot, 1000);
    scene->played_seconds += STEP;
    put(builder, state, scene->played_seconds);
    if (scene->analyses)
        analyse(builder);
    findings_analyse(builder, scene->values);
    scene->snapshot = sample_end(builder, scene->snapshot);
    expect_undo_and_caveat(scene->snapshot);
}

void scene_play(struct scene *scene, void (*put)(struct builder *builder, enum scene_state state, double seconds),
                enum scene_state state, double seconds)
{
    for (double played = 0; played < seconds; played += STEP)
        scene_sample(scene, put, state);
}

int scene_severity(const struct scene *scene, const char *finding)
{
    int worst = -1;
    for (size_t i = 0; i < snapshot_row_count(scene->snapshot, &table_findings); i++) {
        int severity = (int)snapshot_number(scene->snapshot, &table_findings, i, FINDINGS_SEVERITY);
        if (strcmp(snapshot_text(scene->snapshot, &table_findings, i, FINDINGS_FINDING), finding) == 0)
            worst = severity > worst ? severity : worst;
    }
    return worst;
}

size_t scene_row(const struct scene *scene, const char *finding)
{
    long row = sample_find(scene->snapshot, &table_findings, FINDINGS_FINDING, finding);
    if (row < 0)
        fail_msg("%s does not stand", finding);
    return (size_t)row;
}

const char *scene_text(const struct scene *scene, const char *finding, unsigned column)
{
    return snapshot_text(scene->snapshot, &table_findings, scene_row(scene, finding), column);
}

void scene_end(struct scene *scene)
{
    snapshot_release(scene->snapshot);
    arena_free(&arena);
}

static void expect(const struct scene *scene, const struct scene_case *play, int severity, const char *when)
{
    int found = scene_severity(scene, play->finding);
    if (found != severity)
        fail_msg("%s: %d and not %d %s (after %g s)", play->finding, found, severity, when, scene->played_seconds);
}

static void raise_it(struct scene *scene, const struct scene_case *play)
{
    scene_sample(scene, play->put, SCENE_BAD);
    for (double held = 0; held + STEP / 2.0 < play->hold; held += STEP) {
        if (scene_severity(scene, play->finding) >= (int)play->severity)
            fail_msg("%s is raised after %g s, not %g", play->finding, held, play->hold);
        scene_sample(scene, play->put, SCENE_BAD);
    }
    expect(scene, play, (int)play->severity, "when it was bad for the hold time");
}

static void clear_it(struct scene *scene, const struct scene_case *play)
{
    scene_play(scene, play->put, SCENE_GOOD, play->settle);
    for (double over = 0; over + STEP / 2.0 < play->clear; over += STEP) {
        scene_sample(scene, play->put, SCENE_GOOD);
        if (play->settle == 0)
            expect(scene, play, (int)play->severity, "before the clear time is over");
    }
    scene_sample(scene, play->put, SCENE_GOOD);
    scene_sample(scene, play->put, SCENE_GOOD);
    expect(scene, play, -1, "when it was good for the clear time");
}

static void stay_off(const struct scene_case *play)
{
    struct scene scene;
    scene_begin(&scene);
    scene_off(&scene, play->finding);
    scene_play(&scene, play->put, SCENE_BAD, play->hold + 4 * STEP);
    expect(&scene, play, -1, "although it is off");
    scene_end(&scene);
}

void scene_play_case(const struct scene_case *play)
{
    struct scene scene;
    scene_begin(&scene);
    scene_play(&scene, play->put, SCENE_GOOD, 4 * STEP);
    expect(&scene, play, -1, "on a host that is well");
    raise_it(&scene, play);
    if (!strstr(scene_text(&scene, play->finding, FINDINGS_SENTENCE), play->words))
        fail_msg("'%s' does not say '%s'", scene_text(&scene, play->finding, FINDINGS_SENTENCE), play->words);
    if (!play->no_between) {
        scene_play(&scene, play->put, SCENE_BETWEEN, play->clear + 4 * STEP);
        expect(&scene, play, (int)play->severity, "between the thresholds");
    }
    clear_it(&scene, play);
    scene_end(&scene);
    stay_off(play);
}
