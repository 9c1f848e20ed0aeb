/* SPDX-License-Identifier: Apache-2.0
 * The least that an answer to another process can cost: one asks over a Unix socket, the other waits, reads and writes
 * back, in messages as long as an AgentX GetNext of one variable and its response. Between two questions the first one
 * works as long as snmpd does. Prints the answering process's CPU in microseconds a question.
 *     bare_answer QUESTIONS CPU-OF-WHO-ASKS CPU-OF-WHO-ANSWERS */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define QUESTION_BYTES   88
#define ANSWER_BYTES     84
#define WORK_NANOSECONDS 15000

static _Noreturn void die(const char *what)
{
    (void)fprintf(stderr, "bare_answer: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now(clockid_t clock)
{
    struct timespec time;
    (void)clock_gettime(clock, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void stay_on(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)cpu, &set);
    if (sched_setaffinity(0, sizeof(set), &set) < 0)
        die("sched_setaffinity");
}

static void await(int socket, size_t bytes)
{
    char octets[QUESTION_BYTES];
    struct pollfd waited = {.fd = socket, .events = POLLIN};
    if (poll(&waited, 1, -1) < 0 || recv(socket, octets, sizeof(octets), 0) != (ssize_t)bytes)
        die("recv");
}

static void tell(int socket, size_t bytes)
{
    static const char octets[QUESTION_BYTES];
    if (send(socket, octets, bytes, 0) != (ssize_t)bytes)
        die("send");
}

static void answer_all(int socket, long questions)
{
    int64_t start = now(CLOCK_PROCESS_CPUTIME_ID);
    for (long i = 0; i < questions; i++) {
        await(socket, QUESTION_BYTES);
        tell(socket, ANSWER_BYTES);
    }
    (void)printf("%.3f\n", (double)(now(CLOCK_PROCESS_CPUTIME_ID) - start) / 1000 / (double)questions);
}

static void ask_all(int socket, long questions)
{
    for (long i = 0; i < questions; i++) {
        int64_t end = now(CLOCK_MONOTONIC) + WORK_NANOSECONDS;
        while (now(CLOCK_MONOTONIC) < end)
            ;
        tell(socket, QUESTION_BYTES);
        await(socket, ANSWER_BYTES);
    }
}

int main(int count, char **words)
{
    int sockets[2], status;
    if (count != 4 || socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) < 0)
        die("usage: bare_answer QUESTIONS CPU CPU");
    long questions = strtol(words[1], NULL, 10);
    pid_t child = fork();
    if (child < 0)
        die("fork");
    stay_on((int)strtol(words[child == 0 ? 3 : 2], NULL, 10));
    if (child == 0) {
        answer_all(sockets[1], questions);
        return 0;
    }
    ask_all(sockets[0], questions);
    return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
