/* SPDX-License-Identifier: Apache-2.0
 * What the files of sysctl.d(5) say, by the rules of systemd-sysctl(8) 252: the last assignment of a key rules; a glob
 * sets what nothing names in full; a name with "-" before it and no value is exempt from globs. sysctl --system of
 * procps reads other files and knows no such exemption: what counts here is what happens at boot. */
#ifndef CHOKEPOINT_COLLECTORS_TUNING_LINUX_BOOT_SETTINGS_H
#define CHOKEPOINT_COLLECTORS_TUNING_LINUX_BOOT_SETTINGS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/text.h"

struct boot_setting {
    const char *value; /* NULL: exempt from globs */
    const char *file;
    unsigned line;
    size_t sequence; /* of two globs that match, the one with the greater is written last */
    bool glob;
};

/* Start with BOOT_SETTINGS_EMPTY. */
struct boot_settings {
    struct map keys; /* paths below /proc/sys, with their final zero; items[] goes by their numbers */
    struct boot_setting *items;
    size_t capacity;
    size_t sequence;
    size_t globs;
    struct arena arena;
};

#define BOOT_SETTINGS_EMPTY ((struct boot_settings){.keys = MAP_EMPTY, .arena = ARENA_EMPTY})

/* Adds the assignments of one file, whose content is cut up in place. Lines that are none are passed over, as at boot.
 * file: its name, for origins; it is copied. 0 or -ENOMEM. */
int boot_settings_parse(struct boot_settings *settings, struct text *content, const char *file);

/* What sets this path below /proc/sys, such as "net/ipv4/tcp_rmem"; NULL where nothing does. */
const struct boot_setting *boot_settings_find(const struct boot_settings *settings, const char *path);

/* Gives the memory back; the settings are empty and usable afterwards. */
void boot_settings_free(struct boot_settings *settings);

#endif
