/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/sock_diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

/* The kernel fills at most 32 KiB a message, and never a larger one than the largest recv() so far: a smaller buffer
 * would cut rows off in silence. */
#define BUFFER_SIZE 32768u

/* Attributes of newer kernels than Debian 12's headers may know (include/uapi/linux/inet_diag.h). */
#define ATTRIBUTE_ONLY_V6 11
#define ATTRIBUTE_CGROUP  21

/* What idiag_timer says of a socket that is only its timer any more (net/ipv4/inet_diag.c). */
#define TIMER_TIME_WAIT 3

/* All states but LISTEN. Bit 13 would ask for sockets that are only bound: not wanted, and dear. */
#define STATES_OTHERS (0x1fffu & ~(1u << TCP_LISTEN))

struct sock_diag {
    struct mnl_socket *socket;
    unsigned sequence;
    char buffer[BUFFER_SIZE];
};

struct walk {
    sock_diag_visit visit;
    void *context;
};

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

int sock_diag_open(struct sock_diag **ret_diag)
{
    struct sock_diag *diag = calloc(1, sizeof(*diag));
    if (!diag)
        return -ENOMEM;
    int error = 0;
    const struct timeval patience = {.tv_sec = 2};
    diag->socket = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
    if (!diag->socket || mnl_socket_bind(diag->socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
        setsockopt(mnl_socket_get_fd(diag->socket), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0)
        error = -errno;
    if (error < 0) {
        sock_diag_close(diag);
        return error;
    }
    *ret_diag = diag;
    return 0;
}

void sock_diag_close(struct sock_diag *diag)
{
    if (!diag)
        return;
    if (diag->socket)
        (void)mnl_socket_close(diag->socket);
    free(diag);
}

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

static int read_row(const struct nlmsghdr *header, void *context)
{
    const struct walk *walk = context;
    const struct inet_diag_msg *row = mnl_nlmsg_get_payload(header);
    if (header->nlmsg_type != TCPDIAG_GETSOCK || mnl_nlmsg_get_payload_len(header) < sizeof(*row))
        return MNL_CB_OK;
    if (row->idiag_state >= sizeof(states) || row->idiag_state == 0)
        return MNL_CB_OK;
    if (row->idiag_family != AF_INET && row->idiag_family != AF_INET6)
        return MNL_CB_OK;
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
    walk->visit(walk->context, &socket);
    return MNL_CB_OK;
}

static int send_request(struct sock_diag *diag, uint32_t wanted)
{
    char request[128];
    memset(request, 0, sizeof(request));
    struct nlmsghdr *header = mnl_nlmsg_put_header(request);
    header->nlmsg_type = TCPDIAG_GETSOCK;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    header->nlmsg_seq = ++diag->sequence;
    struct inet_diag_req *wish = mnl_nlmsg_put_extra_header(header, sizeof(*wish));
    wish->idiag_states = wanted;
    return mnl_socket_sendto(diag->socket, header, header->nlmsg_len) < 0 ? -errno : 0;
}

int sock_diag_walk(struct sock_diag *diag, enum sock_diag_what what, sock_diag_visit visit, void *context)
{
    struct walk walk = {visit, context};
    int error = send_request(diag, what == SOCK_DIAG_LISTENING ? 1u << TCP_LISTEN : STATES_OTHERS);
    bool interrupted = false;
    if (error < 0)
        return error;
    for (;;) {
        ssize_t size = mnl_socket_recvfrom(diag->socket, diag->buffer, sizeof(diag->buffer));
        if (size < 0)
            return errno == EAGAIN ? -ETIME : -errno;
        int more = mnl_cb_run(diag->buffer, (size_t)size, diag->sequence, mnl_socket_get_portid(diag->socket), read_row,
                              &walk);
        if (more < 0 && errno == EINTR)
            interrupted = true; /* read on to the end: the next request needs an empty socket */
        else if (more < 0)
            return -errno;
        if (more == MNL_CB_STOP)
            return interrupted ? -EINTR : 0;
    }
}
