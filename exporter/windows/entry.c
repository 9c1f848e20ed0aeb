/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/entry.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <winsock2.h>

#include <shellapi.h>

#include "base/windows/wide.h"
#include "exporter/windows/service.h"
#include "exporter/windows/service_control.h"

static void words_free(char **words)
{
    for (size_t i = 0; words && words[i]; i++)
        free(words[i]);
    free(words);
}

/* A UTF-16 word has at most three octets of UTF-8 for each unit. */
static char *word_of(const wchar_t *wide)
{
    size_t size = 3 * wcslen(wide) + 1;
    char *word = malloc(size);
    if (word && wide_to_utf8(word, size, wide) < 0) {
        free(word);
        return NULL;
    }
    return word;
}

/* The command line in UTF-8: what main() gets is in the code page of the system, with what it lacks replaced. */
static char **words_of_command_line(int *ret_count)
{
    int count;
    wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &count);
    char **words = wide ? calloc((size_t)count + 1, sizeof(*words)) : NULL;
    for (int i = 0; words && i < count; i++) {
        words[i] = word_of(wide[i]);
        if (!words[i]) {
            words_free(words);
            words = NULL;
        }
    }
    (void)LocalFree((HLOCAL)wide);
    *ret_count = count;
    return words;
}

static int run(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "service") != 0)
        return entry_run(argc, argv);
    if (argc < 3 || strcmp(argv[2], "run") != 0)
        return service_control(argc - 2, argv + 2);
    return service_run(argc - 2, argv + 2); /* argv[0] of the agent is "run", which it does not read */
}

int main(void)
{
    WSADATA sockets;
    int count = 0, status = EXIT_FAILURE;
    /* Lines end as everywhere: what reads the exposition counts on it. */
    (void)_setmode(_fileno(stdout), _O_BINARY);
    char **words = words_of_command_line(&count);
    if (!words || WSAStartup(MAKEWORD(2, 2), &sockets) != 0)
        (void)fprintf(stderr, "chokepoint: cannot start: no memory, or no sockets\n");
    else
        status = run(count, words);
    words_free(words);
    return status;
}
