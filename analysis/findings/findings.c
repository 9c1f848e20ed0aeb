/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/findings.h"

#include <math.h>
#include <string.h>

#include "analysis/findings/finding.h"
#include "analysis/findings/memory.h"
#include "analysis/findings/options.h"
#include "base/clock.h"
#include "base/human.h"
#include "base/utf8.h"
#include "snapshot/tables/tcp_sockets.h"

#define SEVERITIES 3

struct findings {
    struct builder *builder;
    const struct finding_rule *rule;
    const struct finding_common *common;
    struct memory memory;
    struct finding draft;
    uint64_t counts[SEVERITIES];
    char subject[FINDING_SUBJECT_BOUND + 1];
    char netns[TCP_NETNS_BOUND + 1];
};

const struct builder *findings_builder(const struct findings *findings)
{
    return findings->builder;
}

double findings_elapsed(const struct findings *findings)
{
    return findings->memory.elapsed;
}

void findings_fail(struct findings *findings, int error)
{
    builder_fail(findings->builder, error);
}

static void copy_bounded(char *buffer, unsigned bound, const char *value)
{
    (void)utf8_bound(buffer, bound + 1, bound, value, strlen(value));
}

/* The key under which something is remembered: its texts as the snapshot has them. Valid until the next call. */
static struct memory_key make_key(struct findings *findings, const char *subject, const char *netns, const char *name)
{
    copy_bounded(findings->subject, FINDING_SUBJECT_BOUND, subject);
    copy_bounded(findings->netns, TCP_NETNS_BOUND, netns ? netns : "");
    return (struct memory_key){findings->rule->name, findings->subject, findings->netns, name};
}

static double seconds(int64_t nanoseconds)
{
    return (double)nanoseconds / (double)CLOCK_SECOND;
}

/* One sample more of a condition. */
static struct memory_state advance(const struct memory_state *before, const struct finding_condition *condition,
                                   double elapsed, double clear)
{
    struct memory_state state = {.held = -1, .lapsed = -1, .stands = before->stands};
    if (condition->now)
        state.held = before->held < 0 ? 0 : before->held + elapsed;
    if (condition->now && state.held >= seconds(condition->hold))
        state.stands = true;
    if (!state.stands || condition->now || condition->still)
        return state;
    state.lapsed = before->lapsed < 0 ? 0 : before->lapsed + elapsed;
    if (state.lapsed >= clear)
        state.stands = false;
    return state;
}

enum finding_level findings_weigh(struct findings *findings, const char *subject, const char *netns,
                                  const struct finding_condition *conditions, size_t count)
{
    enum finding_level level = FINDING_NONE;
    for (size_t i = 0; i < count; i++) {
        const struct memory_key key = make_key(findings, subject, netns, conditions[i].name);
        const struct memory_state before = memory_state(&findings->memory, &key);
        const struct memory_state state =
            advance(&before, &conditions[i], findings->memory.elapsed, seconds(findings->common->clear));
        memory_put_state(&findings->memory, &key, &state);
        if (state.stands && conditions[i].level > level)
            level = conditions[i].level;
    }
    return level;
}

static double growth_over(struct findings *findings, const struct memory_key *key, double value, double unknown)
{
    struct memory_value before = {.last = unknown};
    (void)memory_value(&findings->memory, key, &before);
    memory_put_value(&findings->memory, key, &(struct memory_value){.last = value});
    return value > before.last ? value - before.last : 0;
}

double findings_growth(struct findings *findings, const char *subject, const char *netns, const char *name,
                       double value)
{
    const struct memory_key key = make_key(findings, subject, netns, name);
    return growth_over(findings, &key, value, value);
}

double findings_growth_of_new(struct findings *findings, const char *subject, const char *netns, const char *name,
                              double value)
{
    const struct memory_key key = make_key(findings, subject, netns, name);
    return growth_over(findings, &key, value, findings_elapsed(findings) > 0 ? 0 : value);
}

struct finding_trend findings_follow(struct findings *findings, const char *subject, const char *netns,
                                     const char *name, double value, int64_t window)
{
    const struct memory_key key = make_key(findings, subject, netns, name);
    struct memory_value followed = {.reference = value, .next = value};
    double half = seconds(window) / 2;
    if (memory_value(&findings->memory, &key, &followed))
        followed.reference_age += findings->memory.elapsed;
    if (followed.reference_age > 2 * half) {
        followed.reference = followed.next;
        followed.reference_age -= half;
        followed.next = value;
    }
    followed.last = value;
    memory_put_value(&findings->memory, &key, &followed);
    return (struct finding_trend){value - followed.reference, followed.reference_age};
}

bool findings_fell(struct findings *findings, const char *subject, const char *netns, const char *name, double value,
                   double share)
{
    const struct memory_key key = make_key(findings, subject, netns, name);
    struct memory_value most = {.reference = value};
    (void)memory_value(&findings->memory, &key, &most);
    bool fell = value < most.reference * (1 - share);
    most.last = value;
    most.reference = fell ? value : fmax(most.reference, value);
    memory_put_value(&findings->memory, &key, &most);
    return fell;
}

double findings_seconds_since(struct findings *findings, const char *subject, const char *netns, const char *name,
                              bool now)
{
    const struct memory_key key = make_key(findings, subject, netns, name);
    struct memory_value since;
    if (now)
        since = (struct memory_value){0};
    else if (memory_value(&findings->memory, &key, &since))
        since.reference_age += findings->memory.elapsed;
    else
        return INFINITY;
    memory_put_value(&findings->memory, &key, &since);
    return since.reference_age;
}

struct finding *findings_draft(struct findings *findings)
{
    struct finding *draft = &findings->draft;
    struct text *texts[] = {&draft->sentence, &draft->cure,   &draft->remedy,
                            &draft->undo,     &draft->caveat, &draft->effect};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        text_clear(texts[i]);
    *draft = (struct finding){.sentence = draft->sentence,
                              .cure = draft->cure,
                              .remedy = draft->remedy,
                              .undo = draft->undo,
                              .caveat = draft->caveat,
                              .effect = draft->effect};
    return draft;
}

/* The row of this rule's finding on the subject in the snapshot before; false when there was none. */
static bool find_before(const struct findings *findings, const char *subject, const char *netns, size_t *ret_row)
{
    const struct snapshot *previous = findings->memory.previous;
    for (size_t i = 0; previous && i < snapshot_row_count(previous, &table_findings); i++)
        if (strcmp(snapshot_text(previous, &table_findings, i, FINDINGS_FINDING), findings->rule->name) == 0 &&
            strcmp(snapshot_text(previous, &table_findings, i, FINDINGS_SUBJECT), subject) == 0 &&
            strcmp(snapshot_text(previous, &table_findings, i, FINDINGS_NETNS), netns) == 0) {
            *ret_row = i;
            return true;
        }
    return false;
}

const char *findings_named_process(const struct findings *findings, const char *subject, const char *netns)
{
    char bounded[FINDING_SUBJECT_BOUND + 1];
    size_t row;
    copy_bounded(bounded, FINDING_SUBJECT_BOUND, subject);
    return find_before(findings, bounded, netns, &row)
               ? snapshot_text(findings->memory.previous, &table_findings, row, FINDINGS_PROCESS)
               : "";
}

static void put_text(struct findings *findings, unsigned column, const struct text *text)
{
    if (text->error)
        builder_fail(findings->builder, text->error);
    else if (text->length > 0)
        builder_text(findings->builder, column, text->data);
}

static void put_keys(struct findings *findings, const struct finding *finding)
{
    const struct {
        unsigned column;
        const char *value;
    } keys[] = {{FINDINGS_FINDING, findings->rule->name},
                {FINDINGS_SUBJECT, finding->subject},
                {FINDINGS_NETNS, finding->netns},
                {FINDINGS_DESTINATION, finding->destination},
                {FINDINGS_PROCESS, finding->process},
                {FINDINGS_UNIT, finding->unit},
                {FINDINGS_SERVER, finding->server},
                {FINDINGS_QUEUE, finding->queue},
                {FINDINGS_PEER, finding->peer}};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        builder_text(findings->builder, keys[i].column, keys[i].value);
    if (finding->has_mta)
        builder_number(findings->builder, FINDINGS_MTA, finding->mta);
}

/* Since when: what the snapshot before says, else now. */
static void put_since(struct findings *findings, const struct memory_key *key)
{
    struct text since = TEXT_EMPTY;
    size_t row;
    if (find_before(findings, key->subject, key->netns, &row))
        text_string(&since, snapshot_text(findings->memory.previous, &table_findings, row, FINDINGS_SINCE));
    if (since.length == 0)
        human_timestamp(&since, seconds(builder_wall_now(findings->builder)));
    put_text(findings, FINDINGS_SINCE, &since);
    text_free(&since);
}

void findings_raise(struct findings *findings, enum finding_level level, const struct finding *finding)
{
    const struct memory_key key = make_key(findings, finding->subject, finding->netns, "");
    uint64_t severity = (uint64_t)level - 1;
    builder_row(findings->builder, &table_findings);
    put_keys(findings, finding);
    builder_number(findings->builder, FINDINGS_SEVERITY, severity);
    put_text(findings, FINDINGS_SENTENCE, &finding->sentence);
    put_text(findings, FINDINGS_CURE, &finding->cure);
    put_text(findings, FINDINGS_REMEDY, &finding->remedy);
    put_text(findings, FINDINGS_UNDO, &finding->undo);
    put_text(findings, FINDINGS_CAVEAT, &finding->caveat);
    put_text(findings, FINDINGS_EFFECT, &finding->effect);
    put_since(findings, &key);
    findings->counts[severity]++;
}

/* Puts the finding of the snapshot before as it was. */
static void repeat(struct findings *findings, size_t row)
{
    const struct snapshot *previous = findings->memory.previous;
    const struct table *table = &table_findings;
    builder_row(findings->builder, table);
    for (unsigned column = 0; column < table->column_count; column++) {
        if (!snapshot_has(previous, table, row, column))
            continue;
        if (column_is_text(&table->columns[column]))
            builder_text(findings->builder, column, snapshot_text(previous, table, row, column));
        else
            builder_number(findings->builder, column, snapshot_number(previous, table, row, column));
    }
    findings->counts[snapshot_number(previous, table, row, FINDINGS_SEVERITY)]++;
}

/* Whether the finding of this row of the snapshot before is in the sample that is being made. */
static bool is_put(const struct findings *findings, const struct memory_key *key)
{
    const struct table *table = &table_findings;
    for (size_t i = builder_row_count(findings->builder, table); i-- > 0;)
        if (strcmp(builder_get_text(findings->builder, table, i, FINDINGS_FINDING), key->finding) != 0)
            return false; /* rows of one rule are put one after the other */
        else if (strcmp(builder_get_text(findings->builder, table, i, FINDINGS_SUBJECT), key->subject) == 0 &&
                 strcmp(builder_get_text(findings->builder, table, i, FINDINGS_NETNS), key->netns) == 0)
            return true;
    return false;
}

/* What stood and has no row any more in the tables is over, and cleared when that has lasted. */
static void let_lapse(struct findings *findings)
{
    struct memory_key key;
    size_t row = 0, before;
    while (memory_next_left(&findings->memory, findings->rule->name, &row, &key)) {
        static const struct finding_condition over = {.level = FINDING_NONE};
        const struct memory_state state = memory_state(&findings->memory, &key);
        const struct memory_state next =
            advance(&state, &over, findings->memory.elapsed, seconds(findings->common->clear));
        memory_put_state(&findings->memory, &key, &next);
        if (next.stands && !is_put(findings, &key) && find_before(findings, key.subject, key.netns, &before))
            repeat(findings, before);
    }
}

static void put_thresholds(struct findings *findings, const struct finding_rule *rule, const void *options)
{
    for (const struct option *option = rule->options; !option_is_end(option); option++) {
        double value;
        if (!options_threshold(option, options, &value))
            continue;
        builder_row(findings->builder, &table_finding_thresholds);
        builder_text(findings->builder, FINDING_THRESHOLDS_FINDING, rule->name);
        builder_text(findings->builder, FINDING_THRESHOLDS_LEVEL, option->name);
        builder_real(findings->builder, FINDING_THRESHOLDS_VALUE, value);
    }
}

static void put_counts(struct findings *findings)
{
    for (unsigned i = 0; i < SEVERITIES; i++) {
        builder_row(findings->builder, &table_finding_counts);
        builder_number(findings->builder, FINDING_COUNTS_SEVERITY, i);
        builder_number(findings->builder, FINDING_COUNTS_FINDINGS, findings->counts[i]);
    }
}

static void free_draft(struct finding *draft)
{
    text_free(&draft->sentence);
    text_free(&draft->cure);
    text_free(&draft->remedy);
    text_free(&draft->undo);
    text_free(&draft->caveat);
    text_free(&draft->effect);
}

void findings_analyse(struct builder *builder, const void *values)
{
    struct findings findings = {.builder = builder};
    int error = memory_begin(builder, &findings.memory);
    for (size_t i = 0; error == 0 && finding_rules[i]; i++) {
        const void *options = options_of(values, i);
        findings.rule = finding_rules[i];
        findings.common = options;
        if (!findings.common->enabled)
            continue;
        findings.rule->evaluate(&findings, options);
        let_lapse(&findings);
        put_thresholds(&findings, findings.rule, options);
    }
    if (error < 0)
        builder_fail(builder, error);
    put_counts(&findings);
    memory_end(&findings.memory);
    free_draft(&findings.draft);
}
