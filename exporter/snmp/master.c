/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/snmp/master.h"

/* net-snmp's headers need the first of these before all others. */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>

#include "exporter/snmp/platform.h"

/* RFC 2741, 6.1: types of packets. */
enum { AGENTX_REGISTER = 3, AGENTX_NOTIFY = 12 };

static struct {
    netsnmp_session *session; /* NULL: none */
    int socket;
    const struct object_id *root;
    const struct master_events *events;
    bool refused;
} master;

/* What a silent master did, or will do yet, nobody knows; it forgets all of it with the session, and net-snmp, which
 * finds that closed, opens another. */
static enum master_answer read_answer(int operation, const netsnmp_pdu *pdu)
{
    if (operation == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE)
        return pdu->errstat == SNMP_ERR_NOERROR ? MASTER_AGREES : MASTER_REFUSES;
    platform_hang_up(master.socket);
    return MASTER_SILENT;
}

/* net-snmp calls these two, too, for a session that it closes. */
static int on_registered(int operation, netsnmp_session *session, int request, netsnmp_pdu *pdu, void *context)
{
    (void)request;
    (void)context;
    if (session != master.session)
        return 1;
    enum master_answer answer = read_answer(operation, pdu);
    master.refused = answer == MASTER_REFUSES;
    master.events->registered(master.events->context, answer);
    return 1;
}

static int on_notified(int operation, netsnmp_session *session, int request, netsnmp_pdu *pdu, void *context)
{
    (void)request;
    (void)context;
    if (session == master.session)
        master.events->notified(master.events->context, read_answer(operation, pdu));
    return 1;
}

/* The session's own time is that of questions which the thread waits for. */
static void ask(netsnmp_pdu *pdu, netsnmp_callback on_answer)
{
    long timeout = master.session->timeout;
    master.session->timeout = MASTER_ANSWER_SECONDS * 1000000L;
    pdu->sessid = master.session->sessid;
    if (!snmp_async_send(master.session, pdu, on_answer, NULL)) {
        snmp_free_pdu(pdu);
        platform_hang_up(master.socket);
    }
    master.session->timeout = timeout;
}

static void ask_for_the_place(void)
{
    oid parts[OBJECT_ID_MAX];
    netsnmp_pdu *pdu = snmp_pdu_create(AGENTX_REGISTER);
    master.refused = false;
    if (!pdu || !snmp_add_null_var(pdu, parts, object_id_widen(master.root, parts))) {
        snmp_free_pdu(pdu);
        platform_hang_up(master.socket);
        return;
    }
    pdu->priority = DEFAULT_MIB_PRIORITY;
    ask(pdu, on_registered);
}

/* net-snmp asks for what is not marked so. */
static void take_over(void)
{
    oid parts[OBJECT_ID_MAX];
    netsnmp_subtree *ours = netsnmp_subtree_find(parts, object_id_widen(master.root, parts), NULL, "");
    if (ours)
        ours->flags |= SUBTREE_ATTACHED;
}

void master_open(struct snmp_session *session, const struct object_id *root, const struct master_events *events)
{
    netsnmp_transport *transport = snmp_sess_transport(snmp_sess_pointer(session));
    master.session = session;
    master.socket = transport ? transport->sock : -1;
    master.root = root;
    master.events = events;
    take_over();
    ask_for_the_place();
}

void master_close(void)
{
    master.session = NULL;
}

bool master_is_open(void)
{
    return master.session != NULL;
}

void master_register_again(void)
{
    if (master.session && master.refused)
        ask_for_the_place();
}

void master_notify(struct variable_list *variables)
{
    netsnmp_pdu *pdu = snmp_pdu_create(AGENTX_NOTIFY);
    if (!pdu) {
        snmp_free_varbind(variables);
        platform_hang_up(master.socket);
        return;
    }
    pdu->variables = variables;
    ask(pdu, on_notified);
}
