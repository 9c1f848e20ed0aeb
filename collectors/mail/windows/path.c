/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/path.h"

#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

const char mail_path_allowed[] = "an absolute path, such as C:\\inetpub\\mailroot";

static bool is_separator(char c)
{
    return c == '\\' || c == '/';
}

bool mail_path_is_absolute(const char *path)
{
    bool drive = path[0] && strchr(LETTERS, path[0]) && path[1] == ':' && is_separator(path[2]);
    return drive || (is_separator(path[0]) && is_separator(path[1]));
}
