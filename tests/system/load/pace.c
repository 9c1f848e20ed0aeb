/* SPDX-License-Identifier: Apache-2.0
 * Connections at a steady pace, and connections that are bound first. In a network namespace of the caller's.
 *
 *     pace steady PER_SECOND SECONDS LIFE_MS PORT ADDRESS...   opens so many a second, each closed by this side after
 * its life; then prints "opened N failed N" and waits pace bound COUNT PORT SOURCE ADDRESS... bind(SOURCE, 0) before
 * each connect(), kept open, until one fails; then prints "opened N failed N" and waits
 *
 * With several addresses the connections go round. It ends with the process that started it. */
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "endpoint.h"

#define SECOND 1000000000LL
#define MOST   65536

/* A queue of open connections, oldest first. */
static struct {
    int connection;
    long long ends;
} open_ones[MOST];
static size_t first, count;

static long long now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static void sleep_until(long long when)
{
    const struct timespec time = {.tv_sec = when / SECOND, .tv_nsec = when % SECOND};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR)
        continue;
}

/* The end that closes first keeps the TIME_WAIT; reading to the end makes sure that it has begun. */
static void close_first(int connection)
{
    char byte;
    (void)shutdown(connection, SHUT_WR);
    while (read(connection, &byte, 1) > 0)
        continue;
    (void)close(connection);
}

static void close_due(long long until)
{
    while (count > 0 && open_ones[first].ends <= until) {
        sleep_until(open_ones[first].ends);
        close_first(open_ones[first].connection);
        first = (first + 1) % MOST;
        count--;
    }
}

static void keep(int connection, long long ends)
{
    if (count == MOST) {
        errno = ENOSPC;
        die("too many at a time");
    }
    open_ones[(first + count) % MOST].connection = connection;
    open_ones[(first + count) % MOST].ends = ends;
    count++;
}

/* A connection, or -1. source: bound to first, or NULL. */
static int connect_from(const char *source, const char *address, const char *port)
{
    struct sockaddr_storage local, remote;
    socklen_t length = parse_address(address, port, &remote);
    int connection = socket(remote.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0)
        die("socket");
    bool bound = !source || bind(connection, (struct sockaddr *)&local, parse_address(source, "0", &local)) == 0;
    if (bound && connect(connection, (struct sockaddr *)&remote, length) == 0)
        return connection;
    (void)close(connection);
    return -1;
}

static void report_and_wait(long opened, long failed)
{
    (void)printf("opened %ld failed %ld\n", opened, failed);
    (void)fflush(stdout);
    (void)pause(); /* nothing is handled: only its end wakes it */
}

static void run_steady(int argc, char **argv)
{
    const long long pause_ns = SECOND / parse_count(argv[2]), life = parse_count(argv[4]) * SECOND / 1000;
    const long total = parse_count(argv[2]) * parse_count(argv[3]);
    long opened = 0, failed = 0;
    const long long start = now();
    for (long i = 0; i < total; i++) {
        const long long turn = start + i * pause_ns, moment = now();
        close_due(moment > turn ? moment : turn); /* late as it may be: what is due must not pile up */
        sleep_until(turn);
        int connection = connect_from(NULL, argv[6 + i % (argc - 6)], argv[5]);
        if (connection >= 0)
            keep(connection, now() + life);
        opened += connection >= 0;
        failed += connection < 0;
    }
    close_due(now() + life + SECOND);
    report_and_wait(opened, failed);
}

static void run_bound(int argc, char **argv)
{
    const long wanted = parse_count(argv[2]);
    long opened = 0;
    while (opened < wanted && connect_from(argv[4], argv[5 + opened % (argc - 5)], argv[3]) >= 0)
        opened++;
    report_and_wait(opened, opened < wanted);
}

int main(int argc, char **argv)
{
    struct rlimit files;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    if (argc >= 7 && strcmp(argv[1], "steady") == 0) {
        run_steady(argc, argv);
    } else if (argc >= 6 && strcmp(argv[1], "bound") == 0) {
        run_bound(argc, argv);
    } else {
        (void)fputs("usage: pace steady PER_SECOND SECONDS LIFE_MS PORT ADDRESS... | pace bound COUNT PORT SOURCE "
                    "ADDRESS...\n",
                    stderr);
        return 2;
    }
    return 0;
}
