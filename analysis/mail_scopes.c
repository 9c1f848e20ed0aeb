/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/mail_scopes.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "snapshot/tables/mail_limits.h"
#include "snapshot/tables/mail_queues.h"

/* Scopes named after a port: one for each mail port and role. */
static const struct {
    uint64_t port;
    const char *name;
} ports[] = {{25, "port:25"}, {465, "port:465"}, {587, "port:587"}};

#define PORTS (sizeof(ports) / sizeof(ports[0]))

static const struct mail_rule no_rule = {NAN, ""};

static bool is_scope(const struct mail_scope *scope, uint64_t mta, const char *server, const char *name)
{
    return scope->known && scope->mta == mta && strcmp(scope->name, name) == 0 && strcmp(scope->server, server) == 0;
}

/* The positions of the key columns in a table of scopes. */
struct keys {
    const struct table *table;
    unsigned mta, server, scope;
};

static size_t find_scope(const struct mail_scopes *scopes, const struct builder *builder, const struct keys *keys,
                         size_t row)
{
    uint64_t mta = builder_get_number(builder, keys->table, row, keys->mta);
    const char *server = builder_get_text(builder, keys->table, row, keys->server);
    const char *name = builder_get_text(builder, keys->table, row, keys->scope);
    for (size_t i = scopes->count; i > 0; i--)
        if (is_scope(&scopes->items[i - 1], mta, server, name))
            return i - 1;
    return scopes->count;
}

static void load_service(struct mail_scopes *scopes, const struct builder *builder, size_t row)
{
    const struct table *table = &table_mail_services;
    const struct keys keys = {table, MAIL_SERVICES_MTA, MAIL_SERVICES_SERVER, MAIL_SERVICES_SCOPE};
    size_t scope = find_scope(scopes, builder, &keys, row);
    if (scope == scopes->count) {
        scopes->items[scopes->count++] = (struct mail_scope){
            .known = true,
            .mta = builder_get_number(builder, table, row, MAIL_SERVICES_MTA),
            .server = builder_get_text(builder, table, row, MAIL_SERVICES_SERVER),
            .name = builder_get_text(builder, table, row, MAIL_SERVICES_SCOPE),
            .role = (enum tcp_role)builder_get_number(builder, table, row, MAIL_SERVICES_ROLE),
            .total = no_rule,
            .per_peer = no_rule,
            .percent = no_rule,
        };
    }
    struct mail_binding *binding = &scopes->bindings[scopes->binding_count++];
    *binding = (struct mail_binding){
        .scope = scope,
        .port = builder_get_number(builder, table, row, MAIL_SERVICES_PORT),
        .process = builder_get_text(builder, table, row, MAIL_SERVICES_PROCESS),
    };
    const char *address = builder_get_text(builder, table, row, MAIL_SERVICES_ADDRESS);
    binding->any = address_parse(address, &binding->address) < 0;
}

static void load_range(struct mail_scopes *scopes, const struct builder *builder, size_t row)
{
    const struct table *table = &table_mail_ranges;
    const struct keys keys = {table, MAIL_RANGES_MTA, MAIL_RANGES_SERVER, MAIL_RANGES_SCOPE};
    struct mail_scope_range range = {
        .scope = find_scope(scopes, builder, &keys, row),
        .kind = (enum mail_range)builder_get_number(builder, table, row, MAIL_RANGES_KIND),
        .negated = builder_get_number(builder, table, row, MAIL_RANGES_NEGATED) != 0,
    };
    if (range.scope < scopes->count &&
        address_parse(builder_get_text(builder, table, row, MAIL_RANGES_FIRST), &range.range.first) == 0 &&
        address_parse(builder_get_text(builder, table, row, MAIL_RANGES_LAST), &range.range.last) == 0)
        scopes->ranges[scopes->range_count++] = range;
}

/* The rule of a scope that a limit sets, or NULL. */
static struct mail_rule *rule_of(struct mail_scope *scope, uint64_t limit)
{
    bool inbound = scope->role == TCP_ROLE_INBOUND;
    switch (limit) {
    case MAIL_LIMIT_INBOUND_CONNECTIONS:
        return inbound ? &scope->total : NULL;
    case MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE:
        return inbound ? &scope->per_peer : NULL;
    case MAIL_LIMIT_INBOUND_CONNECTIONS_PERCENT_PER_SOURCE:
        return inbound ? &scope->percent : NULL;
    case MAIL_LIMIT_OUTBOUND_CONNECTIONS:
        return inbound ? NULL : &scope->total;
    case MAIL_LIMIT_OUTBOUND_CONNECTIONS_PER_DOMAIN:
        return inbound ? NULL : &scope->per_peer;
    default:
        return NULL;
    }
}

static void load_limit(struct mail_scopes *scopes, const struct builder *builder, size_t row)
{
    const struct table *table = &table_mail_limits;
    const struct keys keys = {table, MAIL_LIMITS_MTA, MAIL_LIMITS_SERVER, MAIL_LIMITS_SCOPE};
    size_t scope = find_scope(scopes, builder, &keys, row);
    if (scope == scopes->count || !builder_has(builder, table, row, MAIL_LIMITS_VALUE))
        return;
    struct mail_rule *rule = rule_of(&scopes->items[scope], builder_get_number(builder, table, row, MAIL_LIMITS_LIMIT));
    double value = builder_get_real(builder, table, row, MAIL_LIMITS_VALUE);
    /* Of two settings in one role the smaller one bites first. */
    if (rule && (isnan(rule->value) || value < rule->value))
        *rule = (struct mail_rule){value, builder_get_text(builder, table, row, MAIL_LIMITS_NATIVE)};
}

int mail_scopes_load(struct mail_scopes *scopes, const struct builder *builder)
{
    size_t services = builder_row_count(builder, &table_mail_services);
    size_t ranges = builder_row_count(builder, &table_mail_ranges);
    scopes->items = arena_allocate(&scopes->arena, (services + 2 * PORTS) * sizeof(*scopes->items));
    scopes->bindings = arena_allocate(&scopes->arena, (services + 1) * sizeof(*scopes->bindings));
    scopes->ranges = arena_allocate(&scopes->arena, (ranges + 1) * sizeof(*scopes->ranges));
    if (!scopes->items || !scopes->bindings || !scopes->ranges)
        return -ENOMEM;
    for (size_t i = 0; i < services; i++)
        load_service(scopes, builder, i);
    for (size_t i = 0; i < ranges; i++)
        load_range(scopes, builder, i);
    for (size_t i = 0; i < builder_row_count(builder, &table_mail_limits); i++)
        load_limit(scopes, builder, i);
    return 0;
}

static struct mail_scope *port_scope(struct mail_scopes *scopes, enum tcp_role role, uint64_t port)
{
    size_t which = 0;
    while (which + 1 < PORTS && ports[which].port != port)
        which++;
    for (size_t i = 0; i < scopes->count; i++) {
        struct mail_scope *scope = &scopes->items[i];
        if (!scope->known && scope->role == role && scope->name == ports[which].name)
            return scope;
    }
    struct mail_scope *scope = &scopes->items[scopes->count++];
    *scope = (struct mail_scope){.server = "",
                                 .name = ports[which].name,
                                 .role = role,
                                 .total = no_rule,
                                 .per_peer = no_rule,
                                 .percent = no_rule};
    return scope;
}

/* The range of a scope that decides: the smallest one with this peer in it, the largest one for any peer. False where
 * the scope is not for this peer. */
static bool deciding_range(const struct mail_scopes *scopes, size_t scope, const struct address *peer,
                           struct address_range *ret_range)
{
    bool limited = false, found = false;
    for (size_t i = 0; i < scopes->range_count; i++) {
        const struct mail_scope_range *range = &scopes->ranges[i];
        if (range->scope != scope || range->kind != MAIL_RANGE_REMOTE)
            continue;
        limited = true;
        if (peer && !address_range_has(&range->range, peer))
            continue;
        int order = found ? address_range_compare_size(&range->range, ret_range) : 0;
        if (!found || (peer ? order < 0 : order > 0))
            *ret_range = range->range;
        found = true;
    }
    if (!limited)
        memset(ret_range->last.bytes, 0xff, sizeof(ret_range->last.bytes));
    return found || !limited;
}

/* One that could take a connection. */
struct candidate {
    const struct mail_scope *scope;
    const struct mail_binding *binding;
    struct address_range range;
};

static bool is_better(const struct candidate *a, const struct candidate *b, const struct address *peer)
{
    /* What an Exchange server says of itself may come from another host: our own mail servers go first. */
    bool local_a = a->scope->mta != MAIL_EXCHANGE, local_b = b->scope->mta != MAIL_EXCHANGE;
    if (local_a != local_b)
        return local_a;
    if (a->binding->any != b->binding->any)
        return !a->binding->any;
    int order = address_range_compare_size(&a->range, &b->range);
    return peer ? order < 0 : order > 0;
}

struct mail_scope *mail_scopes_inbound(struct mail_scopes *scopes, const struct address *local, uint64_t port,
                                       const struct address *peer)
{
    struct candidate best = {0};
    for (size_t i = 0; i < scopes->binding_count; i++) {
        struct candidate candidate = {.binding = &scopes->bindings[i]};
        candidate.scope = &scopes->items[candidate.binding->scope];
        if (candidate.scope->role != TCP_ROLE_INBOUND || candidate.binding->port != port)
            continue;
        if (!candidate.binding->any && (!local || memcmp(&candidate.binding->address, local, sizeof(*local)) != 0))
            continue;
        if (!deciding_range(scopes, candidate.binding->scope, peer, &candidate.range))
            continue;
        if (!best.scope || is_better(&candidate, &best, peer))
            best = candidate;
    }
    return best.scope ? &scopes->items[best.binding->scope] : port_scope(scopes, TCP_ROLE_INBOUND, port);
}

struct mail_scope *mail_scopes_outbound(struct mail_scopes *scopes, const char *process, uint64_t port)
{
    bool unknown = !*process || strcmp(process, "unknown") == 0;
    struct mail_scope *found = NULL;
    for (size_t i = 0; i < scopes->binding_count; i++) {
        struct mail_scope *scope = &scopes->items[scopes->bindings[i].scope];
        if (scope->role != TCP_ROLE_OUTBOUND || (!unknown && strcmp(scopes->bindings[i].process, process) != 0))
            continue;
        if (found && (found->mta != scope->mta || strcmp(found->server, scope->server) != 0))
            return port_scope(scopes, TCP_ROLE_OUTBOUND, port);
        if (!found)
            found = scope;
    }
    return found ? found : port_scope(scopes, TCP_ROLE_OUTBOUND, port);
}

bool mail_scopes_exempt(const struct mail_scopes *scopes, const struct mail_scope *scope, const struct address *peer)
{
    for (size_t i = 0; i < scopes->range_count; i++) {
        const struct mail_scope_range *range = &scopes->ranges[i];
        if (range->kind == MAIL_RANGE_EXEMPT && &scopes->items[range->scope] == scope &&
            address_range_has(&range->range, peer))
            return !range->negated;
    }
    return false;
}

void mail_scopes_free(struct mail_scopes *scopes)
{
    arena_free(&scopes->arena);
    *scopes = (struct mail_scopes){0};
}
