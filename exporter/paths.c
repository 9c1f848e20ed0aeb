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
