/* SPDX-License-Identifier: Apache-2.0
 * Programs whose output the test gives; linked in place of collectors/windows/command.c. */
#ifndef CHOKEPOINT_TESTS_FAKES_COMMAND_H
#define CHOKEPOINT_TESTS_FAKES_COMMAND_H

/* What a command whose arguments hold `part` prints from now on, and how it ends. The newest that fits rules; one that
 * none fits is a program that is not there. Texts stay the caller's. */
void fake_command_set(const char *part, const char *output, int error);

/* There are no programs any more. */
void fake_command_clear(void);

/* How many programs have been run. */
unsigned fake_command_runs(void);

#endif
