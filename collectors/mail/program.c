/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHUNK         16384u
#define REAP_TRIES    20
#define REAP_PAUSE_US 1000

static char *const environment[] = {(char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", (char *)"LC_ALL=C", NULL};

static int add_actions(posix_spawn_file_actions_t *actions, int out)
{
    int error = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(actions, out, STDOUT_FILENO);
    if (error == 0)
        error = posix_spawn_file_actions_addopen(actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    return error == 0 ? posix_spawn_file_actions_addchdir_np(actions, "/") : error;
}

/* A process group of its own, so that what it starts can be killed too; the agent's blocked signals are not inherited.
 */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    (void)sigemptyset(&none);
    (void)sigfillset(&all);
    int error =
        posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (error == 0)
        error = posix_spawnattr_setsigmask(attributes, &none);
    return error == 0 ? posix_spawnattr_setsigdefault(attributes, &all) : error;
}

/* posix_spawn() takes texts that are not const, and does not change them. */
static int spawn(const char *const arguments[], int out, pid_t *ret_pid)
{
    union {
        const char *const *given;
        char *const *taken;
    } list = {.given = arguments};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0)
        return -error;
    error = posix_spawnattr_init(&attributes);
    if (error == 0) {
        error = add_actions(&actions, out);
        if (error == 0)
            error = set_attributes(&attributes);
        if (error == 0)
            error = posix_spawn(ret_pid, arguments[0], &actions, &attributes, list.taken, environment);
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return -error;
}

int program_start(struct program *program, const char *const arguments[])
{
    int ends[2];
    program_stop(program);
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
        return -errno;
    /* The writing end blocks: few programs expect anything else of their standard output. */
    int error = fcntl(ends[1], F_SETFL, 0) < 0 ? -errno : spawn(arguments, ends[1], &program->pid);
    (void)close(ends[1]);
    if (error < 0) {
        (void)close(ends[0]);
        program->pid = 0;
        return error;
    }
    program->fd = ends[0];
    program->started = clock_monotonic();
    return 0;
}

/* Takes what is there. 0: more may come; 1: it was the end; negative errno. */
static int take_output(struct program *program)
{
    for (;;) {
        char chunk[CHUNK];
        ssize_t length = read(program->fd, chunk, sizeof(chunk));
        if (length == 0)
            return 1;
        if (length < 0)
            return errno == EAGAIN || errno == EINTR ? 0 : -errno;
        if (program->output.length + (size_t)length > PROGRAM_OUTPUT_MAX)
            return -E2BIG;
        text_append(&program->output, chunk, (size_t)length);
        if (program->output.error)
            return program->output.error;
    }
}

/* Its status once it has ended: 0, -EIO, or -EAGAIN while it has not. */
static int status_of(struct program *program)
{
    int status;
    pid_t found = waitpid(program->pid, &status, WNOHANG);
    if (found == 0)
        return -EAGAIN;
    program->pid = 0;
    return found > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}

static int wait_until(struct program *program, int64_t end)
{
    bool ended = false;
    for (;;) {
        int result = ended ? 0 : take_output(program);
        ended = ended || result == 1;
        if (ended)
            result = status_of(program);
        if (result < 0 && result != -EAGAIN)
            return result;
        if (ended && result == 0)
            return 0;
        int64_t left = end - clock_monotonic();
        if (left <= 0)
            return -EAGAIN;
        struct pollfd wanted = {.fd = ended ? -1 : program->fd, .events = POLLIN};
        /* The end of the output comes just before the end of the program. */
        int64_t pause = ended ? CLOCK_MILLISECOND : left;
        (void)poll(&wanted, 1, (int)((pause + CLOCK_MILLISECOND - 1) / CLOCK_MILLISECOND));
    }
}

static void kill_and_reap(struct program *program)
{
    if (program->pid > 0) {
        (void)kill(-program->pid, SIGKILL);
        for (int tries = 0; tries < REAP_TRIES && status_of(program) == -EAGAIN; tries++)
            (void)usleep(REAP_PAUSE_US);
        program->pid = 0;
    }
    if (program->fd >= 0)
        (void)close(program->fd);
    program->fd = -1;
}

int program_wait(struct program *program, int64_t deadline)
{
    int64_t end = clock_monotonic() + PROGRAM_WAIT_MAX;
    int result = wait_until(program, end < deadline ? end : deadline);
    if (result == -EAGAIN && clock_monotonic() - program->started >= PROGRAM_TIME_MAX)
        result = -ETIME;
    if (result != -EAGAIN)
        kill_and_reap(program);
    return result;
}

void program_stop(struct program *program)
{
    kill_and_reap(program);
    text_free(&program->output);
}
