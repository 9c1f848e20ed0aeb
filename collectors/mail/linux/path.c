/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/path.h"

const char mail_path_allowed[] = "an absolute path";

bool mail_path_is_absolute(const char *path)
{
    return path[0] == '/';
}
