/* SPDX-License-Identifier: Apache-2.0
 * Trees of files below a temporary directory, for tests that feed a whole fake host. */
#ifndef CHOKEPOINT_TESTS_TREE_H
#define CHOKEPOINT_TESTS_TREE_H

#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/cmocka.h"

/* Makes an empty directory below /tmp and writes its path to root. */
static inline void tree_make(char *root, size_t size)
{
    assert_true(snprintf(root, size, "/tmp/chokepoint-tree-XXXXXX") < (int)size);
    assert_non_null(mkdtemp(root));
}

/* Makes the directories above root/name and writes the whole path. */
static inline void tree_path(char *path, size_t size, const char *root, const char *name)
{
    assert_true(snprintf(path, size, "%s/%s", root, name) < (int)size);
    for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        (void)mkdir(path, 0755);
        *slash = '/';
    }
}

/* Writes a file, with printf(). */
__attribute__((format(printf, 3, 4))) static inline void tree_file(const char *root, const char *name,
                                                                   const char *format, ...)
{
    char path[512];
    tree_path(path, sizeof(path), root, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(file, format, arguments);
    va_end(arguments);
    assert_int_equal(fclose(file), 0);
}

/* Makes a symbolic link; the target need not exist. */
static inline void tree_link(const char *root, const char *name, const char *target)
{
    char path[512];
    tree_path(path, sizeof(path), root, name);
    assert_int_equal(symlink(target, path), 0);
}

static inline int tree_remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status, (void)type, (void)place;
    return remove(path);
}

/* Removes it all. */
static inline void tree_remove(const char *root)
{
    assert_int_equal(strncmp(root, "/tmp/chokepoint-", 16), 0);
    assert_int_equal(nftw(root, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

/* Removes a directory of the tree with what is in it. */
static inline void tree_remove_below(const char *root, const char *name)
{
    char path[512];
    assert_true(snprintf(path, sizeof(path), "%s/%s", root, name) < (int)sizeof(path));
    tree_remove(path);
}

#endif
