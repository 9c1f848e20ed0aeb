/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/destinations.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"

static uint32_t hash_of(const struct destination *destination)
{
    return map_hash(destination->domain, strlen(destination->domain)) ^
           31 * map_hash(destination->dsn, strlen(destination->dsn));
}

static void entry_clear(struct destination_entry *entry)
{
    free(entry->domain);
    free(entry->reason);
    *entry = (struct destination_entry){0};
}

uint32_t destinations_number(struct destinations *destinations, const struct destination *destination)
{
    uint32_t hash = hash_of(destination), room = DESTINATIONS_OTHER;
    for (uint32_t i = DESTINATIONS_MAX; i-- > 0;) {
        const struct destination_entry *entry = &destinations->entries[i];
        if (!entry->domain)
            room = i;
        else if (entry->hash == hash && strcmp(entry->domain, destination->domain) == 0 &&
                 strcmp(entry->dsn, destination->dsn) == 0)
            return i;
    }
    struct destination_entry added = {.domain = strdup(destination->domain), .hash = hash};
    added.reason = strdup(destination->reason);
    if (room == DESTINATIONS_OTHER || !added.domain || !added.reason) {
        entry_clear(&added);
        return DESTINATIONS_OTHER;
    }
    memcpy(added.dsn, destination->dsn, sizeof(added.dsn));
    destinations->entries[room] = added;
    return room;
}

void destinations_sweep(struct destinations *destinations)
{
    for (uint32_t i = 0; i < DESTINATIONS_MAX; i++)
        if (destinations->entries[i].messages == 0)
            entry_clear(&destinations->entries[i]);
}

void destinations_clear(struct destinations *destinations)
{
    for (uint32_t i = 0; i < DESTINATIONS_COUNT; i++)
        entry_clear(&destinations->entries[i]);
}

static bool is_word(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (isspace((unsigned char)text[i]) || iscntrl((unsigned char)text[i]))
            return false;
    return true;
}

void destination_set_domain(struct destination *ret_destination, const char *address, size_t length)
{
    size_t start = length;
    while (start > 0 && address[start - 1] != '@')
        start--;
    if (length > start && address[length - 1] == '>')
        length--;
    size_t size = length - start;
    if (start == 0 || size >= sizeof(ret_destination->domain) || !is_word(address + start, size))
        size = 0;
    for (size_t i = 0; i < size; i++)
        ret_destination->domain[i] = (char)tolower((unsigned char)address[start + i]);
    ret_destination->domain[size] = '\0';
}

void destination_set_reason(struct destination *ret_destination, const char *text, size_t length)
{
    const char *end = memchr(text, '\n', length);
    if (end)
        length = (size_t)(end - text);
    while (length > 0 && isspace((unsigned char)*text)) {
        text++;
        length--;
    }
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        length--;
    length = length < MAIL_REASON_BOUND ? length : MAIL_REASON_BOUND;
    memcpy(ret_destination->reason, text, length);
    ret_destination->reason[length] = '\0';
}

bool destination_set_dsn(struct destination *ret_destination, const char *text, size_t length)
{
    unsigned dots = 0, digits = 0;
    if (length > MAIL_DSN_BOUND || length < 5 || (text[0] != '4' && text[0] != '5') || text[1] != '.')
        return false;
    for (size_t i = 0; i < length; i++) {
        bool dot = text[i] == '.';
        if ((!dot && !isdigit((unsigned char)text[i])) || (dot && digits == 0) || (!dot && digits == 3))
            return false;
        dots += dot;
        digits = dot ? 0 : digits + 1;
    }
    if (dots != 2 || digits == 0)
        return false;
    memcpy(ret_destination->dsn, text, length);
    ret_destination->dsn[length] = '\0';
    return true;
}

bool destination_set_reply(struct destination *ret_destination, const char *text, size_t length)
{
    if (length < 4 || (text[0] != '4' && text[0] != '5') || !isdigit((unsigned char)text[1]) ||
        !isdigit((unsigned char)text[2]) || (text[3] != ' ' && text[3] != '-'))
        return false;
    size_t end = 4;
    while (end < length && !isspace((unsigned char)text[end]))
        end++;
    const char class_only[] = {text[0], '.', '0', '.', '0'};
    if (!destination_set_dsn(ret_destination, text + 4, end - 4))
        (void)destination_set_dsn(ret_destination, class_only, sizeof(class_only));
    return true;
}
