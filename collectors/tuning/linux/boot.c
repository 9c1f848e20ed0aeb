/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tuning/linux/boot.h"

#include <errno.h>
#include <stdlib.h>

#include "base/file.h"
#include "collectors/tuning/linux/boot_files.h"

#define FILE_LIMIT (1u << 20)

struct boot {
    const char *rootfs;
    struct boot_files files;
    struct boot_settings settings;
    const char *subject;
    int outcome;
    bool evaluated;
};

int boot_new(const char *rootfs, struct boot **ret_boot)
{
    struct boot *boot = calloc(1, sizeof(*boot));
    if (!boot)
        return -ENOMEM;
    boot->rootfs = rootfs;
    boot->files = BOOT_FILES_EMPTY;
    boot->settings = BOOT_SETTINGS_EMPTY;
    *ret_boot = boot;
    return 0;
}

void boot_free(struct boot *boot)
{
    if (!boot)
        return;
    boot_files_free(&boot->files);
    boot_settings_free(&boot->settings);
    free(boot);
}

/* Dangling links, directories and links to /dev/null set nothing; nor do they keep the others from being read. */
static bool sets_nothing(int error)
{
    return error == -ENOENT || error == -ENOTDIR || error == -EISDIR || error == -EINVAL || error == -ELOOP ||
           error == -ENXIO;
}

static int parse_file(struct boot *boot, const struct boot_file *file)
{
    struct text content = TEXT_EMPTY;
    int error = file_read(file->path, FILE_LIMIT, &content);
    if (error == 0)
        error = boot_settings_parse(&boot->settings, &content, file->shown);
    else if (sets_nothing(error))
        error = 0;
    if (error < 0)
        boot->subject = file->shown;
    text_free(&content);
    return error;
}

static int evaluate(struct boot *boot)
{
    boot_settings_free(&boot->settings);
    int error = boot_files_list(boot->rootfs, &boot->files, &boot->subject);
    for (size_t i = 0; i < boot->files.count && error == 0; i++)
        error = parse_file(boot, &boot->files.items[i]);
    return error;
}

int boot_refresh(struct boot *boot)
{
    if (boot->evaluated && !boot_files_changed(&boot->files))
        return boot->outcome;
    boot->outcome = evaluate(boot);
    /* Want of memory passes without a file being touched. */
    boot->evaluated = boot->outcome != -ENOMEM;
    return boot->outcome;
}

const char *boot_subject(const struct boot *boot)
{
    return boot->subject ? boot->subject : "sysctl.d";
}

const struct boot_setting *boot_find(const struct boot *boot, const char *path)
{
    return boot_settings_find(&boot->settings, path);
}
