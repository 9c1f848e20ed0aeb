/* SPDX-License-Identifier: Apache-2.0
 * What every declaration promises, whoever adds one. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "snapshot/tables/all.h"
#include "tests/cmocka.h"

/* A column of a table, for messages. */
struct place {
    const struct table *table;
    const struct column *column;
};

static void check(bool good, struct place place, const char *what)
{
    if (good)
        return;
    print_error("%s.%s: %s\n", place.table->name, place.column ? place.column->name : "", what);
    fail();
}

static bool is_snake_case(const char *name)
{
    for (const char *c = name; *c; c++)
        if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '_')
            return false;
    return *name != '\0';
}

static bool is_sentence(const char *help)
{
    return help && help[0] != '\0' && help[strlen(help) - 1] == '.';
}

static void check_column(struct place place)
{
    const struct column *column = place.column;
    check(is_snake_case(column->name), place, "the name is not snake_case");
    check(is_sentence(column->help), place, "help is not a sentence");
    check(!column->metric || is_snake_case(column->metric), place, "the metric is not snake_case");
    check(!column->metric || column->kind == COLUMN_VALUE, place, "only values are metrics");
    check(!column->label || (column->metric && column->label_value), place, "a label without metric or value");
    check(column->kind != COLUMN_KEY || (column->type != COLUMN_REAL && column->type != COLUMN_COUNTER), place,
          "such a type cannot be a key");
    check(column->kind != COLUMN_NOTE || column->type == COLUMN_TEXT, place, "a note is text");
    check(column->kind == COLUMN_NOTE || column->kind == COLUMN_KEY || !column_is_text(column), place,
          "a value is a number");
    check(column->type != COLUMN_WORD || column->words, place, "a word without spellings");
    check(column->type != COLUMN_PORT || column->kind == COLUMN_KEY, place, "a port is a key");
    check(!column->mib || place.table->mib, place, "in the MIB without its table");
    check(column->fold != FOLD_SUM || column->kind == COLUMN_VALUE, place, "only values are summed");
}

static void check_pair(struct place a, struct place b)
{
    check(strcmp(a.column->name, b.column->name) != 0, b, "the name stands twice");
    check(!a.column->mib || a.column->mib != b.column->mib, b, "the MIB column stands twice");
    if (!a.column->metric || !b.column->metric || strcmp(a.column->metric, b.column->metric) != 0)
        return;
    check(a.column->label && b.column->label && strcmp(a.column->label, b.column->label) == 0, b,
          "columns of one family need one label that tells them apart");
    check(strcmp(a.column->label_value, b.column->label_value) != 0, b, "the same series twice");
    check(strcmp(a.column->help, b.column->help) == 0, b, "one family, two helps");
}

static void every_column_is_whole(void **state)
{
    (void)state;
    for (size_t t = 0; tables[t]; t++) {
        const struct table *table = tables[t];
        check(is_snake_case(table->name) && table->help && *table->help, (struct place){table, NULL}, "name or help");
        check(table->column_count <= TABLE_MAX_COLUMNS, (struct place){table, NULL}, "too many columns");
        for (unsigned i = 0; i < table->column_count; i++) {
            check_column((struct place){table, &table->columns[i]});
            for (unsigned j = 0; j < i; j++)
                check_pair((struct place){table, &table->columns[j]}, (struct place){table, &table->columns[i]});
        }
    }
}

static void every_table_is_in_the_mib_or_says_why_not(void **state)
{
    (void)state;
    for (size_t t = 0; tables[t]; t++) {
        const struct table *table = tables[t];
        bool excused = table->not_in_mib && *table->not_in_mib;
        check(table->internal || (table->mib != 0) != excused, (struct place){table, NULL},
              "neither in the MIB nor a reason why not");
        for (size_t other = 0; other < t && table->mib; other++)
            check(tables[other]->mib != table->mib, (struct place){table, NULL}, "the number in the MIB stands twice");
    }
}

static bool uses_metric(const struct table *table, const char *metric)
{
    for (unsigned i = 0; i < table->column_count; i++)
        if (table->columns[i].metric && strcmp(table->columns[i].metric, metric) == 0)
            return true;
    return false;
}

static void no_family_is_split_over_tables(void **state)
{
    (void)state;
    for (size_t t = 0; tables[t]; t++)
        for (unsigned i = 0; i < tables[t]->column_count; i++)
            for (size_t other = 0; other < t && tables[t]->columns[i].metric; other++)
                check(!uses_metric(tables[other], tables[t]->columns[i].metric),
                      (struct place){tables[t], &tables[t]->columns[i]}, "another table has this metric");
}

static void a_bounded_table_can_be_ranked_and_folded(void **state)
{
    (void)state;
    for (size_t t = 0; tables[t]; t++) {
        const struct table *table = tables[t];
        bool folds = false;
        if (table->bound.max_rows == 0)
            continue;
        check(table->columns[table->bound.rank_by].kind == COLUMN_VALUE, (struct place){table, NULL},
              "ranked by what is no value");
        for (unsigned i = 0; i < table->column_count; i++)
            folds = folds || table->columns[i].fold == FOLD_OTHER;
        check(folds, (struct place){table, NULL}, "no key becomes `other`");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_column_is_whole),
        cmocka_unit_test(every_table_is_in_the_mib_or_says_why_not),
        cmocka_unit_test(no_family_is_split_over_tables),
        cmocka_unit_test(a_bounded_table_can_be_ranked_and_folded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
