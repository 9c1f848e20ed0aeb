/* SPDX-License-Identifier: Apache-2.0
 * Loads and attaches the first program of an object, says "ready" and waits to be stopped.   empty_program OBJECT */
#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static _Noreturn void die(const char *what)
{
    (void)fprintf(stderr, "empty_program: %s: %s\n", what, strerror(errno));
    exit(1);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "usage: empty_program OBJECT\n");
        return 2;
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    struct bpf_object *object = bpf_object__open_file(argv[1], NULL);
    if (!object || bpf_object__load(object) < 0)
        die(argv[1]);
    struct bpf_program *program = bpf_object__next_program(object, NULL);
    if (!program || !bpf_program__attach(program))
        die("attach");
    (void)puts("ready");
    (void)fflush(stdout);
    for (;;)
        pause();
}
