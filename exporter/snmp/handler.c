/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/snmp/handler.h"

#include <errno.h>

/* net-snmp's headers need the first of these two before all others. */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>

static void read_place(const netsnmp_variable_list *variable, struct object_id *ret_id)
{
    ret_id->length = variable->name_length < OBJECT_ID_MAX ? variable->name_length : OBJECT_ID_MAX;
    for (size_t i = 0; i < ret_id->length; i++)
        ret_id->parts[i] = (uint32_t)variable->name[i];
}

static int write_place(netsnmp_variable_list *variable, const struct object_id *id)
{
    oid parts[OBJECT_ID_MAX];
    return snmp_set_var_objid(variable, parts, object_id_widen(id, parts)) == 0 ? 0 : -ENOMEM;
}

static int write_value(netsnmp_variable_list *variable, const struct value *value)
{
    const struct counter64 counter = {.high = (u_long)(value->number >> 32),
                                      .low = (u_long)(value->number & UINT32_MAX)};
    const long integer = (long)value->number;
    int error = 1;
    switch (value->type) {
    case VALUE_INTEGER:
        error = snmp_set_var_typed_value(variable, ASN_INTEGER, &integer, sizeof(integer));
        break;
    case VALUE_UNSIGNED:
        error = snmp_set_var_typed_value(variable, ASN_UNSIGNED, &integer, sizeof(integer));
        break;
    case VALUE_COUNTER64:
        error = snmp_set_var_typed_value(variable, ASN_COUNTER64, &counter, sizeof(counter));
        break;
    case VALUE_OCTETS:
        error = snmp_set_var_typed_value(variable, ASN_OCTET_STR, value->octets, value->length);
        break;
    }
    return error == 0 ? 0 : -ENOMEM;
}

static int write_exception(netsnmp_variable_list *variable, int exception)
{
    return snmp_set_var_typed_value(variable, (u_char)exception, NULL, 0) == 0 ? 0 : -ENOMEM;
}

static int answer_get(const struct handler *handler, netsnmp_variable_list *variable)
{
    struct object_id asked;
    struct view *view;
    struct value value;
    read_place(variable, &asked);
    int error = keeper_view(handler->keeper, mib_is_table(handler->mib, &asked), &view);
    if (error == 0)
        error = mib_get(handler->mib, view, &asked, &value);
    if (error == -ENOENT || error == -ENODATA)
        return write_exception(variable, error == -ENOENT ? SNMP_NOSUCHOBJECT : SNMP_NOSUCHINSTANCE);
    return error == 0 ? write_value(variable, &value) : error;
}

/* end NULL: there is none. Returns -ENOENT, and the variable stays as it is, where nothing follows before the end. */
static int answer_next(const struct handler *handler, netsnmp_variable_list *variable, bool inclusive,
                       const struct object_id *end)
{
    struct view *view;
    struct object_id asked, found;
    struct value value;
    read_place(variable, &asked);
    int error = keeper_view(handler->keeper, mib_is_table(handler->mib, &asked), &view);
    if (error == 0)
        error = mib_next(handler->mib, view, &asked, inclusive, &found, &value);
    if (error == 0 && end && object_id_compare(found.parts, found.length, end->parts, end->length) >= 0)
        error = -ENOENT;
    if (error == 0)
        error = write_value(variable, &value);
    return error == 0 ? write_place(variable, &found) : error;
}

/* Where nothing follows net-snmp asks whoever comes next. */
static int answer(netsnmp_mib_handler *mib_handler, netsnmp_handler_registration *registration,
                  netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
    const struct handler *handler = mib_handler->myvoid;
    (void)registration;
    for (netsnmp_request_info *request = requests; request; request = request->next) {
        if (request->processed)
            continue;
        int error = info->mode == MODE_GET ? answer_get(handler, request->requestvb)
                                           : answer_next(handler, request->requestvb, request->inclusive, NULL);
        if (error < 0 && error != -ENOENT)
            (void)netsnmp_request_set_error(request, SNMP_ERR_GENERR);
    }
    return SNMP_ERR_NOERROR;
}

/* RFC 2741, 5.2: a SearchRange is where to start, which counts too if it is marked so, and an end, 0.0 for none. */
static int answer_range(const struct handler *handler, netsnmp_variable_list *variable)
{
    struct object_id end = {.length = variable->val_len / sizeof(oid)};
    bool ends = false;
    if (end.length > OBJECT_ID_MAX)
        end.length = OBJECT_ID_MAX;
    for (size_t i = 0; i < end.length; i++) {
        end.parts[i] = (uint32_t)variable->val.objid[i];
        ends = ends || end.parts[i] > 0;
    }
    int error = answer_next(handler, variable, variable->type == ASN_PRIV_INCL_RANGE, ends ? &end : NULL);
    return error == -ENOENT ? write_exception(variable, SNMP_ENDOFMIBVIEW) : error;
}

void handler_answer(const struct handler *handler, bool next, struct snmp_pdu *pdu)
{
    long position = 0;
    pdu->errstat = SNMP_ERR_NOERROR;
    pdu->errindex = 0;
    for (netsnmp_variable_list *variable = pdu->variables; variable; variable = variable->next_variable) {
        position++;
        int error = next ? answer_range(handler, variable) : answer_get(handler, variable);
        if (error < 0 && pdu->errstat == SNMP_ERR_NOERROR) {
            pdu->errstat = SNMP_ERR_GENERR;
            pdu->errindex = position;
        }
    }
}

int handler_register(struct handler *handler, const struct object_id *root)
{
    oid parts[OBJECT_ID_MAX];
    size_t length = object_id_widen(root, parts);
    netsnmp_handler_registration *registration =
        netsnmp_create_handler_registration("chokepoint", answer, parts, length, HANDLER_CAN_RONLY);
    if (!registration)
        return -ENOMEM;
    registration->handler->myvoid = handler;
    /* On failure net-snmp frees the registration. */
    return netsnmp_register_handler(registration) == MIB_REGISTERED_OK ? 0 : -ENOMEM;
}
