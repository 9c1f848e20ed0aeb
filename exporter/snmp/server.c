/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/snmp/server.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "exporter/snmp/library.h"
#include "exporter/snmp/platform.h"
#include "exporter/snmp/trap.h"
#include "exporter/verdict.h"

/* So many notifications go out at once, and the next ones so much later: who receives them by UDP loses what does not
 * fit a socket's buffer. */
#define BATCH              16
#define PAUSE_MILLISECONDS 50
#define PAUSE_FACTOR       10

/* How the agent stands with its master. While it asks for its place, which a master may let wait, it is not known. */
enum standing { STANDING_ASKING, STANDING_AWAY, STANDING_REFUSED, STANDING_SILENT, STANDING_CONNECTED };

struct snmp_server {
    struct snmp_server_settings settings;
    struct arena texts; /* of the settings */
    struct snapshot_store *store;
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
    atomic_uint_fast64_t notifications_waiting;
    atomic_uint_fast64_t notifications_lost;
    atomic_bool stop;
    atomic_bool behind; /* the notices do not know the newest findings */
    uint64_t seen;      /* who takes samples only: which findings stood in the last one */

    /* The thread's own. */
    bool opening;
    enum standing standing;
    enum standing told;      /* by the log */
    struct notices *notices; /* NULL: nobody is notified */
    uint64_t unsent;         /* notifications that net-snmp could not send to some receiver */
    int64_t pause;           /* none is sent before this moment */
};

static void tell(struct snmp_server *server)
{
    const char *socket = server->settings.agentx_socket;
    if (server->standing == STANDING_ASKING || server->standing == server->told)
        return;
    server->told = server->standing;
    if (server->settings.standalone)
        log_info("SNMP agent listens", "address", server->settings.listen);
    else if (server->standing == STANDING_CONNECTED)
        log_info("SNMP master serves our MIB", "socket", socket);
    else if (server->standing == STANDING_REFUSED)
        log_warn("SNMP master refuses our MIB: is another agent running? Trying on", "socket", socket);
    else if (server->standing == STANDING_SILENT)
        log_warn("SNMP master does not answer when asked to serve our MIB; trying on", "socket", socket);
    else
        log_warn("no SNMP master answers; trying on", "socket", socket);
}

static void stand(struct snmp_server *server, enum standing standing)
{
    server->standing = standing;
    atomic_store(&server->connected, standing == STANDING_CONNECTED);
    if (standing == STANDING_CONNECTED && server->notices)
        notices_repeat(server->notices);
}

/* The session with a silent master is given up: that it is over is no news. */
static void on_session(void *context, bool open)
{
    struct snmp_server *server = context;
    if (server->standing != STANDING_SILENT)
        stand(server, open ? STANDING_ASKING : STANDING_AWAY);
    if (!open && server->notices)
        notices_take_back(server->notices);
}

static void on_registered(void *context, enum master_answer answer)
{
    static const enum standing standings[] = {
        [MASTER_AGREES] = STANDING_CONNECTED, [MASTER_REFUSES] = STANDING_REFUSED, [MASTER_SILENT] = STANDING_SILENT};
    struct snmp_server *server = context;
    if (answer != MASTER_AGREES)
        atomic_fetch_add(&server->registration_failures, 1);
    stand(server, standings[answer]);
}

static void on_notified(void *context, enum master_answer answer)
{
    struct snmp_server *server = context;
    if (answer != MASTER_SILENT)
        notices_answered(server->notices, answer == MASTER_AGREES);
}

static void on_receiver(void *context)
{
    struct snmp_server *server = context;
    if (server->notices)
        notices_repeat(server->notices);
}

static void on_message(void *context, const char *line)
{
    struct snmp_server *server = context;
    log_debug("net-snmp", "message", line);
    if (strncmp(line, "snmpd: send_trap", strlen("snmpd: send_trap")) == 0)
        server->unsent++;
    /* Its warnings, too: a line that it does not know may be the one that was to keep somebody out. */
    if (server->opening && server->settings.standalone && (strstr(line, ": line ") || strstr(line, "Error: ")))
        text_format(&server->why, "%s%s", server->why.length > 0 ? "; " : "", line);
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
        stand(server, STANDING_CONNECTED);
    return error;
}

/* After a sample with news. */
static void follow(struct snmp_server *server)
{
    (void)platform_wake_take(server->wake);
    if (!atomic_exchange(&server->behind, false))
        return;
    struct snapshot *newest = snapshot_store_newest(server->store);
    if (newest && notices_follow(server->notices, newest) < 0)
        atomic_store(&server->behind, true);
    snapshot_release(newest);
}

/* Whether there is something to send and somebody to send it to, now or after the pause. */
static bool has_news(const struct snmp_server *server)
{
    return server->notices && server->standing == STANDING_CONNECTED && notices_first(server->notices);
}

/* A receiver that must be waited for gets the thread's time in small parts only: somebody may be asking. */
static void send_batch(struct snmp_server *server, int64_t now)
{
    int64_t pause = PAUSE_MILLISECONDS * CLOCK_MILLISECOND, taken = 0;
    const struct notice *notice;
    for (int sent = 0; sent < BATCH && taken < pause && (notice = notices_first(server->notices)); sent++) {
        if (trap_send(&server->root, notice) < 0)
            break;
        notices_sent(server->notices);
        if (server->settings.standalone)
            notices_answered(server->notices, true);
        taken = clock_monotonic() - now;
    }
    server->pause = now + taken + (taken < pause ? pause : PAUSE_FACTOR * taken);
}

static void notify(struct snmp_server *server)
{
    int64_t now = clock_monotonic();
    if (has_news(server) && now >= server->pause)
        send_batch(server, now);
    if (server->notices) {
        atomic_store(&server->notifications, notices_arrived(server->notices));
        atomic_store(&server->notifications_waiting, notices_waiting(server->notices));
        atomic_store(&server->notifications_lost, notices_lost(server->notices) + server->unsent);
    }
}

static int wait_milliseconds(const struct snmp_server *server)
{
    return has_news(server) ? PAUSE_MILLISECONDS : LIBRARY_RETRY_SECONDS * 1000;
}

static void *run(void *context)
{
    struct snmp_server *server = context;
    server->error = open_library(server);
    bool opened = server->error == 0;
    if (opened)
        tell(server);
    (void)sem_post(&server->opened);
    while (opened && !atomic_load(&server->stop)) {
        bool woken = library_turn(server->wake, wait_milliseconds(server));
        tell(server);
        if (woken)
            follow(server);
        notify(server);
    }
    library_close();
    return NULL;
}

/* A number that is another one when other findings stand, or are as grave as they were not. */
static uint64_t mark_of(const struct snapshot *snapshot)
{
    uint64_t mark = 1;
    for (unsigned severity = 0; finding_severity_words[severity]; severity++)
        mark = mark * 1000003 + verdict_count(snapshot, severity);
    for (size_t row = 0; row < snapshot_row_count(snapshot, &table_findings); row++) {
        mark = mark * 1000003 + snapshot_row_number(snapshot, &table_findings, row);
        mark = mark * 1000003 + snapshot_number(snapshot, &table_findings, row, FINDINGS_SEVERITY);
    }
    return mark;
}

/* After a sample. Nothing is new to the notices in most of them: then the thread may sleep on. */
static void wake(void *context)
{
    struct snmp_server *server = context;
    if (!server->notices)
        return;
    struct snapshot *newest = snapshot_store_newest(server->store);
    uint64_t mark = newest ? mark_of(newest) : 0;
    snapshot_release(newest);
    if (mark != server->seen || atomic_load(&server->behind)) {
        atomic_store(&server->behind, true);
        platform_wake(server->wake);
    }
    server->seen = mark;
}

/* A text of the settings; NULL where there is none. */
static int keep(struct snmp_server *server, const char **text)
{
    if (*text && !(*text = arena_copy(&server->texts, *text, strlen(*text))))
        return -ENOMEM;
    return 0;
}

/* The configuration that the texts come from may be given up while the server runs. */
static int keep_settings(struct snmp_server *server)
{
    struct snmp_server_settings *settings = &server->settings;
    const char **const texts[] = {&settings->root, &settings->agentx_socket, &settings->listen, &settings->config_file,
                                  &settings->state_directory};
    int error = 0;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && error == 0; i++)
        error = keep(server, texts[i]);
    return error;
}

static int prepare(struct snmp_server *server)
{
    unsigned least = server->settings.notifications;
    int error = keep_settings(server);
    if (error == 0)
        error = object_id_parse(server->settings.root, &server->root);
    if (error == 0)
        error = mib_new(&server->root, &server->handler.mib);
    if (error == 0)
        error = keeper_new(server->store, &server->handler.keeper);
    if (error == 0 && least > 0)
        error = notices_new((enum finding_severity)(least - 1), &server->notices);
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
    server->store = store;
    server->wake = -1;
    server->standing = STANDING_AWAY; /* and nothing is told yet */
    server->events =
        (struct library_events){on_session, on_message, on_receiver, {on_registered, on_notified, server}, server};
    (void)sem_init(&server->opened, 0, 0);
    int error = prepare(server);
    if (error < 0) {
        snmp_server_free(server);
        return error;
    }
    snapshot_store_listen(store, wake, server);
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
        .notifications_waiting = atomic_load(&server->notifications_waiting),
        .notifications_lost = atomic_load(&server->notifications_lost),
    };
}

void snmp_server_free(struct snmp_server *server)
{
    if (!server)
        return;
    if (server->running) {
        atomic_store(&server->stop, true);
        platform_wake(server->wake);
        (void)pthread_join(server->thread, NULL);
    }
    platform_wake_free(server->wake);
    (void)sem_destroy(&server->opened);
    mib_free(server->handler.mib);
    keeper_free(server->handler.keeper);
    notices_free(server->notices);
    text_free(&server->why);
    arena_free(&server->texts);
    free(server);
}
