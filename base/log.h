/* SPDX-License-Identifier: Apache-2.0
 * Structured log lines on standard error, logfmt or JSON. Only exporter/ logs: libraries return errors. */
#ifndef CHOKEPOINT_BASE_LOG_H
#define CHOKEPOINT_BASE_LOG_H

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };
enum log_format { LOG_FORMAT_LOGFMT, LOG_FORMAT_JSON };

/* The words of --log.level and --log.format, NULL-ended, in the order of the enumerations. */
extern const char *const log_level_words[];
extern const char *const log_format_words[];

/* Lines below level are dropped. May be called at any time, from any thread. */
void log_configure(enum log_level level, enum log_format format);

/* Writes one line: the message, then pairs of key and value, ended by NULL. One write(2) each, so lines never mix.
 * Values may hold any bytes; they are escaped. */
void log_event(enum log_level level, const char *message, ...) __attribute__((sentinel));

#define log_debug(...) log_event(LOG_LEVEL_DEBUG, __VA_ARGS__, (char *)0)
#define log_info(...)  log_event(LOG_LEVEL_INFO, __VA_ARGS__, (char *)0)
#define log_warn(...)  log_event(LOG_LEVEL_WARN, __VA_ARGS__, (char *)0)
#define log_error(...) log_event(LOG_LEVEL_ERROR, __VA_ARGS__, (char *)0)

#endif
