/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/snmp/trap.h"

#include <errno.h>
#include <string.h>

/* net-snmp's headers need the first of these before all others. */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>

#include "exporter/snmp/master.h"

/* Children of the root, and the objects below the second. */
enum { CHILD_NOTIFICATIONS = 0, CHILD_OBJECTS = 3 };
enum {
    OBJECT_SEQUENCE = 1,
    OBJECT_FINDING,
    OBJECT_SEVERITY,
    OBJECT_SUBJECT,
    OBJECT_CULPRIT,
    OBJECT_SENTENCE,
    OBJECT_REMEDY,
    OBJECT_NETNS
};

/* SNMPv2-MIB (RFC 3418): the first variable of a notification names it. */
static const oid trap_oid[] = {1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};

struct bindings {
    const struct object_id *root;
    netsnmp_variable_list *list;
    int error; /* sticks */
};

static void bind_value(struct bindings *bindings, const oid *name, size_t length, u_char type, const void *value,
                       size_t size)
{
    if (bindings->error == 0 && !snmp_varlist_add_variable(&bindings->list, name, length, type, value, size))
        bindings->error = -ENOMEM;
}

static void bind_object(struct bindings *bindings, unsigned object, u_char type, const void *value, size_t size)
{
    oid name[OBJECT_ID_MAX];
    size_t length = object_id_widen(bindings->root, name);
    name[length++] = CHILD_OBJECTS;
    name[length++] = object;
    name[length++] = 0; /* a scalar */
    bind_value(bindings, name, length, type, value, size);
}

static void bind_text(struct bindings *bindings, unsigned object, const char *text)
{
    bind_object(bindings, object, ASN_OCTET_STR, text, strlen(text));
}

static void bind_number(struct bindings *bindings, unsigned object, u_char type, long number)
{
    bind_object(bindings, object, type, &number, sizeof(number));
}

static void bind_all(struct bindings *bindings, const struct notice *notice)
{
    oid name[OBJECT_ID_MAX];
    size_t length = object_id_widen(bindings->root, name);
    name[length++] = CHILD_NOTIFICATIONS;
    name[length++] = notice->kind;
    bind_value(bindings, trap_oid, OID_LENGTH(trap_oid), ASN_OBJECT_ID, name, length * sizeof(name[0]));
    bind_number(bindings, OBJECT_SEQUENCE, ASN_UNSIGNED, notice->sequence);
    bind_text(bindings, OBJECT_FINDING, notice->finding);
    bind_number(bindings, OBJECT_SEVERITY, ASN_INTEGER, (long)notice->severity);
    bind_text(bindings, OBJECT_SUBJECT, notice->subject);
    bind_text(bindings, OBJECT_CULPRIT, notice->culprit);
    bind_text(bindings, OBJECT_SENTENCE, notice->sentence);
    bind_text(bindings, OBJECT_REMEDY, notice->remedy);
    bind_text(bindings, OBJECT_NETNS, notice->netns);
}

int trap_send(const struct object_id *root, const struct notice *notice)
{
    struct bindings bindings = {root, NULL, 0};
    bind_all(&bindings, notice);
    if (bindings.error == 0 && master_is_open()) {
        master_notify(bindings.list);
        return 0;
    }
    if (bindings.error == 0)
        send_v2trap(bindings.list); /* which copies it */
    snmp_free_varbind(bindings.list);
    return bindings.error;
}
