/* SPDX-License-Identifier: Apache-2.0
 * The SNMP side, on net-snmp: as a subagent of the host's snmpd (AgentX, RFC 2741), or standalone as its own agent on
 * UDP. A thread of its own makes every net-snmp call: the library is not safe for threads, and a master that hangs
 * blocks it for a while. Nothing else waits for it. One in a process. */
#ifndef CHOKEPOINT_EXPORTER_SNMP_SERVER_H
#define CHOKEPOINT_EXPORTER_SNMP_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "snapshot/store.h"

struct snmp_server_settings {
    bool standalone;
    const char *root;            /* object identifier of the MIB */
    const char *agentx_socket;   /* Unix socket of the master */
    const char *listen;          /* standalone: "udp:127.0.0.1:161" */
    const char *config_file;     /* standalone: users, communities, views; in the language of snmpd.conf */
    const char *state_directory; /* standalone: where engine boots and localised keys are kept */
    unsigned notifications;      /* least severity that is notified, by one more; 0: none */
};

/* connected: the master asks us what is below our root; standalone: we listen. */
struct snmp_server_figures {
    bool connected;
    uint64_t registration_failures;
    uint64_t notifications;
    uint64_t notifications_waiting;
    uint64_t notifications_lost;
};

struct snmp_server;

/* Prepares it; call this before other threads run, as it changes the environment that net-snmp reads, and listens to
 * the store. The settings are copied. The store outlives the server, which outlives who publishes. 0 or negative errno.
 */
int snmp_server_new(const struct snmp_server_settings *settings, struct snapshot_store *store,
                    struct snmp_server **ret_server);

/* Starts the thread. As a subagent it works without a master too and goes on trying; standalone it fails where the
 * address or the configuration is wrong, and *why says what. 0 or negative errno. */
int snmp_server_start(struct snmp_server *server, struct text *why);

/* How it stands. Any thread. */
void snmp_server_figures(const struct snmp_server *server, struct snmp_server_figures *ret_figures);

/* Ends the thread, takes leave of the master and frees. NULL is fine. */
void snmp_server_free(struct snmp_server *server);

#endif
