/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/watched_file.h"

#include <errno.h>

#include "base/file.h"

bool watched_file_same(const struct watched_file *a, const struct watched_file *b)
{
    return a->known && b->known && a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->modified.tv_sec == b->modified.tv_sec && a->modified.tv_nsec == b->modified.tv_nsec;
}

static bool lies_in_the_file(int error)
{
    return error == -EINVAL || error == -ELOOP || error == -E2BIG || error == -EOPNOTSUPP || error == -EFBIG ||
           error == -EILSEQ;
}

void watched_file_done(struct watched_file *file, const struct watched_file *found, int error)
{
    *file = *found;
    file->known = error == 0 || lies_in_the_file(error);
    file->error = error;
}

int watched_file_refresh(char path[], size_t path_size, size_t limit, struct watched_file *file,
                         watched_file_parse parse, void *context)
{
    struct watched_file found = {.known = false};
    struct text text = TEXT_EMPTY;
    int error = watched_file_look(path, &found);
    if (error == 0 && watched_file_same(file, &found))
        return file->error;
    file->known = false;
    if (error == 0)
        error = file_read(path, limit, &text);
    if (error < 0) {
        watched_file_explain(path, path_size);
    } else {
        error = parse(context, &text);
        watched_file_done(file, &found, error);
    }
    text_free(&text);
    return error;
}
