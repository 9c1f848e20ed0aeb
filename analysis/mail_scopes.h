/* SPDX-License-Identifier: Apache-2.0
 * The services, connectors and transports of the mail servers, with their limits and whom they are for: which of them a
 * connection belongs to. */
#ifndef CHOKEPOINT_ANALYSIS_MAIL_SCOPES_H
#define CHOKEPOINT_ANALYSIS_MAIL_SCOPES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/address.h"
#include "base/arena.h"
#include "snapshot/builder.h"
#include "snapshot/tables/mail_internal.h"
#include "snapshot/tables/tcp_sockets.h"

/* A setting: NaN where the server has none of the kind; native is the server's name for it. */
struct mail_rule {
    double value;
    const char *native;
};

/* Texts are borrowed from the builder or the arena. */
struct mail_scope {
    bool known; /* else no mail server is known to serve the port: mta and server mean nothing */
    uint64_t mta;
    const char *server;
    const char *name;
    enum tcp_role role;
    struct mail_rule total;
    struct mail_rule per_peer; /* each source, or each destination */
    struct mail_rule percent;  /* each source's share of what remains of the total */
    uint64_t connections;      /* counted by the caller, as the two below */
    uint64_t waiting;
    uint64_t other_peers; /* connections of peers that are not given one by one */
};

/* Inbound connections to this address and port, or outbound ones of this process. */
struct mail_binding {
    size_t scope;
    bool any; /* every local address */
    struct address address;
    uint64_t port;
    const char *process;
};

struct mail_scope_range {
    size_t scope;
    enum mail_range kind;
    bool negated;
    struct address_range range;
};

/* Start with zeroes. */
struct mail_scopes {
    struct arena arena;
    struct mail_scope *items;
    size_t count;
    struct mail_binding *bindings;
    size_t binding_count;
    struct mail_scope_range *ranges;
    size_t range_count;
};

/* Reads mail_services, mail_ranges and mail_limits back. 0 or -ENOMEM; mail_scopes_free() in any case. */
int mail_scopes_load(struct mail_scopes *scopes, const struct builder *builder);

/* The scope that an inbound connection belongs to: of those bound to the port, one bound to the very address before one
 * for every address, then the one with the smallest range of peers that this one is in. local NULL: not known, or
 * a listener on every address. peer NULL: any peer, and the widest range. Where none is known, one named after the
 * port. */
struct mail_scope *mail_scopes_inbound(struct mail_scopes *scopes, const struct address *local, uint64_t port,
                                       const struct address *peer);

/* The scope that an outbound connection belongs to: the first transport of this process, or of the only server that
 * there is where the process is unknown. Where it is not clear, one named after the port. */
struct mail_scope *mail_scopes_outbound(struct mail_scopes *scopes, const char *process, uint64_t port);

/* Whether the limit for each peer does not hold for this one. */
bool mail_scopes_exempt(const struct mail_scopes *scopes, const struct mail_scope *scope, const struct address *peer);

/* Gives the memory back. */
void mail_scopes_free(struct mail_scopes *scopes);

#endif
