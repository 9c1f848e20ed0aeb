/* SPDX-License-Identifier: Apache-2.0
 * A client whose every connection is written down, so that a test knows whose TIME_WAIT each local port is.
 *
 *     lives MODE RATE LIFE_US SECONDS LOG ADDRESS PORT
 *
 * opens RATE connections a second, each for LIFE_US microseconds, and closes first. MODE says who does it:
 *     sequence   one after the other            pool      many at once, in one process
 *     forks      a process for each connection  threads   four threads with names of their own
 *     served     one after the other; the server closes first
 * LOG gets a record for each connection: when it was opened (CLOCK_MONOTONIC, 8 octets) and its local port (8 octets).
 * It ends with the process that started it. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECOND  INT64_C(1000000000)
#define THREADS 4
#define POOL    65536u

struct client {
    struct sockaddr_storage address;
    socklen_t address_size;
    int64_t pause;
    int64_t life;
    int64_t end;
    int log;
    bool served;
};

struct connection {
    int socket;
    int64_t due;
};

static _Noreturn void die(const char *what)
{
    (void)fprintf(stderr, "lives: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static void sleep_until(int64_t when)
{
    const struct timespec time = {.tv_sec = when / SECOND, .tv_nsec = when % SECOND};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR)
        continue;
}

static void write_down(const struct client *client, int socket)
{
    struct sockaddr_storage local;
    socklen_t size = sizeof(local);
    if (getsockname(socket, (struct sockaddr *)&local, &size) < 0)
        die("getsockname");
    uint16_t port = local.ss_family == AF_INET ? ((struct sockaddr_in *)&local)->sin_port
                                               : ((struct sockaddr_in6 *)&local)->sin6_port;
    const uint64_t record[2] = {(uint64_t)now(), ntohs(port)};
    if (write(client->log, record, sizeof(record)) != sizeof(record))
        die("log");
}

static int open_one(const struct client *client)
{
    int connection = socket(client->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0 || connect(connection, (const struct sockaddr *)&client->address, client->address_size) < 0)
        die("connect");
    write_down(client, connection);
    return connection;
}

/* Whoever closes first keeps the TIME_WAIT; reading to the end makes sure that it has begun. */
static void close_one(const struct client *client, int connection)
{
    char byte;
    if (client->served)
        (void)!write(connection, "x", 1);
    else
        (void)shutdown(connection, SHUT_WR);
    while (read(connection, &byte, 1) > 0)
        continue;
    (void)close(connection);
}

static void live_once(const struct client *client)
{
    int connection = open_one(client);
    sleep_until(now() + client->life);
    close_one(client, connection);
}

static void run_sequence(const struct client *client)
{
    for (int64_t next = now(); next < client->end; next += client->pause) {
        sleep_until(next);
        live_once(client);
    }
}

static void run_forks(const struct client *client)
{
    (void)signal(SIGCHLD, SIG_IGN);
    for (int64_t next = now(); next < client->end; next += client->pause) {
        sleep_until(next);
        pid_t child = fork();
        if (child < 0)
            die("fork");
        if (child == 0) {
            live_once(client);
            _exit(0);
        }
    }
    while (waitpid(-1, NULL, 0) > 0)
        continue;
}

static void run_pool(const struct client *client)
{
    static struct connection open[POOL];
    unsigned first = 0, last = 0;
    int64_t next = now();
    while (next < client->end || first != last) {
        bool closes = first != last && (next >= client->end || open[first % POOL].due <= next);
        sleep_until(closes ? open[first % POOL].due : next);
        if (closes) {
            close_one(client, open[first++ % POOL].socket);
        } else {
            open[last++ % POOL] = (struct connection){open_one(client), now() + client->life};
            next += client->pause;
        }
    }
}

static void *run_thread(void *context)
{
    struct client client = *(const struct client *)context;
    client.pause *= THREADS;
    run_sequence(&client);
    return NULL;
}

static void run_threads(struct client *client)
{
    pthread_t threads[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "worker-%u", i);
        if (pthread_create(&threads[i], NULL, run_thread, client) != 0)
            die("pthread_create");
        (void)pthread_setname_np(threads[i], name);
        sleep_until(now() + client->pause);
    }
    for (unsigned i = 0; i < THREADS; i++)
        (void)pthread_join(threads[i], NULL);
}

static void parse_address(struct client *client, const char *address, const char *port)
{
    struct sockaddr_in *four = (struct sockaddr_in *)&client->address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&client->address;
    uint16_t number = htons((uint16_t)strtoul(port, NULL, 10));
    if (inet_pton(AF_INET, address, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = number;
        client->address_size = sizeof(*four);
    } else if (inet_pton(AF_INET6, address, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = number;
        client->address_size = sizeof(*six);
    } else {
        errno = EINVAL;
        die(address);
    }
}

int main(int argc, char **argv)
{
    struct client client = {0};
    if (argc != 8) {
        (void)fputs("usage: lives MODE RATE LIFE_US SECONDS LOG ADDRESS PORT\n", stderr);
        return 2;
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    client.pause = SECOND / strtol(argv[2], NULL, 10);
    client.life = strtol(argv[3], NULL, 10) * 1000;
    client.end = now() + strtol(argv[4], NULL, 10) * SECOND;
    client.log = open(argv[5], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    client.served = strcmp(argv[1], "served") == 0;
    parse_address(&client, argv[6], argv[7]);
    if (client.log < 0)
        die(argv[5]);
    (void)puts("ready");
    (void)fflush(stdout);
    if (strcmp(argv[1], "pool") == 0)
        run_pool(&client);
    else if (strcmp(argv[1], "forks") == 0)
        run_forks(&client);
    else if (strcmp(argv[1], "threads") == 0)
        run_threads(&client);
    else
        run_sequence(&client);
    return 0;
}
