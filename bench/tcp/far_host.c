/* SPDX-License-Identifier: Apache-2.0
 * Another host at the far end of a link, as far as a client that opens and closes connections can tell: it accepts
 * every one and closes it when the client does. It answers segments itself and has no sockets, so that what the kernel
 * does for them is done for one end only.   far_host LINK */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define FIRST_SEQUENCE 1000u

struct segment {
    struct ether_header link;
    struct iphdr ip;
    struct tcphdr tcp;
} __attribute__((packed));

static _Noreturn void die(const char *what)
{
    (void)fprintf(stderr, "far_host: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int open_link(const char *name)
{
    int link = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_IP));
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = (int)if_nametoindex(name)};
    if (link < 0 || address.sll_ifindex == 0 || bind(link, (struct sockaddr *)&address, sizeof(address)) < 0)
        die(name);
    return link;
}

static uint32_t add_words(uint32_t sum, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i + 1 < size; i += 2)
        sum += (uint32_t)at[i] << 8 | at[i + 1];
    return sum;
}

static uint16_t checksum(uint32_t sum)
{
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return htons((uint16_t)~sum);
}

/* RFC 9293, 3.1: the addresses, the protocol and the length belong to what is summed. */
static void put_checksums(struct segment *segment)
{
    uint32_t sum = add_words(IPPROTO_TCP + sizeof(segment->tcp), &segment->ip.saddr, 2 * sizeof(segment->ip.saddr));
    segment->tcp.check = checksum(add_words(sum, &segment->tcp, sizeof(segment->tcp)));
    segment->ip.check = checksum(add_words(0, &segment->ip, sizeof(segment->ip)));
}

static void answer(int link, const struct segment *asked, const struct tcphdr *tcp)
{
    struct segment reply = {.link.ether_type = htons(ETHERTYPE_IP)};
    memcpy(reply.link.ether_dhost, asked->link.ether_shost, ETH_ALEN);
    memcpy(reply.link.ether_shost, asked->link.ether_dhost, ETH_ALEN);
    reply.ip = (struct iphdr){.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_TCP};
    reply.ip.tot_len = htons(sizeof(reply.ip) + sizeof(reply.tcp));
    reply.ip.saddr = asked->ip.daddr;
    reply.ip.daddr = asked->ip.saddr;
    reply.tcp = (struct tcphdr){.doff = 5, .ack = 1, .syn = tcp->syn, .fin = tcp->fin, .window = htons(UINT16_MAX)};
    reply.tcp.source = tcp->dest;
    reply.tcp.dest = tcp->source;
    reply.tcp.seq = tcp->syn ? htonl(FIRST_SEQUENCE) : tcp->ack_seq;
    reply.tcp.ack_seq = htonl(ntohl(tcp->seq) + 1);
    put_checksums(&reply);
    if (send(link, &reply, sizeof(reply), 0) < 0)
        die("send");
}

int main(int argc, char **argv)
{
    union {
        struct segment segment;
        uint8_t bytes[2048];
    } packet;
    if (argc != 2) {
        (void)fprintf(stderr, "usage: far_host LINK\n");
        return 2;
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    int link = open_link(argv[1]);
    for (;;) {
        ssize_t size = recv(link, &packet, sizeof(packet), 0);
        if (size < 0)
            die("recv");
        size_t at = sizeof(struct ether_header) + packet.segment.ip.ihl * 4u;
        if (packet.segment.ip.protocol != IPPROTO_TCP || (size_t)size < at + sizeof(struct tcphdr))
            continue;
        struct tcphdr tcp;
        memcpy(&tcp, packet.bytes + at, sizeof(tcp));
        if (!tcp.rst && (tcp.syn || tcp.fin))
            answer(link, &packet.segment, &tcp);
    }
}
