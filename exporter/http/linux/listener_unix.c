/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "exporter/http/listener.h"

#define SOCKET_MODE    0660
#define DIRECTORY_MODE 0755

static int explain(const char *path, int error, const char *more, struct text *why)
{
    text_format(why, "%s: %s%s", path, strerrordesc_np(-error), more);
    return why->error ? why->error : error;
}

/* Makes the last directory of the path. 0 or negative errno. */
static int make_parent(const char *path)
{
    char parent[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path || (size_t)(slash - path) >= sizeof(parent))
        return -ENOENT;
    memcpy(parent, path, (size_t)(slash - path));
    parent[slash - path] = '\0';
    return mkdir(parent, DIRECTORY_MODE) < 0 ? -errno : 0;
}

/* Whether the socket's file was left behind: nobody listens on it. */
static bool is_stale(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool refused = connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 && errno == ECONNREFUSED;
    (void)close(fd);
    return refused;
}

/* Binds, after making room for it where that harms nobody. */
static int bind_path(int fd, const struct sockaddr_un *address, struct text *why)
{
    const char *path = address->sun_path;
    struct stat status;
    if (bind(fd, (const struct sockaddr *)address, sizeof(*address)) == 0)
        return 0;
    int error = -errno;
    if (error == -ENOENT) {
        error = make_parent(path);
        if (error < 0)
            return explain(path, error, "; its directory is missing and cannot be made", why);
    } else if (error == -EADDRINUSE) {
        if (lstat(path, &status) == 0 && !S_ISSOCK(status.st_mode))
            return explain(path, -EEXIST, "; it is not a socket, so it is not replaced", why);
        if (!is_stale(address)) {
            text_format(why, "%s: another chokepoint answers on this socket; stop it or choose another path", path);
            return why->error ? why->error : error;
        }
        (void)unlink(path);
    } else {
        return explain(path, error, "", why);
    }
    if (bind(fd, (const struct sockaddr *)address, sizeof(*address)) == 0)
        return 0;
    return explain(path, -errno, "", why);
}

static int open_path(int fd, const struct sockaddr_un *address, struct listener *listener, struct text *why)
{
    struct stat status;
    /* On Linux the file takes its mode from the socket, less the umask: it is never open wider than this. */
    if (fchmod(fd, SOCKET_MODE) < 0)
        return explain(address->sun_path, -errno, "", why);
    int error = bind_path(fd, address, why);
    if (error < 0)
        return error;
    if (lstat(address->sun_path, &status) < 0)
        return explain(address->sun_path, -errno, "", why);
    listener->is_unix = true;
    listener->device = status.st_dev;
    listener->inode = status.st_ino;
    if (chmod(address->sun_path, SOCKET_MODE) < 0 || listen(fd, SOMAXCONN) < 0)
        return explain(address->sun_path, -errno, "", why);
    return 0;
}

int listener_open_unix(const char *path, struct listener *ret_listener, struct text *why)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct listener listener = {.fd = -1};
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof(address.sun_path)) {
        text_format(why, "unix:%s: the path of a socket has 1 to %zu octets", path, sizeof(address.sun_path) - 1);
        return why->error ? why->error : length == 0 ? -EINVAL : -ENAMETOOLONG;
    }
    memcpy(address.sun_path, path, length + 1);
    (void)snprintf(listener.address, sizeof(listener.address), "unix:%s", path);
    listener.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener.fd < 0)
        return explain(path, -errno, "", why);
    int error = open_path(listener.fd, &address, &listener, why);
    if (error < 0) {
        listener_close(&listener);
        return error;
    }
    *ret_listener = listener;
    return 0;
}

void listener_remove_unix(const struct listener *listener)
{
    struct stat status;
    const char *path = listener->address + strlen("unix:");
    if (lstat(path, &status) == 0 && status.st_dev == listener->device && status.st_ino == listener->inode)
        (void)unlink(path);
}
