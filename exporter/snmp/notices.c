/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/snmp/notices.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/human.h"
#include "base/utf8.h"
#include "exporter/verdict.h"

static const struct table *const table = &table_findings;

#define NOT_FOUND SIZE_MAX

struct notices {
    enum finding_severity least;
    uint32_t sequence;
    uint64_t arrived, lost;
    size_t first, waiting; /* of the queue, which is a ring */
    size_t sent;           /* of those that wait, the first so many */
    size_t told_count;
    struct notice told[NOTICES_TOLD]; /* the last of each finding that the listener believes to stand */
    struct notice queue[NOTICES_QUEUED];
};

int notices_new(enum finding_severity least, struct notices **ret_notices)
{
    struct notices *notices = calloc(1, sizeof(*notices));
    if (!notices)
        return -ENOMEM;
    notices->least = least;
    *ret_notices = notices;
    return 0;
}

void notices_free(struct notices *notices)
{
    free(notices);
}

static struct notice *queued(struct notices *notices, size_t place)
{
    return &notices->queue[(notices->first + place) % NOTICES_QUEUED];
}

/* Takes the one at this place off the queue: those before it move up. */
static void take(struct notices *notices, size_t place)
{
    for (size_t i = place; i > 0; i--)
        *queued(notices, i) = *queued(notices, i - 1);
    notices->first = (notices->first + 1) % NOTICES_QUEUED;
    notices->waiting--;
    if (place < notices->sent)
        notices->sent--;
}

const struct notice *notices_first(const struct notices *notices)
{
    if (notices->sent == notices->waiting || notices->sent == NOTICES_UNANSWERED)
        return NULL;
    return &notices->queue[(notices->first + notices->sent) % NOTICES_QUEUED];
}

void notices_sent(struct notices *notices)
{
    notices->sent++;
}

void notices_answered(struct notices *notices, bool arrived)
{
    if (notices->sent == 0)
        return;
    take(notices, 0);
    if (arrived)
        notices->arrived++;
    else
        notices->lost++;
}

void notices_take_back(struct notices *notices)
{
    for (; notices->sent > 0 && queued(notices, 0)->again; notices->lost++)
        take(notices, 0);
    for (size_t place = 0; place < notices->sent; place++)
        queued(notices, place)->again = true;
    notices->sent = 0;
}

size_t notices_waiting(const struct notices *notices)
{
    return notices->waiting;
}

uint64_t notices_arrived(const struct notices *notices)
{
    return notices->arrived;
}

uint64_t notices_lost(const struct notices *notices)
{
    return notices->lost;
}

static void enqueue(struct notices *notices, struct notice *notice, enum notice_kind kind)
{
    if (notices->waiting == NOTICES_QUEUED) {
        take(notices, notices->sent);
        notices->lost++;
    }
    notice->kind = kind;
    notice->sequence = ++notices->sequence;
    *queued(notices, notices->waiting++) = *notice;
}

/* Where a table has what a finding is known by. */
struct keys {
    const struct table *table;
    unsigned finding, subject, netns;
};

static bool is_about(const struct notice *notice, const struct snapshot *snapshot, const struct keys *keys, size_t row)
{
    return strcmp(notice->finding, snapshot_text(snapshot, keys->table, row, keys->finding)) == 0 &&
           strcmp(notice->subject, snapshot_text(snapshot, keys->table, row, keys->subject)) == 0 &&
           strcmp(notice->netns, snapshot_text(snapshot, keys->table, row, keys->netns)) == 0;
}

static const struct keys finding_keys = {&table_findings, FINDINGS_FINDING, FINDINGS_SUBJECT, FINDINGS_NETNS};
static const struct keys memory_keys = {&table_finding_memory, FINDING_MEMORY_FINDING, FINDING_MEMORY_SUBJECT,
                                        FINDING_MEMORY_NETNS};

static size_t find_told(const struct notices *notices, const struct snapshot *snapshot, size_t row)
{
    for (size_t i = 0; i < notices->told_count; i++)
        if (is_about(&notices->told[i], snapshot, &finding_keys, row))
            return i;
    return NOT_FOUND;
}

/* A finding that the table does not show may be folded: then the memory still has it. */
static bool stands(const struct notices *notices, const struct notice *notice, const struct snapshot *snapshot)
{
    for (size_t row = 0; row < snapshot_row_count(snapshot, table); row++)
        if (is_about(notice, snapshot, &finding_keys, row))
            return snapshot_number(snapshot, table, row, FINDINGS_SEVERITY) >= notices->least;
    for (size_t row = 0; row < snapshot_row_count(snapshot, &table_finding_memory); row++)
        if (is_about(notice, snapshot, &memory_keys, row) &&
            snapshot_number(snapshot, &table_finding_memory, row, FINDING_MEMORY_STANDS))
            return true;
    return false;
}

static void copy(char *buffer, size_t size, const char *text)
{
    (void)utf8_bound(buffer, size, size - 1, text, strlen(text));
}

/* For people: what would act on a terminal is spelled out. Goes through the scratch text, where an error sticks. */
static void copy_visible(char *buffer, const char *text, struct text *scratch)
{
    size_t start = scratch->length;
    human_visible(scratch, text);
    copy(buffer, VALUE_MAX_OCTETS + 1, text_value(scratch) + start);
}

static void copy_culprit(char *buffer, const struct snapshot *snapshot, size_t row, struct text *scratch)
{
    static const unsigned columns[] = {FINDINGS_PROCESS, FINDINGS_UNIT,  FINDINGS_DESTINATION, FINDINGS_MTA,
                                       FINDINGS_SERVER,  FINDINGS_QUEUE, FINDINGS_PEER};
    size_t start = scratch->length;
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        if (snapshot_has(snapshot, table, row, columns[i])) {
            text_format(scratch, "%s%s ", scratch->length > start ? ", " : "", table->columns[columns[i]].name);
            human_visible(scratch, snapshot_text(snapshot, table, row, columns[i]));
        }
    copy(buffer, VALUE_MAX_OCTETS + 1, text_value(scratch) + start);
}

/* What the row `other` stands for. */
static uint64_t count_hidden(const struct snapshot *snapshot)
{
    uint64_t hidden = 0;
    size_t shown = 0;
    for (unsigned severity = 0; finding_severity_words[severity]; severity++)
        hidden += verdict_count(snapshot, severity);
    for (size_t row = 0; row < snapshot_row_count(snapshot, table); row++)
        shown += !snapshot_is_other(snapshot, table, row);
    return hidden - shown;
}

static int describe(const struct snapshot *snapshot, size_t row, struct notice *ret_notice)
{
    struct text scratch = TEXT_EMPTY;
    struct notice notice = {.severity =
                                (enum finding_severity)snapshot_number(snapshot, table, row, FINDINGS_SEVERITY)};
    copy(notice.finding, sizeof(notice.finding), snapshot_text(snapshot, table, row, FINDINGS_FINDING));
    copy(notice.subject, sizeof(notice.subject), snapshot_text(snapshot, table, row, FINDINGS_SUBJECT));
    copy(notice.netns, sizeof(notice.netns), snapshot_text(snapshot, table, row, FINDINGS_NETNS));
    copy_culprit(notice.culprit, snapshot, row, &scratch);
    copy_visible(notice.sentence, snapshot_text(snapshot, table, row, FINDINGS_SENTENCE), &scratch);
    copy_visible(notice.remedy, snapshot_text(snapshot, table, row, FINDINGS_REMEDY), &scratch);
    if (snapshot_is_other(snapshot, table, row))
        (void)snprintf(notice.sentence, sizeof(notice.sentence),
                       "%" PRIu64 " more findings stand than are told one by one.", count_hidden(snapshot));
    int error = scratch.error;
    text_free(&scratch);
    if (error == 0)
        *ret_notice = notice;
    return error;
}

static void clear_what_is_over(struct notices *notices, const struct snapshot *snapshot)
{
    size_t kept = 0;
    for (size_t i = 0; i < notices->told_count; i++) {
        if (stands(notices, &notices->told[i], snapshot))
            notices->told[kept++] = notices->told[i];
        else
            enqueue(notices, &notices->told[i], NOTICE_CLEARED);
    }
    notices->told_count = kept;
}

static int follow_row(struct notices *notices, const struct snapshot *snapshot, size_t row)
{
    uint64_t severity = snapshot_number(snapshot, table, row, FINDINGS_SEVERITY);
    size_t at = find_told(notices, snapshot, row);
    bool told = at != NOT_FOUND;
    if (severity < notices->least || (told && notices->told[at].severity == severity) ||
        (!told && notices->told_count == NOTICES_TOLD))
        return 0;
    struct notice notice;
    int error = describe(snapshot, row, &notice);
    if (error < 0)
        return error;
    enqueue(notices, &notice, NOTICE_RAISED);
    notices->told[told ? at : notices->told_count++] = notice;
    return 0;
}

int notices_follow(struct notices *notices, const struct snapshot *snapshot)
{
    struct arena arena = ARENA_EMPTY;
    size_t *rows, count = 0;
    int error = verdict_order(snapshot, &arena, &rows, &count);
    if (error == 0)
        clear_what_is_over(notices, snapshot);
    for (size_t i = 0; error == 0 && i < count; i++)
        error = follow_row(notices, snapshot, rows[i]);
    for (size_t row = 0; error == 0 && row < snapshot_row_count(snapshot, table); row++)
        if (snapshot_is_other(snapshot, table, row))
            error = follow_row(notices, snapshot, row);
    arena_free(&arena);
    return error;
}

void notices_repeat(struct notices *notices)
{
    for (size_t i = 0; i < notices->told_count; i++) {
        if (notices->waiting == 0 || notices->told[i].sequence < queued(notices, 0)->sequence)
            enqueue(notices, &notices->told[i], NOTICE_RAISED);
    }
}
