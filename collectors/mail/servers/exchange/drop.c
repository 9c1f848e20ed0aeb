/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/exchange/drop.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "collectors/mail/servers/exchange/settings.h"
#include "collectors/mail/servers/exchange/value.h"

#define SCHEMA         1
#define CONNECTORS_MAX 256u
#define TEXT_MAX       300u

static const char *keep(struct exchange_drop *drop, const char *text)
{
    if (!*text || drop->limits.error)
        return NULL;
    const char *copy = arena_copy(&drop->limits.arena, text, strnlen(text, TEXT_MAX));
    if (!copy)
        drop->limits.error = -ENOMEM;
    return copy;
}

/* SERVER\Shadow\5, or the delivery type says so. */
static bool is_shadow(const char *identity, const char *type)
{
    return strcasestr(identity, "\\Shadow\\") || strcasecmp(type, "ShadowRedundancy") == 0;
}

/* SERVER\Submission: what stands behind the last backslash. */
static const char *own_name(const char *identity)
{
    const char *slash = strrchr(identity, '\\');
    return slash ? slash + 1 : identity;
}

static bool is_number(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

static void describe(char *text, size_t size, const json_t *queue, const char *type)
{
    char status[24], error[24];
    const char *state = exchange_text(exchange_member(queue, "Status"), status, sizeof(status));
    const char *last = exchange_text(exchange_member(queue, "LastError"), error, sizeof(error));
    (void)snprintf(text, size, "%.64s%s%.32s%s%.200s", type, *type && *state ? ", " : "", state, *last ? "; " : "",
                   last);
}

static double velocity_of(const json_t *queue)
{
    double velocity = exchange_number(exchange_member(queue, "Velocity"));
    if (isfinite(velocity))
        return velocity;
    velocity = exchange_number(exchange_member(queue, "OutgoingRate")) -
               exchange_number(exchange_member(queue, "IncomingRate"));
    return isfinite(velocity) ? velocity : NAN;
}

static void read_queue(struct exchange_drop *drop, const json_t *queue)
{
    char identity_buffer[24], type_buffer[24], hop_buffer[24], detail[TEXT_MAX + 1];
    const char *identity = exchange_text(exchange_member(queue, "Identity"), identity_buffer, sizeof(identity_buffer));
    const char *type = exchange_text(exchange_member(queue, "DeliveryType"), type_buffer, sizeof(type_buffer));
    const char *hop = exchange_text(exchange_member(queue, "NextHopDomain"), hop_buffer, sizeof(hop_buffer));
    const char *name = own_name(identity);
    double messages = exchange_number(exchange_member(queue, "MessageCount"));
    if (!json_is_object(queue) || !(messages >= 0) || messages > 1e15 || is_shadow(identity, type))
        return;
    /* A delivery queue is only numbered: its next hop names it. */
    if ((is_number(name) || !*name) && *hop)
        name = hop;
    describe(detail, sizeof(detail), queue, type);
    drop->queues[drop->queue_count++] =
        (struct exchange_queue){keep(drop, name), keep(drop, detail), (uint64_t)messages, velocity_of(queue),
                                exchange_moment(exchange_member(queue, "OldestMessage"))};
}

static int read_queues(struct exchange_drop *drop, const json_t *list)
{
    size_t count = exchange_count(list);
    count = count < EXCHANGE_QUEUES ? count : EXCHANGE_QUEUES;
    drop->queues = arena_allocate(&drop->limits.arena, (count + 1) * sizeof(*drop->queues));
    if (!drop->queues)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        read_queue(drop, exchange_element(list, i));
    return 0;
}

/* Whether the level makes sense. */
static bool level_of(const json_t *use, unsigned *ret_level)
{
    static const char *const words[] = {"Low", "Medium", "High"};
    char buffer[24];
    const char *text = exchange_text(use, buffer, sizeof(buffer));
    for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcasecmp(text, words[i]) == 0 || (text[0] == (char)('0' + i) && !text[1])) {
            *ret_level = i;
            return true;
        }
    }
    *ret_level = 0;
    return strcasecmp(text, "Normal") == 0;
}

static int read_resources(struct exchange_drop *drop, const json_t *list)
{
    size_t count = exchange_count(list);
    count = count < EXCHANGE_RESOURCES ? count : EXCHANGE_RESOURCES;
    drop->resources = arena_allocate(&drop->limits.arena, (count + 1) * sizeof(*drop->resources));
    if (!drop->resources)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        char buffer[24];
        const json_t *element = exchange_element(list, i);
        const char *name = exchange_text(exchange_member(element, "Resource"), buffer, sizeof(buffer));
        unsigned level;
        if (*name && level_of(exchange_member(element, "CurrentResourceUse"), &level))
            drop->resources[drop->resource_count++] = (struct exchange_resource){keep(drop, name), level};
    }
    return 0;
}

static void read_connectors(struct exchange_drop *drop, const json_t *root, const struct exchange_version *version)
{
    const json_t *receive = exchange_member(root, "receive_connectors");
    const json_t *send = exchange_member(root, "send_connectors");
    for (size_t i = 0; i < exchange_count(receive) && i < CONNECTORS_MAX; i++)
        exchange_add_receive_connector(&drop->limits, exchange_element(receive, i), version);
    for (size_t i = 0; i < exchange_count(send) && i < CONNECTORS_MAX; i++)
        exchange_add_send_connector(&drop->limits, exchange_element(send, i));
}

static int read_root(struct exchange_drop *drop, const json_t *root)
{
    char buffer[24];
    const json_t *schema = exchange_member(root, "schema");
    if (!json_is_object(root))
        return -EINVAL;
    if (schema && exchange_number(schema) > SCHEMA)
        return -ENOTSUP;
    drop->server = keep(drop, exchange_text(exchange_member(root, "server"), buffer, sizeof(buffer)));
    drop->version = keep(drop, exchange_text(exchange_member(root, "version"), buffer, sizeof(buffer)));
    struct exchange_version version = exchange_version_parse(drop->version ? drop->version : "");
    version.edge = exchange_is_true(exchange_member(root, "edge"));
    version.server = drop->server;
    const json_t *transport = exchange_element(exchange_member(root, "transport"), 0);
    if (json_is_object(transport))
        exchange_add_server(&drop->limits, transport, &version);
    read_connectors(drop, root, &version);
    int error = read_queues(drop, exchange_member(root, "queues"));
    if (error == 0)
        error = read_resources(drop, exchange_member(root, "back_pressure"));
    return error < 0 ? error : drop->limits.error;
}

/* Why jansson gave nothing; where it ran out of memory early it does not say. */
static int reason(const json_error_t *where)
{
    const enum json_error_code code = json_error_code(where);
    return code == json_error_out_of_memory || code == json_error_unknown ? -ENOMEM : -EINVAL;
}

int exchange_drop_parse(struct exchange_drop *drop, struct text *text)
{
    int error = exchange_decode(text);
    if (error < 0)
        return error;
    if (text->length == 0)
        return -EINVAL;
    json_error_t where = {.line = 0};
    json_t *root = json_loadb(text->data, text->length, 0, &where);
    if (!root)
        return reason(&where);
    error = read_root(drop, root);
    json_decref(root);
    return error;
}

void exchange_drop_free(struct exchange_drop *drop)
{
    limits_free(&drop->limits);
    *drop = (struct exchange_drop){0};
}
