/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/snmp/platform.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* It would make directories for certificates: nothing can be made below a device. */
const char platform_nowhere[] = "/dev/null";

int platform_forget_files(void)
{
    if (setenv("MIBS", "", 1) < 0 || setenv("MIBDIRS", "/nonexistent", 1) < 0)
        return -ENOMEM;
    (void)unsetenv("SNMPCONFPATH"); /* only what the configuration names is read */
    return 0;
}

int platform_wake_new(int *ret_fd)
{
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0)
        return -errno;
    *ret_fd = fd;
    return 0;
}

void platform_wake(int fd)
{
    (void)eventfd_write(fd, 1);
}

bool platform_wake_take(int fd)
{
    eventfd_t wakes;
    return eventfd_read(fd, &wakes) == 0;
}

void platform_wake_free(int fd)
{
    if (fd >= 0)
        (void)close(fd);
}

void platform_hang_up(int fd)
{
    (void)shutdown(fd, SHUT_RDWR);
}

void platform_keep_private(int fd)
{
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

void platform_make_directory(const char *path)
{
    (void)mkdir(path, 0700);
}
