/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/snmp/library.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

/* net-snmp's headers need the first of these before all others. */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>

#include <net-snmp/agent/agent_callbacks.h>
#include <net-snmp/agent/agent_sysORTable.h>
#include <net-snmp/agent/mib_modules.h>
#include <net-snmp/library/large_fd_set.h>

#include "base/file.h"
#include "exporter/snmp/platform.h"
#include "exporter/snmp/receivers.h"

#define APPLICATION       "chokepoint"
#define CONFIG_BYTES_MOST ((size_t)1024 * 1024)

/* How long an answer of the master is waited for: a hung one holds the SNMP thread for so long. */
#define TIMEOUT_MICROSECONDS 333333L

/* net-snmp has one descriptor standalone, four with a master, and one for each receiver of notifications. */
#define WATCHED_MOST 64u
#define STEPS        64

static char title[] = "CHOKEPOINT-MIB: what is about to choke on this host";

/* What a standalone agent serves besides, so that an NMS knows it: the groups system, snmp and snmpEngine, the users
 * and views. init_mib_modules() would bring all that net-snmp knows about a host. */
static char standalone_modules[] = "system_mib,sysORTable,snmp_mib,snmpEngine,snmpMPDStats,usmStats,usmUser,vacm_vars";

/* Whom to tell. Not handed to net-snmp with the callbacks, because it free()s what it is given. */
static const struct library_events *events;

/* Whether there are other descriptors than library_turn() has seen last. */
static bool new_descriptors = true;

/* What net-snmp does with a packet of the master; who answers, and for what. */
static netsnmp_callback next_callback;
static const struct handler *answering;
static const struct object_id *served;

/* RFC 2741, 6.1: types of packets. */
enum { AGENTX_GET = 5, AGENTX_GET_NEXT = 6, AGENTX_RESPONSE = 18 };

static void wait_once(netsnmp_session *session)
{
    session->timeout = TIMEOUT_MICROSECONDS;
    session->retries = 0;
}

static int on_master_init(int major, int minor, void *argument, void *context)
{
    (void)major;
    (void)minor;
    (void)context;
    wait_once(argument);
    return SNMP_ERR_NOERROR;
}

/* Whether it is of SNMPv3 informs, and one whose engine the configuration does not name, shows later. */
static int on_receiver_init(int major, int minor, void *argument, void *context)
{
    netsnmp_session *session = argument;
    (void)major;
    (void)minor;
    (void)context;
    if (session->version == SNMP_VERSION_3 && session->securityEngineIDLen == 0 && !receivers_add(session))
        wait_once(session);
    return SNMP_ERR_NOERROR;
}

/* net-snmp would send the question through two pipes to itself, which costs more than the answer. */
static bool answer_packet(netsnmp_session *session, netsnmp_pdu *pdu)
{
    netsnmp_variable_list *variables = pdu->variables;
    bool next = pdu->command == AGENTX_GET_NEXT;
    pdu->variables = NULL; /* moved, not copied */
    netsnmp_pdu *response = snmp_clone_pdu(pdu);
    if (!response) {
        pdu->variables = variables;
        return false;
    }
    response->variables = variables;
    response->command = AGENTX_RESPONSE;
    response->version = session->version;
    handler_answer(answering, next, response);
    if (!snmp_send(session, response))
        snmp_free_pdu(response);
    return true;
}

static int on_packet(int operation, netsnmp_session *session, int request, netsnmp_pdu *pdu, void *magic)
{
    bool question = operation == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE &&
                    (pdu->command == AGENTX_GET || pdu->command == AGENTX_GET_NEXT);
    if (!question || !answer_packet(session, pdu))
        return next_callback(operation, session, request, pdu, magic);
    /* As net-snmp itself does: a master that asks needs no ping. The alarm's number is in this field. */
    if (session->securityModel != SNMP_DEFAULT_SECMODEL)
        (void)snmp_alarm_reset((unsigned)session->securityModel);
    return 1;
}

static int on_session_open(int major, int minor, void *argument, void *context)
{
    netsnmp_session *session = argument;
    (void)major;
    (void)minor;
    (void)context;
    next_callback = session->callback;
    session->callback = on_packet;
    new_descriptors = true;
    events->session(events->context, true);
    master_open(session, served, &events->master);
    return SNMP_ERR_NOERROR;
}

static int on_session_close(int major, int minor, void *argument, void *context)
{
    (void)major;
    (void)minor;
    (void)argument;
    (void)context;
    master_close();
    new_descriptors = true;
    events->session(events->context, false);
    return SNMP_ERR_NOERROR;
}

static int on_message(int major, int minor, void *argument, void *context)
{
    const struct snmp_log_message *message = argument;
    char line[256];
    (void)major;
    (void)minor;
    (void)context;
    (void)snprintf(line, sizeof(line), "%.*s", (int)strcspn(message->msg, "\n"), message->msg);
    if (line[0])
        events->message(events->context, line);
    return SNMP_ERR_NOERROR;
}

static void on_alarm(unsigned number, void *context)
{
    (void)number;
    (void)context;
    master_register_again();
    receivers_ask(events->receiver, events->context);
}

/* A file that cannot be read is no error to net-snmp. */
static int check_readable(const char *path)
{
    struct text content = TEXT_EMPTY, line = TEXT_EMPTY;
    int error = file_read(path, CONFIG_BYTES_MOST, &content);
    text_free(&content);
    if (error == 0)
        return 0;
    text_format(&line, "%s: Error: %s", path, strerrordesc_np(-error));
    events->message(events->context, text_value(&line));
    text_free(&line);
    return -EINVAL;
}

static void prepare_agentx(const struct snmp_server_settings *settings)
{
    netsnmp_enable_subagent();
    (void)netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
    (void)netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
    set_persistent_directory(platform_nowhere);
    (void)netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET, settings->agentx_socket);
}

static void prepare_standalone(const struct snmp_server_settings *settings)
{
    platform_make_directory(settings->state_directory);
    set_persistent_directory(settings->state_directory);
    (void)netsnmp_ds_set_string(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_OPTIONALCONFIG, settings->config_file);
    (void)netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_PORTS, settings->listen);
    (void)netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_DISABLE_PERL, 1);
    (void)netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_ROLE, 0);
}

static void prepare(const struct snmp_server_settings *settings)
{
    snmp_disable_log();
    (void)snmp_enable_calllog();
    (void)snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, on_message, NULL);
    (void)netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_ALARM_DONT_USE_SIG, 1);
    (void)netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_LOAD_HOST_FILES, 1);
    /* Not the state directory: what it keeps there is lost when it is read twice. */
    set_configuration_directory(platform_nowhere);
    if (settings->standalone) {
        (void)snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_SESSION_INIT, on_receiver_init, NULL);
        prepare_standalone(settings);
        return;
    }
    prepare_agentx(settings);
    (void)snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_SESSION_INIT, on_master_init, NULL);
    (void)snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START, on_session_open, NULL);
    (void)snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_STOP, on_session_close, NULL);
}

static void register_capability(const struct object_id *root)
{
    oid parts[OBJECT_ID_MAX];
    size_t length = object_id_widen(root, parts);
    (void)register_sysORTable(parts, length, title);
}

int library_open(const struct snmp_server_settings *settings, struct handler *handler, const struct object_id *root,
                 const struct library_events *listener)
{
    events = listener;
    answering = handler;
    served = root;
    prepare(settings);
    int error = settings->standalone ? check_readable(settings->config_file) : 0;
    if (init_agent(APPLICATION) != 0)
        return -ENOMEM;
    /* init_agent() sets its own ping interval, whatever was there before. */
    (void)netsnmp_ds_set_int(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_AGENTX_PING_INTERVAL, LIBRARY_RETRY_SECONDS);
    if (settings->standalone) {
        add_to_init_list(standalone_modules);
        init_mib_modules();
    }
    register_capability(root);
    if (error == 0)
        error = handler_register(handler, root);
    init_snmp(APPLICATION);
    if (error == 0 && settings->standalone && init_master_agent() != 0)
        error = -EADDRNOTAVAIL;
    if (error == 0 && settings->standalone)
        snmp_store(APPLICATION); /* engine boots count also when the agent is killed later */
    if (error == 0 && snmp_alarm_register(LIBRARY_RETRY_SECONDS, SA_REPEAT, on_alarm, NULL) == 0)
        error = -ENOMEM;
    if (error == 0)
        receivers_ask(events->receiver, events->context);
    return error;
}

/* The descriptors that net-snmp reads from, and the one that wakes. */
struct watched {
    struct pollfd list[WATCHED_MOST + 1];
    nfds_t count;
};

/* net-snmp leaves its sockets open to programs that the agent may start. */
static void watch(struct watched *watched, int descriptor)
{
    if (new_descriptors)
        platform_keep_private(descriptor);
    if (watched->count < WATCHED_MOST)
        watched->list[watched->count++] = (struct pollfd){.fd = descriptor, .events = POLLIN};
}

/* Asks net-snmp what to wait for and when it must be called at the latest; shortens *wait_milliseconds to that. */
static void find_watched(struct watched *watched, int *wait_milliseconds)
{
    netsnmp_large_fd_set set;
    struct timeval timeout = {.tv_sec = *wait_milliseconds / 1000, .tv_usec = *wait_milliseconds % 1000 * 1000L};
    int count = 0, block = 0;
    netsnmp_large_fd_set_init(&set, FD_SETSIZE);
    (void)snmp_select_info2(&count, &set, &timeout, &block);
    watched->count = 0;
    for (int descriptor = 0; descriptor < count; descriptor++)
        if (netsnmp_large_fd_is_set(descriptor, &set))
            watch(watched, descriptor);
    netsnmp_large_fd_set_cleanup(&set);
    new_descriptors = false;
    *wait_milliseconds = (int)(timeout.tv_sec * 1000 + (timeout.tv_usec + 999) / 1000);
}

static void read_ready(const struct watched *watched)
{
    netsnmp_large_fd_set set;
    netsnmp_large_fd_set_init(&set, FD_SETSIZE);
    for (nfds_t i = 0; i < watched->count; i++)
        if (watched->list[i].revents)
            netsnmp_large_fd_setfd(watched->list[i].fd, &set);
    snmp_read2(&set);
    netsnmp_large_fd_set_cleanup(&set);
}

/* The master's next question is often there when one is answered: so what is ready is read several times before
 * net-snmp is asked anew what to wait for. */
bool library_turn(int wake, int wait_milliseconds)
{
    struct watched watched;
    find_watched(&watched, &wait_milliseconds);
    struct pollfd *waker = &watched.list[watched.count];
    *waker = (struct pollfd){.fd = wake, .events = POLLIN};
    int ready = poll(watched.list, watched.count + 1, wait_milliseconds);
    for (int step = 0; ready > 0 && !waker->revents && !new_descriptors && step < STEPS; step++) {
        read_ready(&watched);
        ready = poll(watched.list, watched.count + 1, 0);
    }
    snmp_timeout(); /* informs that nobody acknowledged, also while somebody asks all the time */
    run_alarms();
    netsnmp_check_outstanding_agent_requests();
    return ready > 0 && waker->revents;
}

/* The master forgets a session's registrations by itself. Taking ours back could take those of another agent, see
 * master_register_again(). */
void library_close(void)
{
    master_close();
    receivers_forget();
    snmp_shutdown(APPLICATION);
}
