/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/snmp/server.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "exporter/snmp/library.h"
#include "exporter/snmp/platform.h"

/* How the agent stands with its master, as the log tells it. */
enum standing { STANDING_NEW, STANDING_AWAY, STANDING_REFUSED, STANDING_CONNECTED };

struct snmp_server {
    struct snmp_server_settings settings;
    struct object_id root;
    struct handler handler;
    struct library_events events;
    pthread_t thread;
    bool running;
    int wake;
    sem_t opened;
    int error; /* of opening; the thread sets it before it posts `opened`, and `why` with it */
    struct text why;
    atomic_bool connected;
    atomic_uint_fast64_t registration_failures;
    atomic_uint_fast64_t notifications;

    /* The thread's own. */
    bool opening;
    bool session;
    bool refused;
    enum standing told;
};

static void tell(struct snmp_server *server)
{
    enum standing standing = !server->session ? STANDING_AWAY : server->refused ? STANDING_REFUSED : STANDING_CONNECTED;
    atomic_store(&server->connected, standing == STANDING_CONNECTED);
    if (server->opening || standing == server->told)
        return;
    server->told = standing;
    if (server->settings.standalone)
        log_info("SNMP agent listens", "address", server->settings.listen);
    else if (standing == STANDING_CONNECTED)
        log_info("SNMP master serves our MIB", "socket", server->settings.agentx_socket);
    else if (standing == STANDING_REFUSED)
        log_warn("SNMP master refuses our MIB: is another agent running? Trying on", "socket",
                 server->settings.agentx_socket);
    else
        log_warn("no SNMP master answers; trying on", "socket", server->settings.agentx_socket);
}

/* A master that went away has forgotten whom it refused. */
static void on_session(void *context, bool open)
{
    struct snmp_server *server = context;
    server->session = open;
    if (!open)
        server->refused = false;
}

/* net-snmp reports what a master refuses in its log only; the number is errstat. */
static void on_message(void *context, const char *line)
{
    struct snmp_server *server = context;
    log_debug("net-snmp", "message", line);
    if (strncmp(line, "registering pdu failed", strlen("registering pdu failed")) == 0) {
        server->refused = true;
        atomic_fetch_add(&server->registration_failures, 1);
    }
    /* Its warnings, too: a line that it does not know may be the one that was to keep somebody out. */
    if (server->opening && server->settings.standalone && (strstr(line, ": line ") || strstr(line, "Error: ")))
        text_format(&server->why, "%s%s", server->why.length > 0 ? "; " : "", line);
}

/* The other agent may be gone by now. */
static void on_retry(void *context)
{
    struct snmp_server *server = context;
    if (!server->session || !server->refused)
        return;
    server->refused = false;
    handler_register_again(&server->root);
}

static int open_library(struct snmp_server *server)
{
    server->opening = true;
    int error = library_open(&server->settings, &server->handler, &server->root, &server->events);
    server->opening = false;
    if (error == 0 && server->why.length > 0)
        error = -EINVAL;
    if (error == -EADDRNOTAVAIL)
        text_format(&server->why, "%scannot listen on %s", server->why.length > 0 ? "; " : "", server->settings.listen);
    if (error == 0 && server->settings.standalone)
        server->session = true;
    return error;
}

static void *run(void *context)
{
    struct snmp_server *server = context;
    server->error = open_library(server);
    bool go_on = server->error == 0;
    if (go_on)
        tell(server);
    (void)sem_post(&server->opened);
    while (go_on) {
        go_on = library_turn(server->wake);
        tell(server);
    }
    library_close();
    return NULL;
}

static int prepare(struct snmp_server *server, struct snapshot_store *store)
{
    int error = object_id_parse(server->settings.root, &server->root);
    if (error == 0)
        error = mib_new(&server->root, &server->handler.mib);
    if (error == 0)
        error = keeper_new(store, &server->handler.keeper);
    if (error == 0)
        error = platform_wake_new(&server->wake);
    if (error == 0)
        error = platform_forget_files();
    return error;
}

int snmp_server_new(const struct snmp_server_settings *settings, struct snapshot_store *store,
                    struct snmp_server **ret_server)
{
    struct snmp_server *server = calloc(1, sizeof(*server));
    if (!server)
        return -ENOMEM;
    server->settings = *settings;
    server->wake = -1;
    server->events = (struct library_events){on_session, on_message, on_retry, server};
    (void)sem_init(&server->opened, 0, 0);
    int error = prepare(server, store);
    if (error < 0) {
        snmp_server_free(server);
        return error;
    }
    *ret_server = server;
    return 0;
}

/* Standalone, an address in use or a wrong user is an error of the start. A master may be slow: nobody waits for it. */
int snmp_server_start(struct snmp_server *server, struct text *why)
{
    int error = -pthread_create(&server->thread, NULL, run, server);
    if (error < 0)
        return error;
    (void)pthread_setname_np(server->thread, "snmp");
    server->running = true;
    if (!server->settings.standalone)
        return 0;
    while (sem_wait(&server->opened) < 0)
        ;
    if (server->error < 0)
        text_string(why, text_value(&server->why));
    return server->error;
}

void snmp_server_figures(const struct snmp_server *server, struct snmp_server_figures *ret_figures)
{
    *ret_figures = (struct snmp_server_figures){
        .connected = atomic_load(&server->connected),
        .registration_failures = atomic_load(&server->registration_failures),
        .notifications = atomic_load(&server->notifications),
    };
}

void snmp_server_free(struct snmp_server *server)
{
    if (!server)
        return;
    if (server->running) {
        platform_wake(server->wake);
        (void)pthread_join(server->thread, NULL);
    }
    platform_wake_free(server->wake);
    (void)sem_destroy(&server->opened);
    mib_free(server->handler.mib);
    keeper_free(server->handler.keeper);
    text_free(&server->why);
    free(server);
}
