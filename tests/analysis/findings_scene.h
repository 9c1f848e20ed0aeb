/* SPDX-License-Identifier: Apache-2.0
 * A host that is played to the findings, sample by sample, five seconds apart on the fake clock. */
#ifndef CHOKEPOINT_TESTS_ANALYSIS_FINDINGS_SCENE_H
#define CHOKEPOINT_TESTS_ANALYSIS_FINDINGS_SCENE_H

#include <stdbool.h>

#include "snapshot/builder.h"
#include "snapshot/tables/findings.h"

/* How the host is: well, badly, or so that a finding neither would be raised nor may be cleared. */
enum scene_state { SCENE_GOOD, SCENE_BAD, SCENE_BETWEEN };

struct scene {
    struct snapshot *snapshot; /* the newest */
    void *values;              /* of the section `findings` */
    double played_seconds;
    bool analyses; /* rows are those of collectors: the other analyses run before */
};

/* Nothing has been played yet; every option is at its default. */
void scene_begin(struct scene *scene);

/* Sets one option, as the configuration would: "10m". */
void scene_set(struct scene *scene, const char *finding, const char *option, const char *value);

/* Switches a finding off. */
void scene_off(struct scene *scene, const char *finding);

/* Takes one sample: put() puts rows, with `seconds` since the beginning. Fails the test when a finding's remedy has no
 * undo, unless it only looks, or no caveat. */
void scene_sample(struct scene *scene, void (*put)(struct builder *builder, enum scene_state state, double seconds),
                  enum scene_state state);

/* Samples until so many seconds have passed. */
void scene_play(struct scene *scene, void (*put)(struct builder *builder, enum scene_state state, double seconds),
                enum scene_state state, double seconds);

/* The severity of the worst finding of this name in the newest sample, -1 when none stands. */
int scene_severity(const struct scene *scene, const char *finding);

/* The row of the finding in the newest sample; fails the test when there is none. */
size_t scene_row(const struct scene *scene, const char *finding);

/* A text of that row. */
const char *scene_text(const struct scene *scene, const char *finding, unsigned column);

/* Frees everything. */
void scene_end(struct scene *scene);

/* One finding as it is raised, held and cleared. Seconds are those that the default options say. */
struct scene_case {
    const char *finding;
    void (*put)(struct builder *builder, enum scene_state state, double seconds);
    enum finding_severity severity;
    double hold;       /* how long it must be bad; 0: at once; 5: in two samples */
    double clear;      /* how long it must be good */
    bool no_between;   /* it has no hysteresis: an event, or a list that is empty or not */
    double settle;     /* how long after good it may take until the condition is over, for trends */
    const char *words; /* a part of the sentence */
};

/* Plays a case: silent while good, raised after the hold time and not before, kept between, cleared not before and
 * after the clear time, and silent when it is off. */
void scene_play_case(const struct scene_case *play);

#endif
