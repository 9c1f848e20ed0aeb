/* SPDX-License-Identifier: Apache-2.0
 * Runs `exim -bP` when Exim's configuration changed, and keeps what it said. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_EXIM_TOOL_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_EXIM_TOOL_H

#include "collectors/mail/program.h"
#include "collectors/mail/server_row.h"
#include "collectors/mail/servers/exim/limits.h"
#include "collectors/mail/watched_file.h"

/* Exim itself, the configuration, and the files that it includes by name. */
#define EXIM_WATCHED 40u

/* After a failure it is run again when a file changed, or after this time. */
#define EXIM_TOOL_RETRY (300 * CLOCK_SECOND)

struct exim_watched {
    char *path;
    bool in_use; /* part of the configuration in force */
    struct watched_file file;
};

/* What is known of the daemon: when it last read its configuration, as far as we saw. */
struct exim_daemon {
    uint64_t pid;
    uint64_t stack;
    int64_t seen_since; /* wall clock; we have looked at it since */
    int64_t read_at;
};

/* Start with EXIM_TOOL_EMPTY. */
struct exim_tool {
    struct program program;
    bool running;
    bool known; /* settings are there */
    int error;  /* of the last run */
    int64_t retry_at;
    struct exim_settings settings;
    struct exim_watched watched[EXIM_WATCHED];
    size_t watched_count;
    struct exim_daemon daemon;
};

#define EXIM_TOOL_EMPTY ((struct exim_tool){.program = PROGRAM_EMPTY})

/* Sees to it that the settings are those of the configuration. config_file NULL: Exim's own. 0: they are there;
 * -EAGAIN: Exim has not answered yet; else the negative errno of program_wait() or exim_settings_parse(). */
int exim_tool_refresh(struct exim_tool *tool, const char *program, const char *config_file, int64_t deadline);

/* When the newest of the configuration's files was changed, nanoseconds since 1970; 0: not known. */
int64_t exim_tool_changed(const struct exim_tool *tool);

/* Whether the daemon has read the configuration since it was changed. It writes its pid file when it starts; when it
 * reads its configuration again it executes itself, which shows to those who may see where its stack is. What happened
 * before we looked for the first time is not known. now: wall clock. */
enum server_state exim_tool_state(struct exim_tool *tool, const char *procfs, int64_t now);

/* Gives everything back. */
void exim_tool_free(struct exim_tool *tool);

#endif
