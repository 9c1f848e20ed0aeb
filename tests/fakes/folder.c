/* SPDX-License-Identifier: Apache-2.0
 * The files of a directory on this host; linked in place of collectors/mail/windows/folder.c. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stddef.h>
#include <sys/stat.h>

#include "collectors/mail/windows/folder.h"

int folder_read(const char *directory, const char *pattern, folder_visit visit, void *context)
{
    DIR *opened = opendir(directory);
    int error = 0;
    if (!opened)
        return -errno;
    for (const struct dirent *entry; error == 0 && (entry = readdir(opened)) != NULL;) {
        struct stat status;
        if (fnmatch(pattern, entry->d_name, FNM_CASEFOLD) != 0 ||
            fstatat(dirfd(opened), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(status.st_mode))
            continue;
        const struct folder_file file = {(uint64_t)status.st_size,
                                         status.st_mtim.tv_sec * INT64_C(1000000000) + status.st_mtim.tv_nsec};
        error = visit(context, &file);
    }
    (void)closedir(opened);
    return error;
}
