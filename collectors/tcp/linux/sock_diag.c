/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/sock_diag.h"

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

#include "collectors/tcp/linux/sock_diag_rows.h"

/* The kernel fills at most 32 KiB a message, and never a larger one than the largest recv() so far: a smaller buffer
 * would cut rows off in silence. */
#define BUFFER_SIZE 32768u

/* All states but LISTEN. Bit 13 would ask for sockets that are only bound: not wanted, and dear. */
#define STATES_OTHERS (0x1fffu & ~(1u << TCP_LISTEN))

/* socket is NULL after an answer that was not read to its end: the next walk opens another. */
struct sock_diag {
    struct mnl_socket *socket;
    unsigned sequence;
    char buffer[BUFFER_SIZE];
};

static void close_socket(struct sock_diag *diag)
{
    if (diag->socket)
        (void)mnl_socket_close(diag->socket);
    diag->socket = NULL;
}

static int open_socket(struct sock_diag *diag)
{
    const struct timeval patience = {.tv_sec = 2};
    int error = 0;
    diag->socket = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
    if (!diag->socket || mnl_socket_bind(diag->socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
        setsockopt(mnl_socket_get_fd(diag->socket), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0)
        error = -errno;
    if (error < 0)
        close_socket(diag);
    return error;
}

int sock_diag_open(struct sock_diag **ret_diag)
{
    struct sock_diag *diag = calloc(1, sizeof(*diag));
    if (!diag)
        return -ENOMEM;
    int error = open_socket(diag);
    if (error < 0) {
        free(diag);
        return error;
    }
    *ret_diag = diag;
    return 0;
}

void sock_diag_close(struct sock_diag *diag)
{
    if (!diag)
        return;
    close_socket(diag);
    free(diag);
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

/* Reads one datagram. A cut one (ENOSPC, by MSG_TRUNC) lacks rows, as does one that found no room to wait in (ENOBUFS):
 * it is read past and the walk is void. */
static int read_datagram(struct sock_diag *diag, struct sock_diag_reply *reply)
{
    ssize_t size = mnl_socket_recvfrom(diag->socket, diag->buffer, sizeof(diag->buffer));
    if (size >= 0)
        return sock_diag_rows(diag->buffer, (size_t)size, reply);
    if (errno == ENOSPC || errno == ENOBUFS || errno == EINTR) {
        reply->interrupted = true;
        return 0;
    }
    return errno == EAGAIN ? -ETIME : -errno;
}

int sock_diag_walk(struct sock_diag *diag, enum sock_diag_what what, sock_diag_visit visit, void *context)
{
    int error = diag->socket ? 0 : open_socket(diag);
    if (error == 0)
        error = send_request(diag, what == SOCK_DIAG_LISTENING ? 1u << TCP_LISTEN : STATES_OTHERS);
    struct sock_diag_reply reply = {diag->sequence, 0, visit, context, false, false};
    if (error == 0)
        reply.port = mnl_socket_get_portid(diag->socket);
    while (error == 0 && !reply.ended)
        error = read_datagram(diag, &reply);
    if (!reply.ended)
        close_socket(diag); /* what is left of the answer goes with it */
    if (error == 0 && reply.interrupted)
        error = -EINTR;
    return error;
}
