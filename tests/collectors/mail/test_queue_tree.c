/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <time.h>

#include "collectors/mail/directory.h"
#include "collectors/mail/queue_tree.h"
#include "collectors/mail/servers/postfix/queue_file.h"
#include "collectors/mail/servers/postfix/queue_id.h"
#include "tests/collectors/mail/spool_fixture.h"

/* The linker puts these in front of the real ones. */
ssize_t __real_getdents64(int fd, void *buffer, size_t size);
ssize_t __wrap_getdents64(int fd, void *buffer, size_t size);
int __real_statx(int fd, const char *path, int flags, unsigned mask, struct statx *status);
int __wrap_statx(int fd, const char *path, int flags, unsigned mask, struct statx *status);

static unsigned reads;
static unsigned questions;
static void (*during_read)(void); /* called once after the next reading of names */
static bool no_birth_times;
static bool types_unknown;

ssize_t __wrap_getdents64(int fd, void *buffer, size_t size)
{
    reads++;
    ssize_t length = __real_getdents64(fd, buffer, size);
    for (ssize_t at = 0; types_unknown && at < length;) {
        struct dirent64 *entry = (struct dirent64 *)((char *)buffer + at);
        entry->d_type = DT_UNKNOWN;
        at += entry->d_reclen;
    }
    if (during_read && length > 0) {
        void (*once)(void) = during_read;
        during_read = NULL;
        once();
    }
    return length;
}

int __wrap_statx(int fd, const char *path, int flags, unsigned mask, struct statx *status)
{
    questions++;
    int result = __real_statx(fd, path, flags, mask, status);
    if (no_birth_times)
        status->stx_mask &= ~STATX_BTIME;
    return result;
}

static enum arrival_method message_name(const void *context, const char *name, size_t length, int64_t *ret_arrival)
{
    (void)context;
    return queue_id_arrival(name, length, ret_arrival);
}

static const struct queue_format format = {
    .name = message_name, .file = queue_file_arrival, .lasting_arrivals = true, .subdirectory = 1, .retry_times = true};

/* The queue "deferred" of a fixture. */
struct queue {
    struct fixture *fixture;
    struct queue_tree *tree;
    int parent;
    char buffer[DIRECTORY_BUFFER_SIZE] __attribute__((aligned(16)));
    struct queue_workspace workspace;
    struct pace pace;
};

static struct queue *the_queue;

static int begin(void **state)
{
    if (fixture_begin(state))
        return -1;
    struct queue *queue = calloc(1, sizeof(*queue));
    queue->fixture = *state;
    *state = queue;
    the_queue = queue;
    queue->workspace.buffer = queue->buffer;
    pace_init(&queue->pace);
    fixture_directory(queue->fixture, "deferred");
    queue->parent = open(queue->fixture->root, O_PATH | O_DIRECTORY);
    reads = 0;
    questions = 0;
    during_read = NULL;
    no_birth_times = false;
    types_unknown = false;
    return queue_tree_new(&format, NULL, "deferred", &queue->tree);
}

static int end(void **state)
{
    struct queue *queue = *state;
    queue_tree_free(queue->tree);
    close(queue->parent);
    *state = queue->fixture;
    free(queue);
    return fixture_end(state);
}

/* Only the agent's clock is a fake one. A file system that stamps by the tick, as tmpfs does, must be a tick further on
 * before the next change to a directory. */
static void let_a_tick_pass(void)
{
    const struct timespec tick = {.tv_nsec = 20 * CLOCK_MILLISECOND};
    (void)nanosleep(&tick, NULL);
}

static int scan(struct queue *queue)
{
    fake_clock_advance(5 * CLOCK_SECOND);
    let_a_tick_pass();
    return queue_tree_scan(queue->tree, queue->parent, &queue->workspace, clock_wall(), INT64_MAX);
}

static int scan_files(struct queue *queue)
{
    pace_begin(&queue->pace, INT64_MAX);
    int error = queue_tree_scan_files(queue->tree, queue->parent, &queue->workspace, clock_wall(), &queue->pace);
    pace_end(&queue->pace);
    return error;
}

static struct queue_totals totals(struct queue *queue)
{
    struct queue_totals found;
    queue_tree_totals(queue->tree, clock_wall(), &found);
    return found;
}

static uint64_t messages(struct queue *queue)
{
    assert_int_equal(scan(queue), 0);
    return totals(queue).messages;
}

static void check_failed(struct queue *queue, int error, const char *where)
{
    char path[64];
    assert_int_equal(scan(queue), error);
    queue_tree_failed(queue->tree, path, sizeof(path));
    assert_string_equal(path, where);
}

static void shards_are_added_up(void **state)
{
    struct queue *queue = *state;
    int64_t now = clock_wall() / CLOCK_SECOND;
    fixture_directory(queue->fixture, "deferred/0/A/B/C");
    fixture_directory(queue->fixture, "deferred/F");
    fixture_message(queue->fixture, "deferred", now - 10, 1);
    fixture_message(queue->fixture, "deferred/0", now - 400, 2);
    fixture_message(queue->fixture, "deferred/0/A/B/C", now - 4000, 3);
    fixture_message(queue->fixture, "deferred/F", now - 300000, 4);
    assert_int_equal(messages(queue), 4);
    struct queue_totals found = totals(queue);
    assert_int_equal(found.oldest, (now - 300000) * CLOCK_SECOND + 4000);
    static const uint64_t aged[QUEUE_AGES] = {3, 2, 1, 1, 1};
    assert_memory_equal(found.aged, aged, sizeof(aged));
    assert_int_equal(found.methods, 1u << ARRIVAL_NAME);
}

static void ages_grow_without_another_reading(void **state)
{
    struct queue *queue = *state;
    int64_t now = clock_wall() / CLOCK_SECOND;
    fixture_message(queue->fixture, "deferred", now - 10, 1);
    assert_int_equal(messages(queue), 1);
    unsigned before = reads;
    for (unsigned i = 0; i < 20; i++) {
        fake_clock_advance(3 * 3600 * CLOCK_SECOND);
        assert_int_equal(messages(queue), 1);
        assert_int_equal(totals(queue).aged[2], i >= 1);
        assert_int_equal(totals(queue).aged[3], i >= 7);
    }
    assert_int_equal(reads, before);
}

static void every_change_is_seen(void **state)
{
    struct queue *queue = *state;
    struct fixture *fixture = queue->fixture;
    int64_t now = clock_wall() / CLOCK_SECOND;
    char old[32];
    char from[128];
    char to[128];
    fixture_directory(fixture, "deferred/0");
    fixture_directory(fixture, "deferred/1");
    fixture_message(fixture, "deferred/0", now - 500, 1);
    fixture_message(fixture, "deferred/1", now - 100, 2);
    assert_int_equal(messages(queue), 2);

    fixture_message(fixture, "deferred/1", now - 50, 3);
    assert_int_equal(messages(queue), 3);

    fixture_long_id(old, now - 500, 1, 1001);
    snprintf(from, sizeof(from), "%s/deferred/0/%s", fixture->root, old);
    snprintf(to, sizeof(to), "%s/deferred/1/%s", fixture->root, old);
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(messages(queue), 3);
    assert_int_equal(totals(queue).oldest / CLOCK_SECOND, now - 500);

    assert_int_equal(unlink(to), 0);
    assert_int_equal(messages(queue), 2);
    assert_int_equal(totals(queue).oldest / CLOCK_SECOND, now - 100);

    fixture_directory(fixture, "deferred/2");
    fixture_message(fixture, "deferred/2", now - 900, 4);
    assert_int_equal(messages(queue), 3);

    /* Another directory under the same name. */
    snprintf(from, sizeof(from), "%s/deferred/1", fixture->root);
    snprintf(to, sizeof(to), "%s/gone", fixture->root);
    assert_int_equal(rename(from, to), 0);
    fixture_directory(fixture, "deferred/1");
    assert_int_equal(messages(queue), 1);
    assert_int_equal(rmdir(fixture_path(fixture, "deferred/1")), 0);
    assert_int_equal(messages(queue), 1);
}

/* The stamp of a directory may be as coarse as a clock tick: what was read within a second of it is read again. */
static void a_fresh_stamp_is_not_trusted(void **state)
{
    struct queue *queue = *state;
    fixture_message(queue->fixture, "deferred", 1000000, 1);
    fixture_set_clock((int64_t)time(NULL) - 5);
    assert_int_equal(messages(queue), 1);
    unsigned before = reads;
    assert_int_equal(messages(queue), 1);
    assert_true(reads > before);
}

static void only_regular_files_with_queue_ids_count(void **state)
{
    struct queue *queue = *state;
    struct fixture *fixture = queue->fixture;
    char id[32];
    char below[128];
    int64_t now = clock_wall() / CLOCK_SECOND;
    fixture_file(fixture, "deferred/3E5B6.1A2C7", "temporary");
    fixture_file(fixture, "deferred/.nfs0001", "");
    fixture_file(fixture, "deferred/\xff\xfe\n\"", "");
    fixture_file(fixture, "deferred/A", "a file, not a shard");
    fixture_directory(fixture, "deferred/ABCDEF0123");
    assert_int_equal(symlink("..", fixture_path(fixture, "deferred/B")), 0);
    assert_int_equal(mkfifo(fixture_path(fixture, "deferred/3E5B61A2C7"), 0600), 0);
    snprintf(below, sizeof(below), "deferred/%s", fixture_long_id(id, now - 10, 1, 5));
    assert_int_equal(symlink("/etc/passwd", fixture_path(fixture, below)), 0);
    snprintf(below, sizeof(below), "deferred/%s", fixture_long_id(id, now - 20, 1, 6));
    assert_int_equal(mknod(fixture_path(fixture, below), S_IFSOCK | 0600, 0), 0);
    fixture_message(fixture, "deferred", now - 30, 7);
    assert_int_equal(messages(queue), 1);
    assert_int_equal(scan_files(queue), 0);
    assert_int_equal(totals(queue).bytes, 10);

    types_unknown = true;
    fixture_directory(fixture, "deferred/C");
    fixture_message(fixture, "deferred/C", now - 40, 8);
    assert_int_equal(messages(queue), 2);
}

static void short_ids_take_the_birth_time(void **state)
{
    struct queue *queue = *state;
    int64_t now = time(NULL);
    fixture_file(queue->fixture, "deferred/3E5B61A2C7", "x");
    fixture_touch(queue->fixture, "deferred/3E5B61A2C7", now + 3600);
    assert_int_equal(messages(queue), 1);
    struct queue_totals found = totals(queue);
    assert_int_equal(found.methods, 1u << ARRIVAL_BIRTH_TIME);
    assert_in_range(found.oldest / CLOCK_SECOND, now - 2, now + 2);
}

/* The file with this number, under a short id. */
static const char *short_name(unsigned number)
{
    static char below[64];
    snprintf(below, sizeof(below), "deferred/%05X%X", number * 7919 % 0xFFFFF, 0x1A000 + number);
    return below;
}

static void only_new_short_ids_are_asked_about(void **state)
{
    struct queue *queue = *state;
    enum { FILES = 500 };
    for (unsigned i = 0; i < FILES; i++)
        fixture_file(queue->fixture, short_name(i), "x");
    assert_int_equal(messages(queue), FILES);
    assert_int_equal(questions, FILES);
    int64_t oldest = totals(queue).oldest;
    for (unsigned i = 0; i < 10; i++) {
        fixture_unlink(queue->fixture, short_name(i * 17));
        fixture_file(queue->fixture, short_name(FILES + i), "x");
        assert_int_equal(messages(queue), FILES);
        assert_int_equal(questions, FILES + i + 1);
        assert_in_range(totals(queue).oldest, oldest, oldest + 2 * CLOCK_SECOND);
        assert_int_equal(totals(queue).methods, 1u << ARRIVAL_BIRTH_TIME);
    }
    /* Most of them leave at once: those that stay are asked again at worst. */
    for (unsigned i = 200; i < 490; i++)
        fixture_unlink(queue->fixture, short_name(i));
    uint64_t left = messages(queue);
    assert_int_equal(totals(queue).dated, left);
    assert_in_range(questions, FILES + 10, FILES + 10 + left);
}

/* Without birth times the record of the arrival serves, and never the modification time: it is the next retry. */
static void without_birth_times_the_record_serves(void **state)
{
    struct queue *queue = *state;
    no_birth_times = true;
    fixture_file(queue->fixture, "deferred/3E5B61A2C7",
                 "C\005 1 2 T\021"
                 "1700000000 584213S\003a@bM\002hi");
    fixture_file(queue->fixture, "deferred/3E5B61A2C8", "nothing of the kind");
    assert_int_equal(messages(queue), 2);
    struct queue_totals found = totals(queue);
    assert_int_equal(found.methods, 1u << ARRIVAL_RECORD | 1u << ARRIVAL_UNKNOWN);
    assert_int_equal(found.dated, 1);
    assert_int_equal(found.oldest, 1700000000 * CLOCK_SECOND);
}

static void remove_shard(void)
{
    assert_int_equal(rmdir(fixture_path(the_queue->fixture, "deferred/0")), 0);
}

static void replace_shard_by_link(void)
{
    remove_shard();
    assert_int_equal(symlink("1", fixture_path(the_queue->fixture, "deferred/0")), 0);
}

static void remove_queue(void)
{
    remove_shard();
    assert_int_equal(rmdir(fixture_path(the_queue->fixture, "deferred")), 0);
}

static void what_vanishes_is_looked_for_once_more(void **state)
{
    struct queue *queue = *state;
    fixture_directory(queue->fixture, "deferred/0");
    during_read = remove_shard;
    assert_int_equal(messages(queue), 0);
    fixture_directory(queue->fixture, "deferred/0");
    during_read = replace_shard_by_link;
    assert_int_equal(messages(queue), 0);
    assert_null(during_read);
    assert_int_equal(unlink(fixture_path(queue->fixture, "deferred/0")), 0);
    fixture_directory(queue->fixture, "deferred/0");
    during_read = remove_queue;
    check_failed(queue, -ENOENT, "deferred");
    check_failed(queue, -ENOENT, "deferred");
    fixture_directory(queue->fixture, "deferred");
    assert_int_equal(messages(queue), 0);
}

static void what_is_too_deep_is_an_error(void **state)
{
    struct queue *queue = *state;
    fixture_directory(queue->fixture, "deferred/0/1/2/3/4");
    check_failed(queue, -EOVERFLOW, "deferred/0/1/2/3");
}

static void a_link_in_place_of_a_queue_is_an_error(void **state)
{
    struct queue *queue = *state;
    assert_int_equal(rmdir(fixture_path(queue->fixture, "deferred")), 0);
    assert_int_equal(symlink("/tmp", fixture_path(queue->fixture, "deferred")), 0);
    check_failed(queue, -ENOTDIR, "deferred");
}

static void sizes_and_retries_are_measured_when_needed(void **state)
{
    struct queue *queue = *state;
    struct fixture *fixture = queue->fixture;
    int64_t now = clock_wall() / CLOCK_SECOND;
    fixture_file(fixture, "deferred/3E5B61A2C7", "12345");
    fixture_touch(fixture, "deferred/3E5B61A2C7", now - 100);
    fixture_file(fixture, "deferred/3E5B61A2C8", "1234567");
    fixture_touch(fixture, "deferred/3E5B61A2C8", now + 1000);
    assert_int_equal(scan(queue), 0);
    assert_false(totals(queue).files_known);
    assert_int_equal(scan_files(queue), 0);
    assert_true(totals(queue).files_known);
    assert_int_equal(totals(queue).bytes, 12);
    assert_int_equal(totals(queue).due, 1);

    unsigned before = reads;
    fake_clock_advance(1000 * CLOCK_SECOND);
    assert_int_equal(scan(queue), 0);
    assert_int_equal(scan_files(queue), 0);
    assert_int_equal(totals(queue).due, 2);
    assert_int_equal(reads, before);

    fixture_unlink(fixture, "deferred/3E5B61A2C7");
    assert_int_equal(scan(queue), 0);
    assert_int_equal(scan_files(queue), 0);
    assert_int_equal(totals(queue).bytes, 7);
    assert_int_equal(totals(queue).due, 1);
}

static void large_directories_are_measured_once_a_minute(void **state)
{
    struct queue *queue = *state;
    for (unsigned i = 0; i < 300; i++)
        fixture_message(queue->fixture, "deferred", 1700000000, i);
    assert_int_equal(messages(queue), 300);
    /* Not in the sample that has just read so many names. */
    assert_int_equal(scan_files(queue), 0);
    assert_false(totals(queue).files_known);
    fake_clock_advance(5 * CLOCK_SECOND);
    assert_int_equal(scan_files(queue), 0);
    assert_int_equal(totals(queue).bytes, 3000);
    fixture_message(queue->fixture, "deferred", 1700000000, 300);
    assert_int_equal(messages(queue), 301);
    assert_int_equal(scan_files(queue), 0);
    assert_int_equal(totals(queue).bytes, 3000);
    fake_clock_advance(PACE_PERIOD);
    assert_int_equal(scan_files(queue), 0);
    assert_int_equal(totals(queue).bytes, 3010);
}

static void without_time_sizes_stay_unknown(void **state)
{
    struct queue *queue = *state;
    fixture_message(queue->fixture, "deferred", 1700000000, 1);
    assert_int_equal(messages(queue), 1);
    queue->pace.allowance = -PACE_BUDGET;
    assert_int_equal(scan_files(queue), 0);
    assert_false(totals(queue).files_known);
    /* It ran out of time half way through. */
    queue->pace.slice_end = INT64_MAX;
    queue->pace.hard_end = clock_monotonic();
    assert_int_equal(queue_tree_scan_files(queue->tree, queue->parent, &queue->workspace, clock_wall(), &queue->pace),
                     0);
    assert_false(totals(queue).files_known);
    fake_clock_advance(PACE_PERIOD);
    assert_int_equal(scan_files(queue), 0);
    assert_true(totals(queue).files_known);
}

static void a_deadline_leaves_no_half_count(void **state)
{
    struct queue *queue = *state;
    fixture_message(queue->fixture, "deferred", 1700000000, 1);
    assert_int_equal(messages(queue), 1);
    fixture_message(queue->fixture, "deferred", 1700000000, 2);
    assert_int_equal(queue_tree_scan(queue->tree, queue->parent, &queue->workspace, clock_wall(), clock_monotonic()),
                     -ETIME);
    assert_int_equal(messages(queue), 2);
}

#define TREE_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TREE_TEST(shards_are_added_up),
        TREE_TEST(ages_grow_without_another_reading),
        TREE_TEST(every_change_is_seen),
        TREE_TEST(a_fresh_stamp_is_not_trusted),
        TREE_TEST(only_regular_files_with_queue_ids_count),
        TREE_TEST(short_ids_take_the_birth_time),
        TREE_TEST(only_new_short_ids_are_asked_about),
        TREE_TEST(without_birth_times_the_record_serves),
        TREE_TEST(what_vanishes_is_looked_for_once_more),
        TREE_TEST(what_is_too_deep_is_an_error),
        TREE_TEST(a_link_in_place_of_a_queue_is_an_error),
        TREE_TEST(sizes_and_retries_are_measured_when_needed),
        TREE_TEST(large_directories_are_measured_once_a_minute),
        TREE_TEST(without_time_sizes_stay_unknown),
        TREE_TEST(a_deadline_leaves_no_half_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
