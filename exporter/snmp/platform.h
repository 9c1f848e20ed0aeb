/* SPDX-License-Identifier: Apache-2.0
 * What the SNMP thread needs of the system and what differs between platforms. */
#ifndef CHOKEPOINT_EXPORTER_SNMP_PLATFORM_H
#define CHOKEPOINT_EXPORTER_SNMP_PLATFORM_H

#include <stdbool.h>

/* A place where nothing is and nothing can be made. */
extern const char platform_nowhere[];

/* Keeps net-snmp from reading MIB texts and configuration files that nobody named: none are needed to answer. It may
 * change the environment, so no other thread runs yet. 0 or -ENOMEM. */
int platform_forget_files(void);

/* A descriptor that select() takes, and that becomes readable once platform_wake() was called. 0 or negative errno. */
int platform_wake_new(int *ret_fd);

/* Makes it readable. Any thread. */
void platform_wake(int fd);

/* Makes it unreadable again; returns whether it was readable. */
bool platform_wake_take(int fd);

/* Closes it; -1 is fine. */
void platform_wake_free(int fd);

/* Ends the connection in both directions; the socket stays open, and readable. */
void platform_hang_up(int fd);

/* Keeps programs that are started from inheriting this socket. */
void platform_keep_private(int fd);

/* Makes the directory, for nobody but us where the system has modes; it may be there already. */
void platform_make_directory(const char *path);

#endif
