/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tuning/advice.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "collectors/tuning/catalogue.h"

#define BLANKS " \t"

/* What a command line takes between double quotes without a second thought. */
#define PLAIN_TEXT "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _.,:;/+-=@%|"

static bool is_one_of(const struct advice *advice, int64_t number)
{
    for (unsigned i = 0; i < advice->count; i++)
        if (advice->numbers[i] == number)
            return true;
    return false;
}

static enum verdict verdict_of(bool satisfied)
{
    return satisfied ? VERDICT_OK : VERDICT_AGAINST;
}

enum verdict advice_judge(const struct tuning_field *field, int64_t number)
{
    const struct advice *advice = &field->advice;
    switch (advice->kind) {
    case ADVICE_AT_LEAST:
        return verdict_of(number >= advice->numbers[0]);
    case ADVICE_AT_MOST:
        return verdict_of(number <= advice->numbers[0]);
    case ADVICE_BETWEEN:
        return verdict_of(number >= advice->numbers[0] && number <= advice->numbers[1]);
    case ADVICE_ONE_OF:
        return verdict_of(is_one_of(advice, number));
    case ADVICE_LEAVE_ALONE:
        return field->standard == TUNING_VARIES ? VERDICT_NONE : verdict_of(number == field->standard);
    case ADVICE_DELETE:
        return VERDICT_AGAINST;
    case ADVICE_SHOW_ONLY:
    case ADVICE_TEXT:
        break;
    }
    return VERDICT_NONE;
}

bool advice_recommended(const struct tuning_field *field, int64_t *ret_number)
{
    switch (field->advice.kind) {
    case ADVICE_AT_LEAST:
    case ADVICE_AT_MOST:
    case ADVICE_BETWEEN:
    case ADVICE_ONE_OF:
        *ret_number = field->advice.recommended;
        return true;
    case ADVICE_LEAVE_ALONE:
        if (field->standard == TUNING_VARIES)
            return false;
        *ret_number = field->standard;
        return true;
    case ADVICE_SHOW_ONLY:
    case ADVICE_TEXT:
    case ADVICE_DELETE:
        break;
    }
    return false;
}

int64_t advice_target(const struct tuning_field *field, int64_t number)
{
    const struct advice *advice = &field->advice;
    int64_t recommended;
    if (!advice_recommended(field, &recommended))
        return number;
    bool better = (advice->kind == ADVICE_AT_LEAST && number > recommended) ||
                  (advice->kind == ADVICE_AT_MOST && number < recommended) ||
                  (advice->kind == ADVICE_ONE_OF && is_one_of(advice, number));
    return better ? number : recommended;
}

static void describe_one_of(const struct advice *advice, char *buffer, size_t size)
{
    size_t length = 0;
    buffer[0] = '\0';
    for (unsigned i = 0; i < advice->count && length < size; i++) {
        const char *before = i > 0 ? ", " : advice->count > 1 ? "one of " : "";
        int written = snprintf(buffer + length, size - length, "%s%lld", before, (long long)advice->numbers[i]);
        length += written > 0 ? (size_t)written : 0;
    }
}

void advice_describe(const struct advice *advice, char *buffer, size_t size)
{
    const char *words = "show only";
    switch (advice->kind) {
    case ADVICE_AT_LEAST:
        (void)snprintf(buffer, size, "at least %lld", (long long)advice->numbers[0]);
        return;
    case ADVICE_AT_MOST:
        (void)snprintf(buffer, size, "at most %lld", (long long)advice->numbers[0]);
        return;
    case ADVICE_BETWEEN:
        (void)snprintf(buffer, size, "%lld to %lld", (long long)advice->numbers[0], (long long)advice->numbers[1]);
        return;
    case ADVICE_ONE_OF:
        describe_one_of(advice, buffer, size);
        return;
    case ADVICE_TEXT:
        words = advice->text;
        break;
    case ADVICE_LEAVE_ALONE:
        words = "leave alone";
        break;
    case ADVICE_DELETE:
        words = "delete it";
        break;
    case ADVICE_SHOW_ONLY:
        break;
    }
    (void)snprintf(buffer, size, "%s", words);
}

/* Cuts the word or words of a kind off the front; one of is what a bare list means. */
static enum advice_kind take_kind(const char **text, bool *ret_given)
{
    static const struct {
        const char *words;
        enum advice_kind kind;
    } kinds[] = {{"at least", ADVICE_AT_LEAST}, {"at most", ADVICE_AT_MOST}, {"one of", ADVICE_ONE_OF}};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        size_t length = strlen(kinds[i].words);
        if (strncmp(*text, kinds[i].words, length) == 0 && strchr(BLANKS, (*text)[length])) {
            *text += length;
            *ret_given = true;
            return kinds[i].kind;
        }
    }
    *ret_given = false;
    return ADVICE_ONE_OF;
}

/* Reads whole numbers between blanks and commas; -EINVAL when there is none, too many, or something else. */
static int take_numbers(const char *text, int64_t *numbers, unsigned *ret_count)
{
    unsigned count = 0;
    for (;;) {
        char word[32];
        text += strspn(text, BLANKS ",");
        size_t length = strcspn(text, BLANKS ",");
        if (length == 0)
            break;
        if (length >= sizeof(word) || count == ADVICE_MAX_NUMBERS)
            return -EINVAL;
        memcpy(word, text, length);
        word[length] = '\0';
        if (parse_signed(word, &numbers[count++]) < 0)
            return -EINVAL;
        text += length;
    }
    *ret_count = count;
    return count > 0 ? 0 : -EINVAL;
}

static int give_text(const char *text, struct arena *arena, struct advice *advice)
{
    if (!*text || strspn(text, PLAIN_TEXT) != strlen(text))
        return -EINVAL;
    char *copy = arena_copy(arena, text, strlen(text));
    if (!copy)
        return -ENOMEM;
    *advice = (struct advice){.kind = ADVICE_TEXT, .text = copy};
    return 0;
}

int advice_parse(const char *text, unsigned field_count, bool free_text, struct arena *arena,
                 struct advice *ret_advices)
{
    char trimmed[256];
    int64_t numbers[ADVICE_MAX_NUMBERS] = {0};
    unsigned count;
    bool given;
    size_t length = strlen(text);
    if (length >= sizeof(trimmed))
        return -EINVAL;
    memcpy(trimmed, text, length + 1);
    const char *rest = parse_trim(trimmed);
    if (strcmp(rest, "show only") == 0) {
        memset(ret_advices, 0, field_count * sizeof(*ret_advices));
        return 0;
    }
    enum advice_kind kind = take_kind(&rest, &given);
    bool numeric = take_numbers(rest, numbers, &count) == 0;
    /* Blanks alone separate the numbers of one value, such as kernel.sem; commas separate alternatives. */
    if (free_text && !given && (!numeric || (count > 1 && !strchr(rest, ','))))
        return give_text(rest, arena, ret_advices);
    if (!numeric)
        return -EINVAL;
    if (field_count > 1 ? count != field_count : kind != ADVICE_ONE_OF && count != 1)
        return -EINVAL;
    if (field_count == 1) {
        ret_advices[0] = (struct advice){.kind = kind, .count = count, .recommended = numbers[0]};
        memcpy(ret_advices[0].numbers, numbers, sizeof(numbers));
    }
    for (unsigned i = 0; field_count > 1 && i < field_count; i++)
        ret_advices[i] = (struct advice){.kind = kind, .count = 1, .numbers = {numbers[i]}, .recommended = numbers[i]};
    return 0;
}

bool advice_same_text(const char *one, const char *other)
{
    for (;;) {
        one += strspn(one, BLANKS "\n");
        other += strspn(other, BLANKS "\n");
        size_t length = strcspn(one, BLANKS "\n");
        if (length != strcspn(other, BLANKS "\n") || memcmp(one, other, length) != 0)
            return false;
        if (length == 0)
            return true;
        one += length;
        other += length;
    }
}
