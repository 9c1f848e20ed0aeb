/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/pids.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/parse.h"

#define INIT 1

static int compare(const void *a, const void *b)
{
    pid_t one = *(const pid_t *)a, two = *(const pid_t *)b;
    if ((one == INIT) != (two == INIT))
        return one == INIT ? 1 : -1;
    return (one > two) - (one < two);
}

static int append(struct pids *pids, size_t *capacity, pid_t pid)
{
    if (pids->count == *capacity) {
        size_t wanted = *capacity ? *capacity * 2 : 512;
        pid_t *grown = realloc(pids->items, wanted * sizeof(*grown));
        if (!grown)
            return -ENOMEM;
        pids->items = grown;
        *capacity = wanted;
    }
    pids->items[pids->count++] = pid;
    return 0;
}

int pids_list(struct pids *pids, const char *procfs)
{
    size_t capacity = 0;
    int error = 0;
    DIR *stream = opendir(procfs);
    if (!stream)
        return -errno;
    pids_free(pids);
    for (struct dirent *entry; error == 0 && (entry = readdir(stream)) != NULL;) {
        uint64_t pid;
        if (parse_unsigned(entry->d_name, &pid) == 0 && pid > 0 && pid <= INT32_MAX)
            error = append(pids, &capacity, (pid_t)pid);
    }
    (void)closedir(stream);
    if (error < 0)
        pids_free(pids);
    if (pids->count > 1)
        qsort(pids->items, pids->count, sizeof(*pids->items), compare);
    return error;
}

pid_t pids_next(struct pids *pids)
{
    return pids_at_end(pids) ? 0 : pids->items[pids->next++];
}

bool pids_at_end(const struct pids *pids)
{
    return pids->next >= pids->count;
}

bool pids_include_init(const struct pids *pids)
{
    return pids->count > 0 && pids->items[pids->count - 1] == INIT;
}

void pids_free(struct pids *pids)
{
    free(pids->items);
    *pids = (struct pids){0};
}
