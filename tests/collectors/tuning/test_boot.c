/* SPDX-License-Identifier: Apache-2.0
 * What a boot would set: the rules of sysctl.d, on trees of files, and against systemd-sysctl itself where it is there.
 */
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>

#include "base/file.h"
#include "collectors/tuning/linux/boot.h"
#include "tests/tree.h"

#define SYSTEMD_SYSCTL "/lib/systemd/systemd-sysctl"

/* The linker's --wrap counts what is listed anew. */
DIR *__real_opendir(const char *path);
DIR *__wrap_opendir(const char *path);

static unsigned directories_opened;

DIR *__wrap_opendir(const char *path)
{
    directories_opened++;
    return __real_opendir(path);
}

static void parse(struct boot_settings *settings, const char *content)
{
    struct text text = TEXT_EMPTY;
    text_string(&text, content);
    assert_int_equal(boot_settings_parse(settings, &text, "file"), 0);
    text_free(&text);
}

static void check_setting(const struct boot_setting *setting, const char *value, const char *file, unsigned line)
{
    if (!value) {
        assert_null(setting);
        return;
    }
    assert_non_null(setting);
    assert_string_equal(setting->value, value);
    assert_string_equal(setting->file, file);
    assert_int_equal(setting->line, line);
}

static void lines_are_read_as_at_boot(void **state)
{
    (void)state;
    struct boot_settings settings = BOOT_SETTINGS_EMPTY;
    parse(&settings, "# net.a.comment = 1\n"
                     "; net.a.semicolon = 1\n"
                     "\n"
                     "  net.a.blanks\t =  1 2\t3  \r\n"
                     "-net.a.dash = 4\n"
                     "- net.a.spaced = 5\n"
                     "net/a/slash = 6\n"
                     "net.a.last = 7\n"
                     "no assignment\n"
                     "net.a.last = 8\n"
                     "net.a.hash = 9 # not a comment\n"
                     "net.a.equals = a=b\n"
                     "net.a.empty =\n"
                     "= 1\n"
                     "net.a.end = 10");
    check_setting(boot_settings_find(&settings, "net/a/comment"), NULL, NULL, 0);
    check_setting(boot_settings_find(&settings, "net/a/semicolon"), NULL, NULL, 0);
    check_setting(boot_settings_find(&settings, "net/a/blanks"), "1 2\t3", "file", 4);
    check_setting(boot_settings_find(&settings, "net/a/dash"), "4", "file", 5);
    check_setting(boot_settings_find(&settings, "net/a/spaced"), "5", "file", 6);
    check_setting(boot_settings_find(&settings, "net/a/slash"), "6", "file", 7);
    check_setting(boot_settings_find(&settings, "net/a/last"), "8", "file", 10);
    check_setting(boot_settings_find(&settings, "net/a/hash"), "9 # not a comment", "file", 11);
    check_setting(boot_settings_find(&settings, "net/a/equals"), "a=b", "file", 12);
    check_setting(boot_settings_find(&settings, "net/a/empty"), "", "file", 13);
    check_setting(boot_settings_find(&settings, "net/a/end"), "10", "file", 15);
    check_setting(boot_settings_find(&settings, ""), NULL, NULL, 0);
    boot_settings_free(&settings);
}

static void globs_set_what_nothing_names_in_full(void **state)
{
    (void)state;
    struct boot_settings settings = BOOT_SETTINGS_EMPTY;
    parse(&settings, "net.ipv4.conf.*.rp_filter = 1\n"
                     "net.ipv4.conf.eth0.rp_filter = 2\n"
                     "-net.ipv4.conf.eth1.rp_filter\n"
                     "net.ipv4.conf.eth[23].rp_filter = 3\n"
                     "net.ipv4.conf.eth3.rp_filter = 4\n"
                     "-net.ipv4.conf.eth3.rp_filter\n"
                     "net.* = 5\n");
    check_setting(boot_settings_find(&settings, "net/ipv4/conf/lo/rp_filter"), "1", "file", 1);
    check_setting(boot_settings_find(&settings, "net/ipv4/conf/eth0/rp_filter"), "2", "file", 2);
    check_setting(boot_settings_find(&settings, "net/ipv4/conf/eth1/rp_filter"), NULL, NULL, 0);
    check_setting(boot_settings_find(&settings, "net/ipv4/conf/eth2/rp_filter"), "3", "file", 4);
    check_setting(boot_settings_find(&settings, "net/ipv4/conf/eth3/rp_filter"), NULL, NULL, 0);
    /* A star stays between two slashes. */
    check_setting(boot_settings_find(&settings, "net/ipv4/conf/a/b/rp_filter"), NULL, NULL, 0);
    check_setting(boot_settings_find(&settings, "net/ipv4/ip_forward"), NULL, NULL, 0);
    check_setting(boot_settings_find(&settings, "net/x"), "5", "file", 7);
    boot_settings_free(&settings);
}

static void the_same_value_again_keeps_its_place(void **state)
{
    (void)state;
    struct boot_settings settings = BOOT_SETTINGS_EMPTY;
    parse(&settings, "net.*.x = 1\nnet.a.* = 2\nnet.*.x = 1\n");
    check_setting(boot_settings_find(&settings, "net/a/x"), "2", "file", 2);
    parse(&settings, "net.*.x = 3\n");
    check_setting(boot_settings_find(&settings, "net/a/x"), "3", "file", 1);
    boot_settings_free(&settings);
}

struct host {
    char root[64];
    struct boot *boot;
};

static int host_begin(void **state)
{
    struct host *host = calloc(1, sizeof(*host));
    tree_make(host->root, sizeof(host->root));
    assert_int_equal(boot_new(host->root, &host->boot), 0);
    *state = host;
    return 0;
}

static int host_end(void **state)
{
    struct host *host = *state;
    boot_free(host->boot);
    tree_remove(host->root);
    free(host);
    return 0;
}

static void check(const struct host *host, const char *path, const char *value, const char *file, unsigned line)
{
    check_setting(boot_find(host->boot, path), value, file, line);
}

/* Each value tells the file that should set it. */
static void make_precedence_tree(const char *root)
{
    tree_file(root, "usr/lib/sysctl.d/10-a.conf", "%s", "net.ipv4.tcp_syn_retries = 1\nnet.ipv4.tcp_retries1 = 1\n");
    tree_file(root, "lib/sysctl.d/10-a.conf", "%s", "net.ipv4.tcp_syn_retries = 9\n");
    tree_file(root, "usr/lib/sysctl.d/50-b.conf", "%s", "net.ipv4.tcp_synack_retries = 2\nnet.ipv4.tcp_retries2 = 9\n");
    tree_file(root, "etc/sysctl.d/50-b.conf", "%s", "net.ipv4.tcp_synack_retries = 3\n");
    tree_file(root, "run/sysctl.d/50-b.conf", "%s", "net.ipv4.tcp_synack_retries = 4\n");
    tree_file(root, "run/sysctl.d/60-c.conf", "%s", "net.ipv4.tcp_fin_timeout = 50\n");
    tree_file(root, "usr/local/lib/sysctl.d/60-c.conf", "%s", "net.ipv4.tcp_fin_timeout = 51\n");
    /* The name decides, not the directory. */
    tree_file(root, "etc/sysctl.d/20-early.conf", "%s", "net.ipv4.tcp_keepalive_time = 100\n");
    tree_file(root, "usr/lib/sysctl.d/90-late.conf", "%s", "net.ipv4.tcp_keepalive_time = 200\n");
    /* Masked, not read, not of this kind. */
    tree_file(root, "usr/lib/sysctl.d/70-masked.conf", "%s", "net.ipv4.tcp_keepalive_probes = 5\n");
    tree_link(root, "etc/sysctl.d/70-masked.conf", "/dev/null");
    tree_file(root, "usr/lib/sysctl.d/71-empty.conf", "%s", "net.ipv4.tcp_keepalive_probes = 6\n");
    tree_file(root, "etc/sysctl.d/71-empty.conf", "%s", "");
    tree_file(root, "usr/lib/sysctl.d/72-dangling.conf", "%s", "net.ipv4.tcp_keepalive_probes = 7\n");
    tree_link(root, "etc/sysctl.d/72-dangling.conf", "../nowhere");
    tree_file(root, "etc/sysctl.d/73-readme", "%s", "net.ipv4.tcp_keepalive_probes = 8\n");
    tree_file(root, "etc/sysctl.d/.74-hidden.conf", "%s", "net.ipv4.tcp_keepalive_probes = 10\n");
    /* Debian's way to have sysctl.conf read at boot. */
    tree_file(root, "etc/sysctl.conf", "%s", "\nnet.ipv4.tcp_orphan_retries = 3\n");
    tree_link(root, "etc/sysctl.d/99-sysctl.conf", "../sysctl.conf");
    /* All spellings at once, and a value for a glob. */
    tree_file(root, "etc/sysctl.d/95-all.conf", "%s",
              "net/ipv4/tcp_keepalive_intvl = 33\n-net.ipv4.tcp_abort_on_overflow = 1\n"
              "net.ipv4.tcp_max_syn_backlo[g] = 777\nnet.ipv4.ip_local_reserved_ports = 10421,10422\n"
              "net.ipv4.tcp_rmem = 0x1000 0400000 4194304\n");
}

static void precedence(void **state)
{
    struct host *host = *state;
    make_precedence_tree(host->root);
    assert_int_equal(boot_refresh(host->boot), 0);
    check(host, "net/ipv4/tcp_syn_retries", "1", "/usr/lib/sysctl.d/10-a.conf", 1);
    check(host, "net/ipv4/tcp_retries1", "1", "/usr/lib/sysctl.d/10-a.conf", 2);
    check(host, "net/ipv4/tcp_synack_retries", "3", "/etc/sysctl.d/50-b.conf", 1);
    check(host, "net/ipv4/tcp_retries2", NULL, NULL, 0);
    check(host, "net/ipv4/tcp_fin_timeout", "50", "/run/sysctl.d/60-c.conf", 1);
    check(host, "net/ipv4/tcp_keepalive_time", "200", "/usr/lib/sysctl.d/90-late.conf", 1);
    check(host, "net/ipv4/tcp_keepalive_probes", NULL, NULL, 0);
    check(host, "net/ipv4/tcp_orphan_retries", "3", "/etc/sysctl.d/99-sysctl.conf", 2);
    check(host, "net/ipv4/tcp_keepalive_intvl", "33", "/etc/sysctl.d/95-all.conf", 1);
    check(host, "net/ipv4/tcp_max_syn_backlog", "777", "/etc/sysctl.d/95-all.conf", 3);
}

static void sysctl_conf_counts_only_where_it_is_linked(void **state)
{
    struct host *host = *state;
    tree_file(host->root, "etc/sysctl.conf", "%s", "net.core.somaxconn = 1\n");
    assert_int_equal(boot_refresh(host->boot), 0);
    check(host, "net/core/somaxconn", NULL, NULL, 0);
    /* Absolute, as some tools make it: meant below the root. */
    tree_link(host->root, "etc/sysctl.d/99-sysctl.conf", "/etc/sysctl.conf");
    assert_int_equal(boot_refresh(host->boot), 0);
    check(host, "net/core/somaxconn", "1", "/etc/sysctl.d/99-sysctl.conf", 1);
}

static void links_in_a_circle_set_nothing(void **state)
{
    struct host *host = *state;
    tree_link(host->root, "etc/sysctl.d/1.conf", "2.conf");
    tree_link(host->root, "etc/sysctl.d/2.conf", "/etc/sysctl.d/1.conf");
    tree_file(host->root, "etc/sysctl.d/3.conf", "%s", "net.core.somaxconn = 1\n");
    assert_int_equal(boot_refresh(host->boot), 0);
    check(host, "net/core/somaxconn", "1", "/etc/sysctl.d/3.conf", 1);
}

static void changes_are_seen(void **state)
{
    struct host *host = *state;
    char path[128];
    assert_int_equal(boot_refresh(host->boot), 0);
    check(host, "net/core/somaxconn", NULL, NULL, 0);
    tree_file(host->root, "etc/sysctl.d/1.conf", "%s", "net.core.somaxconn = 1\n");
    assert_int_equal(boot_refresh(host->boot), 0);
    check(host, "net/core/somaxconn", "1", "/etc/sysctl.d/1.conf", 1);
    /* In place: only the file's own times and size tell. */
    tree_file(host->root, "etc/sysctl.d/1.conf", "%s", "\nnet.core.somaxconn = 22\n");
    assert_int_equal(boot_refresh(host->boot), 0);
    check(host, "net/core/somaxconn", "22", "/etc/sysctl.d/1.conf", 2);
    snprintf(path, sizeof(path), "%s/etc/sysctl.d/1.conf", host->root);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(boot_refresh(host->boot), 0);
    check(host, "net/core/somaxconn", NULL, NULL, 0);
}

static void what_has_not_changed_is_not_read_again(void **state)
{
    struct host *host = *state;
    tree_file(host->root, "etc/sysctl.d/1.conf", "%s", "net.core.somaxconn = 1\n");
    assert_int_equal(boot_refresh(host->boot), 0);
    directories_opened = 0;
    assert_int_equal(boot_refresh(host->boot), 0);
    assert_int_equal(directories_opened, 0);
    check(host, "net/core/somaxconn", "1", "/etc/sysctl.d/1.conf", 1);
    tree_file(host->root, "etc/sysctl.d/2.conf", "%s", "");
    assert_int_equal(boot_refresh(host->boot), 0);
    assert_int_equal(directories_opened, 5);
}

static void an_unreadable_file_is_a_failure_until_it_can_be_read(void **state)
{
    struct host *host = *state;
    char path[128];
    tree_file(host->root, "etc/sysctl.d/1.conf", "%s", "net.core.somaxconn = 1\n");
    snprintf(path, sizeof(path), "%s/etc/sysctl.d/1.conf", host->root);
    assert_int_equal(chmod(host->root, 0755), 0);
    assert_int_equal(chmod(path, 0000), 0);
    bool root = geteuid() == 0;
    assert_int_equal(root ? seteuid(65534) : 0, 0);
    int error = boot_refresh(host->boot), again = boot_refresh(host->boot);
    assert_int_equal(root ? seteuid(0) : 0, 0);
    assert_int_equal(error, -EACCES);
    assert_int_equal(again, -EACCES);
    assert_string_equal(boot_subject(host->boot), "/etc/sysctl.d/1.conf");
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(boot_refresh(host->boot), 0);
    check(host, "net/core/somaxconn", "1", "/etc/sysctl.d/1.conf", 1);
}

static void an_endless_file_is_refused(void **state)
{
    struct host *host = *state;
    char path[128];
    tree_file(host->root, "etc/sysctl.d/1.conf", "%s", "");
    snprintf(path, sizeof(path), "%s/etc/sysctl.d/1.conf", host->root);
    assert_int_equal(truncate(path, 50 << 20), 0);
    assert_int_equal(boot_refresh(host->boot), -EFBIG);
    assert_int_equal(unlink(path), 0);
    /* Nobody ever writes to a FIFO: it must not hang us. */
    assert_int_equal(mkfifo(path, 0644), 0);
    assert_int_equal(boot_refresh(host->boot), 0);
}

static unsigned long next_random(unsigned long *seed)
{
    *seed = *seed * 6364136223846793005ul + 1442695040888963407ul;
    return *seed >> 33;
}

/* Whatever the bytes are: no crash, and what is found was assigned: its value stands in the text. */
static void random_files_do_no_harm(void **state)
{
    (void)state;
    static const char *const pieces[] = {"net",      "ipv4", ".",   "/",  "*",     "[",    "]",
                                         "?",        "=",    " = ", "-",  "\n",    "\n",   "\r",
                                         "#",        ";",    " ",   "1",  "22",    "\xff", "",
                                         "tcp_rmem", "//",   "..",  "\\", "{a,b}", "!",    "net.ipv4.tcp_rmem = 1\n"};
    unsigned long seed = 20240607;
    for (unsigned round = 0; round < 20000; round++) {
        struct boot_settings settings = BOOT_SETTINGS_EMPTY;
        struct text text = TEXT_EMPTY;
        unsigned long count = next_random(&seed) % 60;
        for (unsigned long i = 0; i < count; i++) {
            unsigned long piece = next_random(&seed) % (sizeof(pieces) / sizeof(pieces[0]) + 1);
            if (piece == 0)
                text_append(&text, "\0", 1);
            else
                text_string(&text, pieces[piece - 1]);
        }
        text_string(&text, "\nnet.core.somaxconn = 4711");
        assert_int_equal(boot_settings_parse(&settings, &text, "x"), 0);
        (void)boot_settings_find(&settings, "net/ipv4/tcp_rmem");
        const struct boot_setting *setting = boot_settings_find(&settings, "net/core/somaxconn");
        assert_non_null(setting);
        assert_string_equal(setting->value, "4711");
        boot_settings_free(&settings);
        text_free(&text);
    }
}

static void a_large_file_takes_no_longer_than_its_size(void **state)
{
    (void)state;
    struct boot_settings settings = BOOT_SETTINGS_EMPTY;
    struct text text = TEXT_EMPTY;
    for (unsigned i = 0; text.length < 1 << 20; i++)
        text_format(&text, "a.b%u=%u\n", i, i);
    clock_t start = clock();
    assert_int_equal(boot_settings_parse(&settings, &text, "x"), 0);
    assert_true(clock() - start < 2 * CLOCKS_PER_SEC);
    check_setting(boot_settings_find(&settings, "a/b4711"), "4711", "x", 4712);
    boot_settings_free(&settings);
    text_free(&text);
}

/* In a child with namespaces of its own: puts the tree in the place of the real files, runs systemd-sysctl and writes
 * down what came of it. Exits 0 if it could, 1 if not. Nothing is made outside of the namespaces and the tree. */
static void boot_like_systemd(const char *root)
{
    char command[2048];
    if (unshare(CLONE_NEWNS | CLONE_NEWNET) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        _exit(1);
    snprintf(command, sizeof(command),
             "set -e; cd '%s'; bind() { mount --bind \"$PWD$1\" \"$1\"; }; "
             "bind /etc/sysctl.d; bind /etc/sysctl.conf; bind /usr/lib/sysctl.d; "
             "for d in /run /usr/local/lib; do mount -t tmpfs none $d; mkdir $d/sysctl.d; bind $d/sysctl.d; "
             "done; " SYSTEMD_SYSCTL " --prefix=/net/ipv4; "
             "out=$PWD/result; cd /proc/sys; "
             "for f in net/ipv4/tcp_* net/ipv4/ip_local_reserved_ports; do echo \"$f $(cat $f 2>&1)\"; done > $out",
             root);
    _exit(system(command) == 0 ? 0 : 1);
}

static void check_result(struct host *host, const char *path, const char *value, unsigned *found)
{
    static const char *const reworded[][2] = {{"0x1000 0400000 4194304", "4096\t131072\t4194304"},
                                              {"10421,10422", "10421-10422"}};
    const struct boot_setting *setting = boot_find(host->boot, path);
    if (!setting)
        return;
    const char *expected = setting->value;
    for (size_t i = 0; i < 2; i++)
        if (strcmp(expected, reworded[i][0]) == 0)
            expected = reworded[i][1];
    if (strcmp(value, expected) != 0)
        fail_msg("%s: systemd-sysctl set %s, we expected %s", path, value, expected);
    ++*found;
}

static void systemd_itself_agrees(void **state)
{
    struct host *host = *state;
    char path[128];
    struct text text = TEXT_EMPTY;
    make_precedence_tree(host->root);
    /* Merged or not, /lib is often a link to /usr/lib: the tree must look the same either way. */
    snprintf(path, sizeof(path), "%s/lib/sysctl.d/10-a.conf", host->root);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(strcat(strcpy(path, host->root), "/lib/sysctl.d")), 0);
    assert_int_equal(rmdir(strcat(strcpy(path, host->root), "/lib")), 0);
    tree_link(host->root, "lib", "usr/lib");
    if (geteuid() != 0 || access(SYSTEMD_SYSCTL, X_OK) < 0)
        skip();
    pid_t child = fork();
    int status;
    if (child == 0)
        boot_like_systemd(host->root);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (status != 0)
        skip(); /* no right to namespaces or mounts */
    assert_int_equal(boot_refresh(host->boot), 0);
    snprintf(path, sizeof(path), "%s/result", host->root);
    assert_int_equal(file_read(path, 1 << 20, &text), 0);
    char *rest = text.data;
    unsigned found = 0;
    for (char *line; (line = strsep(&rest, "\n")) != NULL && *line;) {
        char *value = strchr(line, ' ');
        *value++ = '\0';
        check_result(host, line, value, &found);
        if (strcmp(line, "net/ipv4/tcp_keepalive_probes") == 0)
            assert_string_equal(value, "9");
        if (strcmp(line, "net/ipv4/tcp_retries2") == 0)
            assert_string_equal(value, "15");
    }
    assert_int_equal(found, 11);
    text_free(&text);
}

int main(void)
{
#define ON_HOST(test) cmocka_unit_test_setup_teardown(test, host_begin, host_end)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_read_as_at_boot),
        cmocka_unit_test(globs_set_what_nothing_names_in_full),
        cmocka_unit_test(the_same_value_again_keeps_its_place),
        ON_HOST(precedence),
        ON_HOST(sysctl_conf_counts_only_where_it_is_linked),
        ON_HOST(links_in_a_circle_set_nothing),
        ON_HOST(changes_are_seen),
        ON_HOST(what_has_not_changed_is_not_read_again),
        ON_HOST(an_unreadable_file_is_a_failure_until_it_can_be_read),
        ON_HOST(an_endless_file_is_refused),
        cmocka_unit_test(random_files_do_no_harm),
        cmocka_unit_test(a_large_file_takes_no_longer_than_its_size),
        ON_HOST(systemd_itself_agrees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
