/* SPDX-License-Identifier: Apache-2.0
 * What a program of Windows prints, where no call tells it. A seam: tests link tests/fakes/command.c, whose programs are
 * texts of the test. */
#ifndef CHOKEPOINT_COLLECTORS_WINDOWS_COMMAND_H
#define CHOKEPOINT_COLLECTORS_WINDOWS_COMMAND_H

#include "base/text.h"

/* What a program may print, and how long it may take. */
#define COMMAND_LIMIT        65536u
#define COMMAND_MILLISECONDS 10000u

/* Runs a program below the system directory ("netsh.exe"), never one of the search path, without a window, and appends
 * what it prints, in the console's code page, to *output. 0; -ENOENT: there is no such program; -ENOTSUP: it says that
 * it failed; -ETIMEDOUT, and it is ended; -EFBIG; or negative errno. */
int command_run(const char *program, const char *arguments, struct text *output);

#endif
