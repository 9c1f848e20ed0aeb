/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/words.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/human.h"

static const double most = 1e15; /* beyond it a number is no news, and everything here still fits */

/* A text that writes into words and never needs to grow. */
static struct text text_in(struct words *words)
{
    words->text[0] = '\0';
    return (struct text){.data = words->text, .capacity = sizeof(words->text)};
}

struct words words_count(uint64_t number)
{
    struct words words;
    struct text text = text_in(&words);
    human_count(&text, number);
    return words;
}

struct words words_ratio(double ratio)
{
    struct words words;
    struct text text = text_in(&words);
    human_ratio(&text, fmin(ratio, most));
    return words;
}

struct words words_seconds(double seconds)
{
    struct words words;
    struct text text = text_in(&words);
    human_duration(&text, seconds);
    return words;
}

struct words words_real(double number)
{
    struct words words;
    struct text text = text_in(&words);
    human_real(&text, number);
    return words;
}

struct words words_bytes(double bytes)
{
    struct words words;
    struct text text = text_in(&words);
    human_bytes(&text, fmin(bytes, most));
    return words;
}

static bool is_known(const char *process)
{
    return process[0] && strcmp(process, "unknown") != 0;
}

struct words words_who(const char *process, const char *unit)
{
    struct words words;
    if (!is_known(process))
        (void)snprintf(words.text, sizeof(words.text), "an unknown process");
    else if (unit[0])
        (void)snprintf(words.text, sizeof(words.text), "%s (%s)", process, unit);
    else
        (void)snprintf(words.text, sizeof(words.text), "%s", process);
    return words;
}

struct words words_where(const char *netns)
{
    struct words words = {""};
    if (netns[0])
        (void)snprintf(words.text, sizeof(words.text), " in namespace %s", netns);
    return words;
}
