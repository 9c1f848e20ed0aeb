/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/counters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "snapshot/tables/conntrack.h"
#include "snapshot/tables/tcp_counters.h"

#define COUNTERS_LIMIT (1u << 20)
#define BLANKS         " \t"

static const char *next_word(const char *at, size_t *ret_length)
{
    at += strspn(at, BLANKS);
    *ret_length = strcspn(at, BLANKS "\n");
    return at;
}

/* The position of name among the blank-separated words of a line; -1 if it is not there. */
static long word_position(const char *line, const char *name)
{
    size_t length;
    long position = 0;
    for (const char *at = next_word(line, &length); length > 0; at = next_word(at + length, &length), position++)
        if (strlen(name) == length && memcmp(at, name, length) == 0)
            return position;
    return -1;
}

static int number_at(const char *line, long position, int radix, uint64_t *ret_number)
{
    size_t length;
    const char *at = next_word(line, &length);
    for (; length > 0 && position > 0; position--)
        at = next_word(at + length, &length);
    char *end;
    errno = 0;
    uint64_t number = length > 0 ? strtoull(at, &end, radix) : 0;
    if (length == 0 || errno != 0 || end != at + length)
        return -EINVAL;
    *ret_number = number;
    return 0;
}

/* The first line after `at` that begins with "GROUP:"; what follows the colon, or NULL. */
static const char *group_line(const char *at, const char *group)
{
    size_t length = strlen(group);
    for (; at && *at; at = strchr(at, '\n'), at = at ? at + 1 : NULL)
        if (strncmp(at, group, length) == 0 && at[length] == ':')
            return at + length + 1;
    return NULL;
}

int counters_find(const char *text, const char *group, const char *name, uint64_t *ret_value)
{
    const char *names = group_line(text, group);
    const char *values = names ? group_line(names, group) : NULL;
    long position = names ? word_position(names, name) : -1;
    if (position < 0 || !values)
        return -ENODATA;
    return number_at(values, position, 10, ret_value);
}

int conntrack_sum(const char *text, const char *name, uint64_t *ret_sum)
{
    long position = word_position(text, name);
    uint64_t sum = 0, number;
    if (position < 0)
        return -ENODATA;
    const char *line = strchr(text, '\n');
    for (line = line ? line + 1 : NULL; line && *line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
        if (number_at(line, position, 16, &number) < 0)
            return -EINVAL;
        sum += number;
    }
    *ret_sum = sum;
    return 0;
}

struct wanted {
    const char *group;
    const char *name;
    unsigned column;
};

static void put_counters(struct builder *builder, const char *text, const struct wanted *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t value;
        if (counters_find(text, wanted[i].group, wanted[i].name, &value) == 0)
            builder_number(builder, wanted[i].column, value);
    }
}

static int read_below(const struct counters_place *place, const char *directory, const char *name)
{
    text_clear(place->buffer);
    return kept_files_read(place->files, directory, name, COUNTERS_LIMIT, place->buffer);
}

int counters_put(struct builder *builder, const struct counters_place *place, uint64_t dumps_interrupted,
                 const char **ret_subject)
{
    static const struct wanted snmp[] = {
        {"Tcp", "ActiveOpens", TCP_COUNTERS_ACTIVE_OPENS},
        {"Tcp", "PassiveOpens", TCP_COUNTERS_PASSIVE_OPENS},
        {"Tcp", "AttemptFails", TCP_COUNTERS_ATTEMPT_FAILS},
        {"Tcp", "RetransSegs", TCP_COUNTERS_RETRANSMITTED},
    };
    static const struct wanted netstat[] = {
        {"TcpExt", "ListenOverflows", TCP_COUNTERS_LISTEN_OVERFLOWS},
        {"TcpExt", "ListenDrops", TCP_COUNTERS_LISTEN_DROPS},
        {"TcpExt", "TCPTimeWaitOverflow", TCP_COUNTERS_TIME_WAIT_OVERFLOWS},
    };
    builder_row(builder, &table_tcp_counters);
    builder_text(builder, TCP_COUNTERS_NETNS, place->netns);
    builder_number(builder, TCP_COUNTERS_DUMPS_INTERRUPTED, dumps_interrupted);
    *ret_subject = "net/snmp";
    int error = read_below(place, place->net, "snmp");
    if (error < 0)
        return error;
    put_counters(builder, text_value(place->buffer), snmp, sizeof(snmp) / sizeof(snmp[0]));
    *ret_subject = "net/netstat";
    error = read_below(place, place->net, "netstat");
    if (error < 0)
        return error;
    put_counters(builder, text_value(place->buffer), netstat, sizeof(netstat) / sizeof(netstat[0]));
    return 0;
}

static int read_number(const struct counters_place *place, const char *name, uint64_t *ret_number)
{
    int error = read_below(place, "sys/net/netfilter", name);
    if (error < 0)
        return error;
    return place->buffer->data ? parse_unsigned(parse_trim(place->buffer->data), ret_number) : -EINVAL;
}

int conntrack_put(struct builder *builder, const struct counters_place *place)
{
    uint64_t entries = 0, limit = 0, sum;
    int error = read_number(place, "nf_conntrack_count", &entries);
    if (error == 0)
        error = read_number(place, "nf_conntrack_max", &limit);
    if (error < 0)
        return error == -ENOENT ? -ENODATA : error;
    builder_row(builder, &table_conntrack);
    builder_text(builder, CONNTRACK_NETNS, place->netns);
    builder_number(builder, CONNTRACK_ENTRIES, entries);
    builder_number(builder, CONNTRACK_LIMIT, limit);
    /* Missing where the kernel was built without its procfs part: then the cells are absent. */
    if (read_below(place, place->net, "stat/nf_conntrack") < 0)
        return 0;
    if (conntrack_sum(text_value(place->buffer), "insert_failed", &sum) == 0)
        builder_number(builder, CONNTRACK_INSERT_FAILURES, sum);
    if (conntrack_sum(text_value(place->buffer), "drop", &sum) == 0)
        builder_number(builder, CONNTRACK_DROPS, sum);
    return 0;
}

/* The number after a name in a line like "TCP: inuse 5 orphan 0 tw 3"; 0 where it is not said. */
static uint64_t sockstat_number(const char *text, const char *group, const char *name)
{
    uint64_t number;
    const char *line = group_line(text, group);
    long position = line ? word_position(line, name) : -1;
    return position >= 0 && number_at(line, position + 1, 10, &number) == 0 ? number : 0;
}

bool counters_no_sockets(const struct counters_place *place)
{
    if (read_below(place, place->net, "sockstat") < 0)
        return false;
    const char *text = text_value(place->buffer);
    if (!group_line(text, "TCP") || sockstat_number(text, "TCP", "inuse") || sockstat_number(text, "TCP", "tw"))
        return false;
    int error = read_below(place, place->net, "sockstat6");
    if (error == -ENOENT)
        return true; /* no IPv6 in this kernel */
    return error == 0 && sockstat_number(text_value(place->buffer), "TCP6", "inuse") == 0;
}

int counters_time_waits(const struct counters_place *place, uint64_t *ret_count)
{
    int error = read_below(place, place->net, "sockstat");
    if (error < 0)
        return error;
    if (!group_line(text_value(place->buffer), "TCP"))
        return -ENODATA;
    *ret_count = sockstat_number(text_value(place->buffer), "TCP", "tw");
    return 0;
}
