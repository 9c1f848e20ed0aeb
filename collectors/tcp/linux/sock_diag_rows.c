/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/sock_diag_rows.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

/* Attributes of newer kernels than Debian 12's headers may know (include/uapi/linux/inet_diag.h). */
#define ATTRIBUTE_ONLY_V6 11
#define ATTRIBUTE_CGROUP  21

/* What idiag_timer says of a socket that is only its timer any more (net/ipv4/inet_diag.c). */
#define TIMER_TIME_WAIT 3

/* The kernel's numbers (include/net/tcp_states.h) in ours. 12 is NEW_SYN_RECV, which dumps give as SYN_RECV. */
static const uint8_t states[] = {
    [TCP_ESTABLISHED] = TCP_STATE_ESTABLISHED,
    [TCP_SYN_SENT] = TCP_STATE_SYN_SENT,
    [TCP_SYN_RECV] = TCP_STATE_SYN_RECV,
    [TCP_FIN_WAIT1] = TCP_STATE_FIN_WAIT1,
    [TCP_FIN_WAIT2] = TCP_STATE_FIN_WAIT2,
    [TCP_TIME_WAIT] = TCP_STATE_TIME_WAIT,
    [TCP_CLOSE] = TCP_STATE_CLOSE,
    [TCP_CLOSE_WAIT] = TCP_STATE_CLOSE_WAIT,
    [TCP_LAST_ACK] = TCP_STATE_LAST_ACK,
    [TCP_LISTEN] = TCP_STATE_LISTEN,
    [TCP_CLOSING] = TCP_STATE_CLOSING,
    [12] = TCP_STATE_SYN_RECV,
};

static struct tcp_address address_of(uint8_t family, const __be32 *words)
{
    struct tcp_address address;
    if (family == AF_INET)
        return tcp_address_v4(words);
    memcpy(address.bytes, words, sizeof(address.bytes));
    return address;
}

static int read_attribute(const struct nlattr *attribute, void *context)
{
    struct tcp_socket *socket = context;
    uint16_t type = mnl_attr_get_type(attribute), size = mnl_attr_get_payload_len(attribute);
    if (type == ATTRIBUTE_CGROUP && size == sizeof(uint64_t))
        socket->cgroup = mnl_attr_get_u64(attribute);
    else if (type == ATTRIBUTE_ONLY_V6 && size == sizeof(uint8_t))
        socket->only_v6 = mnl_attr_get_u8(attribute) != 0;
    return MNL_CB_OK;
}

static void read_row(const struct nlmsghdr *header, const struct sock_diag_reply *reply)
{
    const struct inet_diag_msg *row = NLMSG_DATA(header);
    if (header->nlmsg_type != TCPDIAG_GETSOCK || NLMSG_PAYLOAD(header, 0) < sizeof(*row))
        return;
    if (row->idiag_state >= sizeof(states) || row->idiag_state == 0)
        return;
    if (row->idiag_family != AF_INET && row->idiag_family != AF_INET6)
        return;
    struct tcp_socket socket = {
        .state = states[row->idiag_state],
        .local = address_of(row->idiag_family, row->id.idiag_src),
        .remote = address_of(row->idiag_family, row->id.idiag_dst),
        .local_port = ntohs(row->id.idiag_sport),
        .remote_port = ntohs(row->id.idiag_dport),
        .inode = row->idiag_inode,
        .cookie = row->id.idiag_cookie[0] | (uint64_t)row->id.idiag_cookie[1] << 32,
        .is_mini = row->idiag_timer == TIMER_TIME_WAIT,
    };
    if (socket.state == TCP_STATE_LISTEN) {
        socket.queue = row->idiag_rqueue;
        socket.queue_limit = row->idiag_wqueue;
    }
    if (socket.is_mini)
        socket.expires_ms = row->idiag_expires;
    else
        (void)mnl_attr_parse(header, sizeof(*row), read_attribute, &socket);
    reply->visit(reply->context, &socket);
}

/* What the kernel says at the end, or instead of rows: 0 or a negative errno, at the start of the payload. */
static int read_status(const struct nlmsghdr *header)
{
    int status;
    if (NLMSG_PAYLOAD(header, 0) < sizeof(status))
        return header->nlmsg_type == NLMSG_ERROR ? -EBADMSG : 0;
    memcpy(&status, NLMSG_DATA(header), sizeof(status));
    return status < 0 ? status : 0;
}

/* libmnl takes a length of 2 GiB and more for a negative one, and its calls are a good part of what a row costs. */
static bool is_whole(const struct nlmsghdr *header, size_t left)
{
    return left >= sizeof(*header) && header->nlmsg_len >= sizeof(*header) && header->nlmsg_len <= left;
}

int sock_diag_rows(const void *bytes, size_t size, struct sock_diag_reply *reply)
{
    const struct nlmsghdr *header = bytes;
    size_t step;
    for (size_t left = size; is_whole(header, left); left -= step) {
        const struct nlmsghdr *message = header;
        /* The last one need not be padded, so its aligned length may be more than there is. */
        step = NLMSG_ALIGN((size_t)message->nlmsg_len);
        step = step < left ? step : left;
        header = (const struct nlmsghdr *)((const char *)message + step);
        if (message->nlmsg_seq != reply->sequence || message->nlmsg_pid != reply->port)
            continue; /* the end of an answer that nobody waits for any more */
        reply->interrupted = reply->interrupted || (message->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
        if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE) {
            reply->ended = true;
            return read_status(message);
        }
        read_row(message, reply);
    }
    return 0;
}
