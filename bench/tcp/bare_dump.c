/* SPDX-License-Identifier: Apache-2.0
 * The least that a look at every TCP socket can cost: one TCPDIAG_GETSOCK walk into a 32 KiB buffer that counts the
 * rows and reads nothing else. Prints "ROWS CPU-SECONDS" for each walk, which a pause comes before: whoever looks now
 * and then does not find the sockets in the processor's caches.   bare_dump WALKS [PAUSE_MILLISECONDS] */
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define STATES 0x1fff /* bit 13 and up would ask for sockets that are only bound */

static _Noreturn void die(const char *what)
{
    (void)fprintf(stderr, "bare_dump: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void ask(int netlink)
{
    struct {
        struct nlmsghdr header;
        struct inet_diag_req request;
    } message = {
        .header = {.nlmsg_len = sizeof(message),
                   .nlmsg_type = TCPDIAG_GETSOCK,
                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
        .request = {.idiag_family = AF_INET, .idiag_states = STATES},
    };
    if (send(netlink, &message, sizeof(message), 0) != (ssize_t)sizeof(message))
        die("send");
}

static unsigned long walk(int netlink)
{
    static union {
        struct nlmsghdr header;
        char bytes[32768];
    } buffer;
    unsigned long rows = 0;
    ask(netlink);
    for (;;) {
        ssize_t length = recv(netlink, &buffer, sizeof(buffer), 0);
        if (length < 0)
            die("recv");
        uint32_t left = (uint32_t)length;
        for (struct nlmsghdr *message = &buffer.header; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
            if (message->nlmsg_type == NLMSG_DONE)
                return rows;
            if (message->nlmsg_type == NLMSG_ERROR)
                die("netlink");
            rows++;
        }
    }
}

static double cpu_seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (netlink < 0)
        die("socket");
    long pause = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
    const struct timespec span = {.tv_sec = pause / 1000, .tv_nsec = pause % 1000 * 1000000};
    for (long walks = argc > 1 ? strtol(argv[1], NULL, 10) : 1; walks > 0; walks--) {
        (void)nanosleep(&span, NULL);
        double start = cpu_seconds();
        unsigned long rows = walk(netlink);
        (void)printf("%lu %.9f\n", rows, cpu_seconds() - start);
    }
    (void)close(netlink);
    return 0;
}
