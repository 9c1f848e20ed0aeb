/* SPDX-License-Identifier: Apache-2.0
 * The least that a look at a mail queue can cost: getdents64 of every directory below, counting names and reading
 * nothing else. Prints "FILES CPU-SECONDS" for each walk.   bare_walk WALKS DIRECTORY... */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DEPTH_MAX 8

static _Noreturn void die(const char *what)
{
    (void)fprintf(stderr, "bare_walk: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* Every depth has its buffer: a directory is read on while those below it are read. */
static unsigned long walk(int parent, const char *name, unsigned depth)
{
    static _Alignas(struct dirent64) char buffers[DEPTH_MAX][32768];
    unsigned long files = 0;
    ssize_t length;
    errno = ELOOP;
    if (depth >= DEPTH_MAX)
        die(name);
    int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        die(name);
    while ((length = getdents64(directory, buffers[depth], sizeof(buffers[depth]))) > 0) {
        for (ssize_t at = 0; at < length;) {
            const struct dirent64 *entry = (const void *)(buffers[depth] + at);
            at += entry->d_reclen;
            if (entry->d_type == DT_REG)
                files++;
            else if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                files += walk(directory, entry->d_name, depth + 1);
        }
    }
    (void)close(directory);
    return files;
}

static double cpu_seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    for (long walks = argc > 2 ? strtol(argv[1], NULL, 10) : 0; walks > 0; walks--) {
        unsigned long files = 0;
        double start = cpu_seconds();
        for (int i = 2; i < argc; i++)
            files += walk(AT_FDCWD, argv[i], 0);
        (void)printf("%lu %.9f\n", files, cpu_seconds() - start);
    }
    return 0;
}
