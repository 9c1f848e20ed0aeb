/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/snmp/receivers.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* net-snmp's headers need the first of these before all others. */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

struct receiver {
    netsnmp_session *session;
    bool asked; /* and has not answered yet */
};

static struct receiver receivers[RECEIVERS_MOST];
static size_t count;
static void (*on_found)(void *context);
static void *found_context;

bool receivers_add(struct snmp_session *session)
{
    if (count == RECEIVERS_MOST)
        return false;
    session->flags |= SNMP_FLAGS_DONT_PROBE; /* not when it is opened, either */
    receivers[count++] = (struct receiver){.session = session};
    return true;
}

void receivers_forget(void)
{
    count = 0;
}

/* The answer is a report that has the engine; net-snmp has taken it into the session by now. */
static int on_answer(int operation, netsnmp_session *session, int request, netsnmp_pdu *pdu, void *context)
{
    (void)request;
    (void)pdu;
    (void)context;
    if (operation == NETSNMP_CALLBACK_OP_SEC_ERROR)
        return 1; /* which this report is, too, before it is taken */
    for (size_t i = 0; i < count; i++)
        if (receivers[i].session == session)
            receivers[i].asked = false;
    if (count > 0 && operation == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE && session->securityEngineIDLen > 0 &&
        usm_create_user_from_session(session) == SNMPERR_SUCCESS)
        on_found(found_context);
    return 1;
}

/* Who asks for an engine has no name, and net-snmp wants to know a user of that name. 0 or -ENOMEM. */
static int know_nobody(void)
{
    if (usm_get_user(NULL, 0, ""))
        return 0;
    struct usmUser *nobody = usm_create_user();
    if (!nobody)
        return -ENOMEM;
    nobody->name = strdup("");
    nobody->secName = strdup("");
    if (nobody->name && nobody->secName && usm_add_user(nobody))
        return 0;
    (void)usm_free_user(nobody);
    return -ENOMEM;
}

/* An empty question without a user, that an engine answers with a report. NULL: no memory. */
static netsnmp_pdu *make_question(void)
{
    netsnmp_pdu *pdu = know_nobody() == 0 ? snmp_pdu_create(SNMP_MSG_GET) : NULL;
    if (!pdu)
        return NULL;
    pdu->version = SNMP_VERSION_3;
    pdu->securityModel = SNMP_SEC_MODEL_USM;
    pdu->securityLevel = SNMP_SEC_LEVEL_NOAUTH;
    pdu->securityName = strdup("");
    if (pdu->securityName)
        return pdu;
    snmp_free_pdu(pdu);
    return NULL;
}

static void ask(struct receiver *receiver)
{
    netsnmp_pdu *pdu = make_question();
    receiver->session->flags |= SNMP_FLAGS_DONT_PROBE;
    if (!pdu)
        return;
    receiver->asked = true;
    if (!snmp_async_send(receiver->session, pdu, on_answer, NULL)) {
        receiver->asked = false;
        snmp_free_pdu(pdu);
    }
}

/* A session whose line in the configuration was wrong is gone by now. */
static bool is_unknown(const struct receiver *receiver)
{
    return !receiver->asked && snmp_sess_pointer(receiver->session) && receiver->session->securityEngineIDLen == 0;
}

void receivers_ask(void (*found)(void *context), void *context)
{
    on_found = found;
    found_context = context;
    for (size_t i = 0; i < count; i++)
        if (is_unknown(&receivers[i]))
            ask(&receivers[i]);
}
