/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "exporter/renderer.h"
#include "snapshot/builder.h"
#include "snapshot/tables/tuning.h"
#include "tests/cmocka.h"
#include "tests/failing_memory.h"

struct world {
    struct snapshot_store *store;
    struct renderer *renderer;
    atomic_bool stop;
    atomic_uint rendered;
};

/* One more sample; its rows carry its number, so that a mix of two shows. */
static void publish(struct world *world, unsigned number)
{
    const struct builder_settings settings = {.interval = INT64_C(5000000000), .hold = BUILDER_HOLD};
    struct snapshot *previous = snapshot_store_newest(world->store), *snapshot = NULL;
    struct builder *builder = NULL;
    char key[32];
    assert_int_equal(builder_new(&settings, previous, &builder), 0);
    for (unsigned i = 0; i < 50; i++) {
        snprintf(key, sizeof(key), "key.%u", i);
        builder_row(builder, &table_tuning);
        builder_number(builder, TUNING_SOURCE, TUNING_SYSCTL);
        builder_text(builder, TUNING_KEY, key);
        builder_real(builder, TUNING_VALUE, 1000000 + number);
    }
    assert_int_equal(builder_finish(builder, &snapshot), 0);
    builder_free(builder);
    snapshot_release(previous);
    snapshot_store_publish(world->store, snapshot);
}

static void set_up(struct world *world)
{
    memset(world, 0, sizeof(*world));
    assert_int_equal(snapshot_store_new(&world->store), 0);
    assert_int_equal(renderer_new(world->store, &world->renderer), 0);
}

static void tear_down(struct world *world)
{
    renderer_free(world->renderer);
    snapshot_store_free(world->store);
}

static char *gunzip(const struct rendering *rendering, size_t *ret_length)
{
    size_t size = 1 << 20;
    char *plain = calloc(1, size);
    z_stream stream = {.next_in = (Bytef *)rendering->bytes,
                       .avail_in = (uInt)rendering->length,
                       .next_out = (Bytef *)plain,
                       .avail_out = (uInt)size};
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    *ret_length = stream.total_out;
    inflateEnd(&stream);
    return plain;
}

static void nothing_before_the_first_sample(void **state)
{
    (void)state;
    struct world world;
    const struct rendering *rendering = NULL;
    set_up(&world);
    for (unsigned format = 0; format < FORMAT_COUNT; format++)
        assert_int_equal(renderer_get(world.renderer, format, format % 2, &rendering), -EAGAIN);
    assert_null(rendering);
    tear_down(&world);
    renderer_free(NULL);
    rendering_release(NULL);
}

static void gzip_is_the_same_text(void **state)
{
    (void)state;
    static const char *const types[FORMAT_COUNT] = {"text/plain; version=0.0.4; charset=utf-8",
                                                    "application/openmetrics-text; version=1.0.0; charset=utf-8",
                                                    "application/json",
                                                    "text/html; charset=utf-8",
                                                    "text/plain; charset=utf-8",
                                                    "text/plain; charset=utf-8",
                                                    "text/plain; charset=utf-8",
                                                    "text/plain; charset=utf-8",
                                                    "text/plain; charset=utf-8"};
    struct world world;
    set_up(&world);
    publish(&world, 1);
    for (unsigned format = 0; format < FORMAT_COUNT; format++) {
        const struct rendering *plain, *packed;
        size_t length;
        assert_int_equal(renderer_get(world.renderer, format, true, &packed), 0);
        assert_int_equal(renderer_get(world.renderer, format, false, &plain), 0);
        assert_string_equal(plain->content_type, types[format]);
        assert_string_equal(packed->content_type, types[format]);
        char *text = gunzip(packed, &length);
        assert_int_equal(length, plain->length);
        assert_memory_equal(text, plain->bytes, length);
        /* A report of nothing is too short to get shorter. */
        assert_true(format >= FORMAT_CHECK_TEXT || packed->length < plain->length);
        free(text);
        rendering_release(plain);
        rendering_release(packed);
    }
    tear_down(&world);
}

static void one_snapshot_is_rendered_once(void **state)
{
    (void)state;
    struct world world;
    const struct rendering *first, *second, *packed, *packed_again, *later, *other;
    set_up(&world);
    publish(&world, 1);
    assert_int_equal(renderer_get(world.renderer, FORMAT_JSON, false, &first), 0);
    assert_int_equal(renderer_get(world.renderer, FORMAT_JSON, false, &second), 0);
    assert_int_equal(renderer_get(world.renderer, FORMAT_JSON, true, &packed), 0);
    assert_int_equal(renderer_get(world.renderer, FORMAT_JSON, true, &packed_again), 0);
    assert_ptr_equal(first, second);
    assert_ptr_equal(packed, packed_again);
    publish(&world, 2);
    assert_int_equal(renderer_get(world.renderer, FORMAT_JSON, false, &later), 0);
    assert_ptr_not_equal(first, later);
    assert_non_null(strstr(later->bytes, "1000002"));
    assert_null(strstr(later->bytes, "1000001"));
    /* A new snapshot in one format drops the old ones of the others; what was handed out stays. */
    assert_int_equal(renderer_get(world.renderer, FORMAT_STATUS, false, &other), 0);
    tear_down(&world);
    assert_non_null(strstr(first->bytes, "1000001"));
    rendering_release(first);
    rendering_release(second);
    rendering_release(packed);
    rendering_release(packed_again);
    rendering_release(later);
    rendering_release(other);
}

static void *read_always(void *context)
{
    struct world *world = context;
    for (unsigned i = 0; !atomic_load(&world->stop); i++) {
        const struct rendering *rendering;
        assert_int_equal(renderer_get(world->renderer, i % FORMAT_COUNT, i % 3 == 0, &rendering), 0);
        if (i % 3 != 0 && i % FORMAT_COUNT <= FORMAT_JSON) {
            /* All rows are of one snapshot. */
            const char *number = strstr(rendering->bytes, "100000");
            char wanted[8] = {0};
            assert_non_null(number);
            memcpy(wanted, number, 7);
            unsigned count = 0;
            for (const char *at = rendering->bytes; (at = strstr(at, wanted)) != NULL; at += 7)
                count++;
            assert_true(count >= 50);
        }
        rendering_release(rendering);
        atomic_fetch_add(&world->rendered, 1);
    }
    return NULL;
}

static void threads_share_while_samples_come(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    struct world world;
    set_up(&world);
    publish(&world, 1);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_always, &world), 0);
    for (unsigned number = 2; number < 10; number++) {
        unsigned before = atomic_load(&world.rendered);
        publish(&world, number);
        while (atomic_load(&world.rendered) < before + 50)
            sched_yield();
    }
    atomic_store(&world.stop, true);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    tear_down(&world);
}

/* Allocation number at fails; then it must work. Tells whether one failed. */
static bool try(unsigned format, bool gzip, unsigned long at)
{
    struct world world;
    const struct rendering *rendering = NULL;
    set_up(&world);
    publish(&world, 1);
    failing_memory_arm(at);
    int error = renderer_get(world.renderer, format, gzip, &rendering);
    bool failed = failing_memory_disarm();
    assert_int_equal(error, failed ? -ENOMEM : 0);
    assert_true((rendering != NULL) == (error == 0));
    rendering_release(rendering);
    assert_int_equal(renderer_get(world.renderer, format, gzip, &rendering), 0);
    rendering_release(rendering);
    tear_down(&world);
    return failed;
}

static void memory_may_be_short(void **state)
{
    (void)state;
    for (unsigned format = 0; format < FORMAT_COUNT; format++) {
        for (int gzip = 0; gzip < 2; gzip++) {
            unsigned long at = 1;
            while (try(format, gzip, at))
                at++;
            assert_true(at > 2);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_before_the_first_sample),
        cmocka_unit_test(gzip_is_the_same_text),
        cmocka_unit_test(one_snapshot_is_rendered_once),
        cmocka_unit_test(threads_share_while_samples_come),
        cmocka_unit_test(memory_may_be_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
