/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/paths.h"

#include <string.h>

bool paths_find(const char *path, enum format *ret_format)
{
    static const struct {
        const char *path;
        enum format format;
    } pages[] = {{"/", FORMAT_PAGE},
                 {"/status.txt", FORMAT_STATUS},
                 {"/api/v1/snapshot", FORMAT_JSON},
                 {"/check/text", FORMAT_CHECK_TEXT},
                 {"/check/colour", FORMAT_CHECK_COLOUR},
                 {"/check/json", FORMAT_CHECK_JSON},
                 {"/check/nagios", FORMAT_CHECK_NAGIOS}};
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        if (strcmp(path, pages[i].path) == 0) {
            *ret_format = pages[i].format;
            return true;
        }
    }
    return false;
}

const char *paths_runbook(const char *path)
{
    static const char below[] = PATHS_RUNBOOKS;
    return strncmp(path, below, sizeof(below) - 1) == 0 ? path + sizeof(below) - 1 : NULL;
}

bool paths_is_free(const char *path)
{
    enum format format;
    return !paths_find(path, &format) && strcmp(path, PATHS_HEALTHY) != 0 && strcmp(path, PATHS_READY) != 0 &&
           !paths_runbook(path);
}
