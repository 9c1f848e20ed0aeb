/* SPDX-License-Identifier: Apache-2.0
 * Makes a known number of TCP sockets in known states. Both ends on one host, in a network namespace of the caller's.
 *
 *     load server BACKLOG ADDRESS PORT [ADDRESS PORT]...   listens and holds what it accepts; prints "ready"
 *     load silent BACKLOG ADDRESS PORT [ADDRESS PORT]...   listens and accepts nothing; prints "ready"
 *     load hold COUNT PORT ADDRESS...                      opens connections and keeps them; prints "ready"
 *     load time_wait COUNT PORT ADDRESS...                 leaves so many TIME_WAIT on the client's side
 *     load served COUNT PORT ADDRESS...                    leaves so many TIME_WAIT on the server's side
 *     load files COUNT                                     holds descriptors that are no sockets; prints "ready"
 *
 * With several addresses the connections go round. It ends with the process that started it. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "endpoint.h"

#define EVENTS 256

static void say_ready(void)
{
    (void)puts("ready");
    (void)fflush(stdout);
}

static int listen_on(const char *address, const char *port, int backlog)
{
    struct sockaddr_storage storage;
    socklen_t length = parse_address(address, port, &storage);
    int one = 1;
    int listener = socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0 ||
        (storage.ss_family == AF_INET6 && setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one)) < 0) ||
        bind(listener, (struct sockaddr *)&storage, length) < 0 || listen(listener, backlog) < 0)
        die(address);
    return listener;
}

static void watch(int poll, int socket, bool listener)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)(unsigned)socket << 1 | listener};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event) < 0)
        die("epoll_ctl");
}

static void accept_all(int poll, int listener)
{
    int connection;
    while ((connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0)
        watch(poll, connection, false);
}

/* End of file or a byte: either way this side closes. With the byte it is the first to do so. */
static void serve(int poll)
{
    struct epoll_event events[EVENTS];
    for (;;) {
        int count = epoll_wait(poll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            int socket = (int)(events[i].data.u64 >> 1);
            char byte;
            if (events[i].data.u64 & 1) {
                accept_all(poll, socket);
            } else {
                (void)!read(socket, &byte, 1);
                (void)close(socket);
            }
        }
    }
}

static int run_server(int argc, char **argv, bool silent)
{
    int backlog = (int)parse_count(argv[2]);
    int poll = epoll_create1(EPOLL_CLOEXEC);
    if (poll < 0)
        die("epoll_create1");
    for (int i = 3; i + 1 < argc; i += 2) {
        int listener = listen_on(argv[i], argv[i + 1], backlog);
        if (!silent)
            watch(poll, listener, true);
    }
    say_ready();
    serve(poll);
    return 0;
}

static int connect_to(const char *address, const char *port)
{
    struct sockaddr_storage storage;
    socklen_t length = parse_address(address, port, &storage);
    int connection = socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0 || connect(connection, (struct sockaddr *)&storage, length) < 0)
        die(address);
    return connection;
}

static void wait_for_end(int connection)
{
    char byte;
    while (read(connection, &byte, 1) > 0)
        continue;
}

/* Whoever closes first keeps the TIME_WAIT; reading to the end makes sure that it has begun. */
static void leave_time_wait(int connection, bool server_closes)
{
    if (server_closes)
        (void)!write(connection, "x", 1);
    else if (shutdown(connection, SHUT_WR) < 0)
        die("shutdown");
    wait_for_end(connection);
    (void)close(connection);
}

static int run_client(int argc, char **argv)
{
    bool hold = strcmp(argv[1], "hold") == 0;
    bool server_closes = strcmp(argv[1], "served") == 0;
    long count = parse_count(argv[2]);
    for (long i = 0; i < count; i++) {
        int connection = connect_to(argv[4 + i % (argc - 4)], argv[3]);
        if (!hold)
            leave_time_wait(connection, server_closes);
    }
    say_ready();
    if (hold)
        (void)pause(); /* nothing is handled: only its end wakes it */
    return 0;
}

static int run_files(long count)
{
    for (long i = 0; i < count; i++)
        if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0)
            die("/dev/null");
    say_ready();
    (void)pause();
    return 0;
}

static bool is_one_of(const char *word, const char *const *words)
{
    while (*words && strcmp(word, *words) != 0)
        words++;
    return *words != NULL;
}

int main(int argc, char **argv)
{
    static const char *const servers[] = {"server", "silent", NULL};
    static const char *const clients[] = {"hold", "time_wait", "served", NULL};
    struct rlimit files;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    if (argc >= 5 && is_one_of(argv[1], servers))
        return run_server(argc, argv, strcmp(argv[1], "silent") == 0);
    if (argc >= 5 && is_one_of(argv[1], clients))
        return run_client(argc, argv);
    if (argc == 3 && strcmp(argv[1], "files") == 0)
        return run_files(parse_count(argv[2]));
    (void)fputs(
        "usage: load server|silent BACKLOG ADDRESS PORT... | load hold|time_wait|served COUNT PORT ADDRESS... | "
        "load files COUNT\n",
        stderr);
    return 2;
}
