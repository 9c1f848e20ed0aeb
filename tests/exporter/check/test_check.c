/* SPDX-License-Identifier: Apache-2.0
 * Asking an agent for its verdict: what it says, what it says too late, and what is no agent at all. */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "exporter/check/check.h"
#include "exporter/check/client.h"
#include "exporter/verdict.h"
#include "snapshot/tables/collectors.h"
#include "tests/cmocka.h"

/* An agent that gives each client the same answer. */
struct agent {
    char directory[32];
    char path[64];
    int fd;
    const char *answer; /* NULL: none, and the connection stays open */
    pthread_t thread;
};

static void *serve_one(void *context)
{
    struct agent *agent = context;
    char request[512];
    int client = accept(agent->fd, NULL, NULL);
    if (client < 0)
        return NULL;
    ssize_t length = recv(client, request, sizeof(request), 0);
    if (length > 0 && agent->answer)
        (void)send(client, agent->answer, strlen(agent->answer), MSG_NOSIGNAL);
    while (length > 0 && !agent->answer)
        length = recv(client, request, sizeof(request), 0); /* until the client gives up */
    close(client);
    return NULL;
}

static void agent_begin(struct agent *agent, const char *answer)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(agent->directory, sizeof(agent->directory), "/tmp/cp-check-XXXXXX");
    assert_non_null(mkdtemp(agent->directory));
    snprintf(agent->path, sizeof(agent->path), "%s/s", agent->directory);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", agent->path);
    agent->answer = answer;
    agent->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(agent->fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(agent->fd, 1), 0);
    assert_int_equal(pthread_create(&agent->thread, NULL, serve_one, agent), 0);
}

static void agent_end(struct agent *agent)
{
    pthread_join(agent->thread, NULL);
    close(agent->fd);
    unlink(agent->path);
    rmdir(agent->directory);
}

/* What was printed to standard output meanwhile. */
struct output {
    int saved;
    FILE *file;
    char text[4096];
};

static void output_begin(struct output *output)
{
    fflush(stdout);
    output->saved = dup(STDOUT_FILENO);
    output->file = tmpfile();
    assert_true(output->saved >= 0 && output->file && dup2(fileno(output->file), STDOUT_FILENO) >= 0);
}

static void output_end(struct output *output)
{
    fflush(stdout);
    dup2(output->saved, STDOUT_FILENO);
    close(output->saved);
    rewind(output->file);
    output->text[fread(output->text, 1, sizeof(output->text) - 1, output->file)] = '\0';
    fclose(output->file);
}

/* Asks an agent that answers so. Returns the error; what was printed is in *output. */
static int ask(const char *answer, enum check_format format, struct output *output, int *ret_status)
{
    const struct check_settings settings = {.format = format, .samples = 1, .interval = CLOCK_SECOND};
    struct agent agent;
    agent_begin(&agent, answer);
    output_begin(output);
    int error = check_ask(&settings, agent.path, ret_status);
    output_end(output);
    agent_end(&agent);
    return error;
}

/* An answer of an agent whose newest sample is so old. */
static void write_answer(char *buffer, size_t size, int status, int64_t age)
{
    snprintf(buffer, size, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n%d %" PRId64 " 5000\nthe verdict\n",
             status, (clock_wall() - age) / CLOCK_MILLISECOND);
}

static void an_agents_verdict_is_printed(void **state)
{
    (void)state;
    for (int wanted = VERDICT_OK; wanted <= VERDICT_UNKNOWN; wanted++) {
        char answer[256];
        struct output output;
        int status = -1;
        write_answer(answer, sizeof(answer), wanted, CLOCK_SECOND);
        assert_int_equal(ask(answer, CHECK_TEXT, &output, &status), 0);
        assert_int_equal(status, wanted);
        assert_string_equal(output.text, "the verdict\n");
    }
}

static void an_old_verdict_is_unknown_in_each_format(void **state)
{
    (void)state;
    static const char *const wanted[] = {
        [CHECK_TEXT] = "UNKNOWN  The agent's newest sample is 2 min",
        [CHECK_JSON] = "{\"status\": \"unknown\", \"code\": 3, \"summary\": \"The agent's newest sample is 2 min",
        [CHECK_NAGIOS] = "CHOKEPOINT UNKNOWN - The agent's newest sample is 2 min",
    };
    for (unsigned format = CHECK_TEXT; format <= CHECK_NAGIOS; format++) {
        char answer[256];
        struct output output;
        int status = -1;
        write_answer(answer, sizeof(answer), VERDICT_OK, 120 * CLOCK_SECOND);
        assert_int_equal(ask(answer, (enum check_format)format, &output, &status), 0);
        assert_int_equal(status, VERDICT_UNKNOWN);
        assert_int_equal(strncmp(output.text, wanted[format], strlen(wanted[format])), 0);
    }
}

static void what_is_no_agent_is_an_error(void **state)
{
    (void)state;
    static const char *const answers[] = {
        "",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 404 Not Found\r\n\r\nnot found\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n",
        "HTTP/1.1 200 OK\r\n\r\nhello\n",
        "HTTP/1.1 200 OK\r\n\r\n9 1 1\nnine is no status\n",
        "HTTP/1.1 200 OK\r\n\r\n0 1 1",
    };
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        struct output output;
        int status = -1;
        if (ask(answers[i], CHECK_TEXT, &output, &status) != -EPROTO)
            fail_msg("answer %zu is taken", i);
        assert_int_equal(status, -1);
        assert_string_equal(output.text, "");
    }
}

static void nobody_at_the_socket_is_an_error(void **state)
{
    (void)state;
    const struct check_settings settings = {.samples = 1};
    char long_path[200];
    int status = -1;
    memset(long_path, 'x', sizeof(long_path) - 1);
    long_path[sizeof(long_path) - 1] = '\0';
    assert_int_equal(check_ask(&settings, "/tmp/cp-check-none/s", &status), -ENOENT);
    assert_int_equal(check_ask(&settings, long_path, &status), -ENAMETOOLONG);
    assert_int_equal(status, -1);
}

static void an_agent_that_hangs_is_given_up(void **state)
{
    (void)state;
    struct text body = TEXT_EMPTY;
    struct agent agent;
    agent_begin(&agent, NULL);
    int64_t before = clock_monotonic();
    assert_int_equal(client_get(agent.path, "/check/text", CLOCK_SECOND / 5, &body), -ETIMEDOUT);
    assert_true(clock_monotonic() - before >= CLOCK_SECOND / 5);
    agent_end(&agent);
    text_free(&body);
}

static void fill(void *context, struct builder *builder, int64_t deadline)
{
    unsigned *samples = context;
    (void)deadline;
    ++*samples;
    builder_row(builder, &table_collectors);
    builder_text(builder, COLLECTORS_COLLECTOR, "tcp");
    builder_number(builder, COLLECTORS_SUCCESS, 0);
    builder_text(builder, COLLECTORS_ERROR, "netlink: Operation not permitted");
}

/* Without an agent: as many samples as wanted, and where nothing can be read UNKNOWN, with what is missing. */
static void samples_of_its_own_may_tell_nothing(void **state)
{
    (void)state;
    const struct check_settings settings = {.format = CHECK_NAGIOS, .samples = 3, .interval = CLOCK_SECOND / 100};
    struct snapshot_store *store;
    struct sampler *sampler;
    struct output output;
    unsigned samples = 0;
    assert_int_equal(snapshot_store_new(&store), 0);
    assert_int_equal(sampler_new(store, NULL, NULL, &sampler), 0);
    const struct sampler_plan plan = {
        .settings = {.interval = CLOCK_SECOND}, .procfs = "/proc", .fill = fill, .context = &samples};
    sampler_use(sampler, &plan);
    output_begin(&output);
    int status = check_by_samples(&settings, sampler, store);
    output_end(&output);
    assert_int_equal(status, VERDICT_UNKNOWN);
    assert_int_equal(samples, 3);
    assert_non_null(strstr(output.text, "CHOKEPOINT UNKNOWN - Nothing can be read: tcp: netlink: Operation not perm"));
    sampler_free(sampler);
    snapshot_store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_agents_verdict_is_printed),    cmocka_unit_test(an_old_verdict_is_unknown_in_each_format),
        cmocka_unit_test(what_is_no_agent_is_an_error),    cmocka_unit_test(nobody_at_the_socket_is_an_error),
        cmocka_unit_test(an_agent_that_hangs_is_given_up), cmocka_unit_test(samples_of_its_own_may_tell_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
