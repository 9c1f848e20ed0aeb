/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/analysis/replay.h"

#include <math.h>
#include <string.h>

#include "snapshot/tables/collectors.h"
#include "snapshot/tables/tcp_counters.h"
#include "snapshot/tables/tcp_internal.h"
#include "snapshot/tables/tcp_sockets.h"
#include "snapshot/tables/tcp_states.h"
#include "snapshot/tables/tuning.h"
#include "tests/cmocka.h"

#define SOURCE       "192.0.2.1"
#define LIFE_SECONDS 60u

double replay_noise(double seconds, double spread)
{
    uint32_t mixed = (uint32_t)(int64_t)seconds * 2654435761u;
    mixed ^= mixed >> 15;
    mixed *= 2246822519u;
    mixed ^= mixed >> 13;
    return 1 - spread + 2 * spread * (mixed % 10007) / 10006.0;
}

double replay_busy(double seconds)
{
    double hour = fmod(seconds, REPLAY_DAY) / REPLAY_HOUR;
    return 0.2 + 0.8 * exp(-(hour - 11) * (hour - 11) / 18);
}

bool replay_within(double seconds, double hour, double duration)
{
    double since = fmod(seconds, REPLAY_DAY) - hour * REPLAY_HOUR;
    return since >= 0 && since < duration;
}

/* TIME_WAITs of a flow by age, in sixths of their life. */
static void count_ages(const struct replay_flow *flow, double seconds, double ages[TCP_ENDPOINTS_AGES])
{
    const unsigned part = LIFE_SECONDS / TCP_ENDPOINTS_AGES;
    for (unsigned i = 0; i < TCP_ENDPOINTS_AGES; i++)
        ages[i] = 0;
    for (unsigned age = 0; flow->per_second && age < LIFE_SECONDS; age++)
        if (seconds > age)
            ages[age / part] += flow->per_second(seconds - age - 0.5);
}

/* What a flow has now. */
struct level {
    double ages[TCP_ENDPOINTS_AGES];
    double time_waits;
    double rate;
    double used;
    double reusable;
};

/* With reuse, new connections take over old TIME_WAITs once half of the range is full. */
static struct level level_of(const struct replay_ports *ports, const struct replay_flow *flow, double seconds)
{
    struct level level = {.rate = flow->per_second ? flow->per_second(seconds) : 0};
    double usable = ports->high - ports->low + 1.0;
    count_ages(flow, seconds, level.ages);
    for (unsigned i = 0; i < TCP_ENDPOINTS_AGES; i++)
        level.time_waits += level.ages[i];
    double most = ports->reuse ? usable / 2 - flow->live : usable - flow->live;
    double shrink = level.time_waits > most ? most / level.time_waits : 1;
    for (unsigned i = 0; i < TCP_ENDPOINTS_AGES; i++)
        level.ages[i] = floor(level.ages[i] * (i == 0 && ports->reuse ? 1 : shrink));
    level.time_waits = 0;
    for (unsigned i = 0; i < TCP_ENDPOINTS_AGES; i++)
        level.time_waits += level.ages[i];
    level.used = floor(flow->live + level.time_waits);
    level.reusable = ports->reuse ? fmax(level.time_waits - level.rate, 0) : 0;
    return level;
}

static void put_endpoint(struct builder *builder, const struct replay_flow *flow, const struct level *level)
{
    builder_row(builder, &table_tcp_endpoints);
    builder_text(builder, TCP_ENDPOINTS_SOURCE, SOURCE);
    builder_text(builder, TCP_ENDPOINTS_DESTINATION, flow->destination);
    builder_number(builder, TCP_ENDPOINTS_USED, (uint64_t)level->used);
    builder_number(builder, TCP_ENDPOINTS_REUSABLE, (uint64_t)level->reusable);
    builder_number(builder, TCP_ENDPOINTS_PEAK, (uint64_t)(level->used - level->reusable));
    for (unsigned i = 0; i < TCP_ENDPOINTS_AGES; i++)
        builder_number(builder, TCP_ENDPOINTS_AGE + i, (uint64_t)level->ages[i]);
    builder_row(builder, &table_tcp_holders);
    builder_text(builder, TCP_HOLDERS_SOURCE, SOURCE);
    builder_text(builder, TCP_HOLDERS_DESTINATION, flow->destination);
    builder_text(builder, TCP_HOLDERS_PROCESS, flow->process);
    builder_number(builder, TCP_HOLDERS_USED, (uint64_t)level->used);
}

static void put_state(struct builder *builder, enum tcp_state state, uint64_t sockets, enum tcp_method method)
{
    builder_row(builder, &table_tcp_states);
    builder_number(builder, TCP_STATES_STATE, state);
    builder_number(builder, TCP_STATES_SOCKETS, sockets);
    builder_number(builder, TCP_STATES_LIVE + method, sockets);
}

static void put_range(struct builder *builder, const struct replay_ports *ports)
{
    builder_row(builder, &table_tcp_ranges);
    builder_number(builder, TCP_RANGES_LOW, ports->low);
    builder_number(builder, TCP_RANGES_HIGH, ports->high);
    builder_number(builder, TCP_RANGES_RESERVED, 0);
    builder_number(builder, TCP_RANGES_HELD, 0);
    builder_number(builder, TCP_RANGES_REUSE, ports->reuse ? TCP_REUSE_ALWAYS : TCP_REUSE_LOOPBACK);
    builder_real(builder, TCP_RANGES_TIME_WAIT, LIFE_SECONDS);
}

static void put_setting(struct builder *builder, const char *key, const char *field, double value, bool ok)
{
    builder_row(builder, &table_tuning);
    builder_number(builder, TUNING_SOURCE, TUNING_SYSCTL);
    builder_text(builder, TUNING_KEY, key);
    builder_text(builder, TUNING_FIELD, field);
    builder_real(builder, TUNING_VALUE, value);
    builder_number(builder, TUNING_OK, ok);
    builder_number(builder, TUNING_PERSISTED, ok);
    builder_text(builder, TUNING_TEXT, ok ? "1" : "2");
    builder_text(builder, TUNING_ADVICE, "1");
}

void replay_put_flows(struct builder *builder, const struct replay_ports *ports, const struct replay_flow *flows,
                      size_t count, double seconds)
{
    double live = 0, time_waits = 0, opened = 0, most = 0;
    put_range(builder, ports);
    for (size_t i = 0; i < count; i++) {
        const struct level level = level_of(ports, &flows[i], seconds);
        put_endpoint(builder, &flows[i], &level);
        live += flows[i].live;
        time_waits += level.time_waits;
        opened += level.rate * seconds;
        most = fmax(most, level.used);
    }
    builder_row(builder, &table_tcp_pools);
    builder_text(builder, TCP_POOLS_SOURCE, SOURCE);
    builder_number(builder, TCP_POOLS_V6, 0);
    builder_number(builder, TCP_POOLS_USED, (uint64_t)most);
    put_state(builder, TCP_STATE_ESTABLISHED, (uint64_t)live, TCP_METHOD_LIVE);
    put_state(builder, TCP_STATE_TIME_WAIT, (uint64_t)time_waits, TCP_METHOD_ESTIMATED);
    builder_row(builder, &table_tcp_counters);
    builder_number(builder, TCP_COUNTERS_ACTIVE_OPENS, (uint64_t)opened);
    builder_number(builder, TCP_COUNTERS_PASSIVE_OPENS, (uint64_t)(seconds * 3));
    builder_number(builder, TCP_COUNTERS_ATTEMPT_FAILS, (uint64_t)(seconds / 20));
    put_setting(builder, "net.ipv4.tcp_tw_reuse", "", ports->reuse ? 1 : 2, ports->reuse);
    put_setting(builder, "net.ipv4.tcp_timestamps", "", 1, true);
    put_setting(builder, "net.ipv4.ip_local_port_range", "low", ports->low, true);
    put_setting(builder, "net.ipv4.ip_local_port_range", "high", ports->high, true);
}

void replay_put_collectors(struct builder *builder)
{
    static const char *const names[] = {"tcp", "tuning", "mail"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        builder_row(builder, &table_collectors);
        builder_text(builder, COLLECTORS_COLLECTOR, names[i]);
        builder_number(builder, COLLECTORS_SUCCESS, 1);
    }
}

static void expect_silence(const struct replay_host *host, enum finding_severity most, const struct scene *scene)
{
    const struct table *table = &table_findings;
    for (size_t row = 0; row < snapshot_row_count(scene->snapshot, table); row++)
        if (snapshot_number(scene->snapshot, table, row, FINDINGS_SEVERITY) > most)
            fail_msg("%s, after %.2f hours: %s: %s", host->name, scene->played_seconds / REPLAY_HOUR,
                     snapshot_text(scene->snapshot, table, row, FINDINGS_FINDING),
                     snapshot_text(scene->snapshot, table, row, FINDINGS_SENTENCE));
}

static void play_benign(const struct replay_host *host, enum finding_severity most)
{
    struct scene scene;
    scene_begin(&scene);
    scene.analyses = true;
    while (scene.played_seconds < REPLAY_DAY) {
        scene_sample(&scene, host->put, SCENE_GOOD);
        expect_silence(host, most, &scene);
    }
    scene_end(&scene);
}

static void play_worse(const struct replay_host *host)
{
    struct scene scene;
    scene_begin(&scene);
    scene.analyses = true;
    while (scene.played_seconds == 0 ||
           (scene.played_seconds < REPLAY_DAY && scene_severity(&scene, host->finding) < (int)host->severity))
        scene_sample(&scene, host->put, SCENE_BAD);
    if (scene_severity(&scene, host->finding) < (int)host->severity)
        fail_msg("%s: a worse one does not raise %s", host->name, host->finding);
    print_message("%s: silent for 24 hours; worse: %s after %.0f s: %s\n", host->name, host->finding,
                  scene.played_seconds, scene_text(&scene, host->finding, FINDINGS_SENTENCE));
    scene_end(&scene);
}

void replay_hosts(const struct replay_host *hosts, size_t count, enum finding_severity most)
{
    for (size_t i = 0; i < count; i++) {
        play_benign(&hosts[i], most);
        play_worse(&hosts[i]);
    }
}
