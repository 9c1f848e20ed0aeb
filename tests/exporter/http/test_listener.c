/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "exporter/http/listener.h"
#include "tests/tree.h"

static void expect_error(const char *address, int error, const char *message)
{
    struct listener listener;
    struct text why = TEXT_EMPTY;
    assert_int_equal(listener_open(address, &listener, &why), error);
    if (strncmp(text_value(&why), message, strlen(message)) != 0)
        fail_msg("%s instead of %s", text_value(&why), message);
    text_free(&why);
}

static struct listener open_good(const char *address)
{
    struct listener listener;
    struct text why = TEXT_EMPTY;
    int error = listener_open(address, &listener, &why);
    assert_string_equal(text_value(&why), "");
    assert_int_equal(error, 0);
    assert_true(fcntl(listener.fd, F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(listener.fd, F_GETFL) & O_NONBLOCK);
    return listener;
}

static void wrong_addresses_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",       "10421",     ":",         ":x",         ":-1",
                                        ":65536", "127.0.0.1", "::1:10421", "[::1]10421", "[::1:10421",
                                        "[]:1:1", "a:b:1",     ": 1",       ":1 "};
    char message[100];
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        snprintf(message, sizeof(message), "%s: not an address to listen on; HOST:PORT", wrong[i]);
        expect_error(wrong[i], -EINVAL, message);
    }
    expect_error("192.0.2.1:0", -EADDRNOTAVAIL,
                 "192.0.2.1:0: Cannot assign requested address; no interface of this host has that address");
    expect_error("256.1.1.1:0", -EINVAL, "256.1.1.1:0: ");
}

static unsigned port_of(const struct listener *listener)
{
    return (unsigned)atoi(strrchr(listener->address, ':') + 1);
}

static void port_zero_picks_one(void **state)
{
    (void)state;
    struct listener v4 = open_good("127.0.0.1:0"), named = open_good("localhost:0");
    assert_int_equal(strncmp(v4.address, "127.0.0.1:", 10), 0);
    assert_int_equal(strncmp(named.address, "127.0.0.1:", 10), 0);
    assert_true(port_of(&v4) > 0);
    /* Taken now. */
    char message[300];
    snprintf(message, sizeof(message), "%s: Address already in use; another process listens there", v4.address);
    expect_error(v4.address, -EADDRINUSE, message);
    listener_close(&v4);
    listener_close(&named);
    listener_close(&named);
}

static void any_address_takes_ipv4_too(void **state)
{
    (void)state;
    struct listener any = open_good(":0");
    struct sockaddr_in v4 = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port_of(&any))};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&v4, sizeof(v4)), 0);
    close(fd);
    listener_close(&any);
}

static void unix_sockets_have_their_mode_whatever_the_umask(void **state)
{
    (void)state;
    char root[64], address[128];
    struct stat status;
    tree_make(root, sizeof(root));
    for (unsigned i = 0; i < 3; i++) {
        static const mode_t masks[] = {0077, 0022, 0};
        /* The last directory is made; the ones above it are not. */
        snprintf(address, sizeof(address), "unix:%s/made%u/s.sock", root, i);
        mode_t before = umask(masks[i]);
        struct listener listener = open_good(address);
        umask(before);
        assert_int_equal(stat(address + 5, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0660);
        assert_string_equal(listener.address, address);
        listener_close(&listener);
        assert_int_equal(stat(address + 5, &status), -1);
    }
    snprintf(address, sizeof(address), "unix:%s/a/b/s.sock", root);
    expect_error(address, -ENOENT, address + 5);
    tree_remove(root);
}

static void only_dead_sockets_are_replaced(void **state)
{
    (void)state;
    char root[64], address[128], message[256];
    struct stat status;
    tree_make(root, sizeof(root));
    snprintf(address, sizeof(address), "unix:%s/s.sock", root);
    struct listener first = open_good(address);
    snprintf(message, sizeof(message), "%s: another chokepoint answers on this socket; stop it or", address + 5);
    expect_error(address, -EADDRINUSE, message);
    /* As after a crash: closed, the file still there. */
    assert_int_equal(close(first.fd), 0);
    struct listener second = open_good(address);
    /* Somebody removed the file of a live one and began anew: the live one must not remove that at its end. */
    assert_int_equal(unlink(address + 5), 0);
    struct listener third = open_good(address);
    listener_close(&second);
    assert_int_equal(stat(address + 5, &status), 0);
    listener_close(&third);
    assert_int_equal(stat(address + 5, &status), -1);
    tree_file(root, "s.sock", "%s", "precious");
    snprintf(message, sizeof(message), "%s: File exists; it is not a socket, so it is not replaced", address + 5);
    expect_error(address, -EEXIST, message);
    assert_int_equal(stat(address + 5, &status), 0);
    assert_int_equal(status.st_size, 8);
    tree_remove(root);
}

static void unix_paths_have_a_length(void **state)
{
    (void)state;
    char address[200];
    expect_error("unix:", -EINVAL, "unix:: the path of a socket has 1 to 107 octets");
    memset(address, 'x', sizeof(address));
    memcpy(address, "unix:/", 6);
    address[5 + 108] = '\0';
    expect_error(address, -ENAMETOOLONG, address);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_addresses_are_refused),
        cmocka_unit_test(port_zero_picks_one),
        cmocka_unit_test(any_address_takes_ipv4_too),
        cmocka_unit_test(unix_sockets_have_their_mode_whatever_the_umask),
        cmocka_unit_test(only_dead_sockets_are_replaced),
        cmocka_unit_test(unix_paths_have_a_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
