/* SPDX-License-Identifier: Apache-2.0
 * What findings about queues learn from the messages themselves: one destination that throttles us, or holds up all. */
#include <string.h>

#include "analysis/findings/next_hop.h"
#include "snapshot/tables/mail_destinations.h"
#include "snapshot/tables/mail_queues.h"
#include "tests/analysis/findings_scene.h"
#include "tests/cmocka.h"

static void put_destination(struct builder *builder, const char *domain, const char *dsn, unsigned messages,
                            const char *reason)
{
    builder_row(builder, &table_mail_destinations);
    builder_number(builder, MAIL_DESTINATIONS_MTA, MAIL_POSTFIX);
    builder_text(builder, MAIL_DESTINATIONS_SERVER, "main");
    builder_text(builder, MAIL_DESTINATIONS_QUEUE, "deferred");
    builder_text(builder, MAIL_DESTINATIONS_DOMAIN, domain);
    builder_text(builder, MAIL_DESTINATIONS_DSN, dsn);
    builder_number(builder, MAIL_DESTINATIONS_MESSAGES, messages);
    builder_text(builder, MAIL_DESTINATIONS_REASON, reason);
}

static void put_queue(struct builder *builder, unsigned messages, unsigned over_1h)
{
    builder_row(builder, &table_mail_queues);
    builder_number(builder, MAIL_QUEUES_MTA, MAIL_POSTFIX);
    builder_text(builder, MAIL_QUEUES_SERVER, "main");
    builder_text(builder, MAIL_QUEUES_QUEUE, "deferred");
    builder_number(builder, MAIL_QUEUES_MESSAGES, messages);
    builder_real(builder, MAIL_QUEUES_OLDEST_AGE, 86400);
    builder_number(builder, MAIL_QUEUES_OVER_1H, over_1h);
}

static void put_throttled(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_destination(builder, "example.com", "4.3.2",
                    state == SCENE_BAD       ? 240
                    : state == SCENE_BETWEEN ? 12
                                             : 3,
                    "host mx.example.com refused to talk to me: 421 4.3.2 too many connections");
    put_destination(builder, "grey.example", "4.7.1", 200, "450 4.7.1 Greylisted, come back later");
}

/* Greylisted by many, refused by some, unread: nobody throttles us. */
static void put_grey(struct builder *builder, enum scene_state state, double seconds)
{
    (void)state;
    (void)seconds;
    put_queue(builder, 700, 40);
    put_destination(builder, "grey.example", "4.7.1", 300, "450 4.7.1 Greylisted, come back later");
    put_destination(builder, "other.example", "4.7.0", 300, "450 4.7.0 Try again in ten minutes");
    put_destination(builder, "gone.example", "4.4.1", 60, "connect to gone.example: Connection timed out");
    put_destination(builder, "unknown", NULL, 40, NULL);
}

/* Enough wait for long, and do not become more. Good: for many domains, and many are not read yet. */
static void put_held_up(struct builder *builder, enum scene_state state, double seconds)
{
    char domain[] = "a.example";
    (void)seconds;
    put_queue(builder, state == SCENE_GOOD ? 90 : 400, state == SCENE_GOOD ? 40 : 300);
    put_destination(builder, "down.example", "4.4.1", state == SCENE_BAD ? 200 : 20, "Connection timed out");
    put_destination(builder, "down.example", "4.4.3", state == SCENE_BAD ? 60 : 0, "Host not found");
    put_destination(builder, "unknown", NULL, 300, NULL);
    for (; domain[0] < 'h'; domain[0]++)
        put_destination(builder, domain, "4.1.1", 8, "no such user");
}

static const struct scene_case cases[] = {
    {"mail_destination_throttles_us", put_throttled, FINDING_SEVERITY_WARNING, 300, 300, false, 0,
     "example.com throttles us: 240 messages wait in deferred of postfix main; it says: host mx.example.com"},
    {"mail_queue_old", put_held_up, FINDING_SEVERITY_WARNING, 600, 300, false, 0,
     "300 have waited longer than 1 h, 260 are for down.example: Connection timed out."},
};

static void each_is_raised_held_and_cleared(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        scene_play_case(&cases[i]);
}

static void greylisting_is_no_throttling(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene_play(&scene, put_grey, SCENE_BAD, 3600);
    assert_int_equal(scene_severity(&scene, "mail_destination_throttles_us"), -1);
    assert_int_equal(scene_severity(&scene, "mail_queue_old"), -1);
    scene_end(&scene);
}

static void replies_tell_of_throttling(void **state)
{
    (void)state;
    static const struct {
        const char *dsn, *reason;
        bool throttles;
    } replies[] = {
        {"4.3.2", "", true},
        {"4.7.28", "Our system has detected an unusual rate of mail", true},
        {"4.7.0", "421 4.7.0 mx1 Error: too many connections from 192.0.2.25", true},
        {"4.7.0", "host said: 421 4.7.0 Try again later, closing connection", true},
        {"4.7.0", "450 4.7.0 come back in five minutes", false},
        {"4.7.1", "450 4.7.1 Recipient address rejected: Greylisted", false},
        {"4.7.1", "451 4.7.1 Rate limit exceeded", true},
        {"4.2.0", "450 4.2.0 mailbox busy", false},
        {"4.4.1", "Connection timed out", false},
        {"", "", false},
    };
    for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++)
        if (next_hop_throttles(replies[i].dsn, replies[i].reason) != replies[i].throttles)
            fail_msg("%s %s", replies[i].dsn, replies[i].reason);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_raised_held_and_cleared),
        cmocka_unit_test(greylisting_is_no_throttling),
        cmocka_unit_test(replies_tell_of_throttling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
