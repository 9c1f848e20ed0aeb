/* SPDX-License-Identifier: Apache-2.0
 * The one file that knows every half: collectors and analysis on one side, what serves them on the other. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/analyse.h"
#include "analysis/findings/findings.h"
#include "base/clock.h"
#include "base/log.h"
#include "collectors/collect_all.h"
#include "collectors/tcp/options.h"
#include "collectors/tuning/options.h"
#include "exporter/check/check.h"
#include "exporter/command_line.h"
#include "exporter/config.h"
#include "exporter/describe.h"
#include "exporter/entry.h"
#include "exporter/http/server.h"
#include "exporter/prometheus/exposition.h"
#include "exporter/sampler.h"
#include "exporter/serve.h"
#include "exporter/settings.h"
#include "exporter/signals.h"
#include "exporter/snmp/server.h"
#include "exporter/verdict.h"
#include "snapshot/tables/port_use.h"
#include "snapshot/tables/tcp_sockets.h"
#include "version.h"

#define EXIT_USAGE     COMMAND_LINE_USAGE
#define MAX_SECTIONS   32
#define SWEEP_INTERVAL CLOCK_SECOND

/* The sections of the configuration: the agent's own, a flag for each collector, then the collectors' own. */
struct sections {
    struct option_section list[MAX_SECTIONS];
    size_t count;
    size_t switches;   /* position of the section of collector flags */
    size_t collectors; /* position of the first collector's section */
    size_t findings;   /* position of the findings' section */
    struct option *switch_options;
};

/* A configuration put to use: what the sampler needs for as long as it may use it. */
struct use {
    struct config *config;
    struct collection *collection;
    unsigned *max_rows;
    const void *findings;
};

struct agent {
    struct sections sections;
    struct arena arguments;
    const char *config_path;
    struct config_flag *flags;
    size_t flag_count;
    struct use *use;
    struct snapshot_store *store;
    struct renderer *renderer;
    struct http_server *server;
    struct control *control;
    struct snmp_server *snmp;
    struct sampler *sampler;
};

static size_t collectors_count(void)
{
    size_t count = 0;
    while (collectors[count])
        count++;
    return count;
}

static int sections_make(struct sections *sections, struct arena *arena)
{
    static const struct option_section *const own[] = {&web_section,    &control_section, &snmp_section,
                                                       &sample_section, &flag_section,    &check_section};
    size_t count = collectors_count();
    struct option *switches = arena_allocate(arena, (count + 1) * sizeof(*switches));
    if (!switches)
        return -ENOMEM;
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        sections->list[sections->count++] = *own[i];
    sections->findings = sections->count++;
    if (findings_section(arena, &sections->list[sections->findings]) < 0)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        switches[i] = (struct option){.type = OPTION_BOOLEAN,
                                      .flag = arena_format(arena, "collector.%s", collectors[i]->name),
                                      .fallback = collectors[i]->enabled ? "true" : "false",
                                      .offset = i * sizeof(bool),
                                      .help = collectors[i]->help};
        if (!switches[i].flag)
            return -ENOMEM;
    }
    sections->switches = sections->count;
    sections->list[sections->count++] = (struct option_section){NULL, switches, (count + 1) * sizeof(bool)};
    sections->collectors = sections->count;
    for (size_t i = 0; i < count; i++) {
        static const struct option none[] = {OPTION_END};
        const struct option *options = collectors[i]->options ? collectors[i]->options : none;
        sections->list[sections->count++] =
            (struct option_section){collectors[i]->name, options, collectors[i]->options_size};
    }
    return 0;
}

static const void *own_values(const struct sections *sections, const struct config *config,
                              const struct option_section *section)
{
    for (size_t i = 0; i < sections->count; i++)
        if (sections->list[i].options == section->options)
            return config_values(config, &sections->list[i]);
    return NULL;
}

static const void *collector_values(const struct sections *sections, const struct config *config, const char *name)
{
    for (size_t i = 0; i < collectors_count(); i++)
        if (strcmp(collectors[i]->name, name) == 0)
            return config_values(config, &sections->list[sections->collectors + i]);
    return NULL;
}

static void use_free(struct use *use)
{
    if (!use)
        return;
    collection_free(use->collection);
    config_free(use->config);
    free(use->max_rows);
    free(use);
}

static int prepare_use(const struct sections *sections, struct use *use)
{
    const struct flag_settings *flags = own_values(sections, use->config, &flag_section);
    const struct tcp_options *tcp = collector_values(sections, use->config, "tcp");
    const bool *switches = config_values(use->config, &sections->list[sections->switches]);
    const struct collector_paths paths = {flags->procfs, flags->sysfs, flags->rootfs};
    struct collection_choice choices[MAX_SECTIONS];
    use->findings = config_values(use->config, &sections->list[sections->findings]);
    use->max_rows = calloc(tables_count() + 1, sizeof(*use->max_rows));
    if (!use->max_rows)
        return -ENOMEM;
    if (tcp) {
        use->max_rows[tables_position(&table_tcp_sockets)] = (unsigned)tcp->max_rows;
        use->max_rows[tables_position(&table_port_use)] = (unsigned)tcp->max_destinations;
    }
    for (size_t i = 0; i < collectors_count(); i++)
        choices[i] = (struct collection_choice){switches[i],
                                                config_values(use->config, &sections->list[sections->collectors + i])};
    return collection_new(&paths, choices, &use->collection);
}

/* Takes over the configuration, also on failure. */
static int use_config(const struct sections *sections, struct config *config, struct use **ret_use)
{
    struct use *use = calloc(1, sizeof(*use));
    if (!use) {
        config_free(config);
        return -ENOMEM;
    }
    use->config = config;
    int error = prepare_use(sections, use);
    if (error < 0) {
        use_free(use);
        return error;
    }
    *ret_use = use;
    return 0;
}

static void fill(void *context, struct builder *builder, int64_t deadline)
{
    struct use *use = context;
    collection_sample(use->collection, builder, deadline);
    analyse(builder);
    findings_analyse(builder, use->findings);
}

static void give_plan(struct agent *agent)
{
    const struct sections *sections = &agent->sections;
    const struct sample_settings *sample = own_values(sections, agent->use->config, &sample_section);
    const struct flag_settings *flags = own_values(sections, agent->use->config, &flag_section);
    const struct tuning_options *tuning = collector_values(sections, agent->use->config, "tuning");
    const struct sampler_plan plan = {
        .settings = {.interval = sample->interval,
                     .detail = tuning && tuning->detail,
                     .max_series = sample->max_series,
                     .hold = BUILDER_HOLD,
                     .max_rows = agent->use->max_rows},
        .procfs = flags->procfs,
        .fill = fill,
        .context = agent->use,
    };
    collection_open(agent->use->collection);
    sampler_use(agent->sampler, &plan);
}

static int load(struct agent *agent, struct use **ret_use, struct text *why)
{
    struct config *config;
    int error = config_load(agent->sections.list, agent->sections.count, agent->config_path, agent->flags,
                            agent->flag_count, &config, why);
    if (error < 0)
        return error;
    error = settings_check_snmp(own_values(&agent->sections, config, &snmp_section), why);
    if (error < 0)
        config_free(config);
    else
        error = use_config(&agent->sections, config, ret_use);
    if (error < 0 && why->length == 0)
        text_format(why, "cannot use the configuration: %s\n", strerrordesc_np(-error));
    return error;
}

static void count(void *context, struct self_figures *figures)
{
    const struct agent *agent = context;
    struct snmp_server_figures snmp = {.connected = false};
    if (agent->server)
        figures->http_requests = http_server_requests(agent->server);
    if (agent->snmp)
        snmp_server_figures(agent->snmp, &snmp);
    figures->snmp = agent->snmp != NULL;
    figures->snmp_connected = snmp.connected;
    figures->snmp_registration_failures = snmp.registration_failures;
    figures->snmp_notifications = snmp.notifications;
    figures->snmp_notifications_waiting = snmp.notifications_waiting;
    figures->snmp_notifications_lost = snmp.notifications_lost;
}

static int prepare_snmp(struct agent *agent)
{
    const struct snmp_settings *snmp = own_values(&agent->sections, agent->use->config, &snmp_section);
    const struct snmp_server_settings settings = {
        .standalone = snmp->mode == SNMP_MODE_STANDALONE,
        .root = snmp->base_oid,
        .agentx_socket = snmp->agentx_socket,
        .listen = snmp->listen,
        .config_file = snmp->config_file,
        .state_directory = snmp->state_directory,
        .notifications = snmp->notifications,
    };
    return snmp->enabled ? snmp_server_new(&settings, agent->store, &agent->snmp) : 0;
}

static int serve(struct agent *agent, struct text *why)
{
    const struct web_settings *web = own_values(&agent->sections, agent->use->config, &web_section);
    const struct control_settings *control = own_values(&agent->sections, agent->use->config, &control_section);
    return serve_start(web, control, agent->renderer, &agent->server, &agent->control, why);
}

static void warn_of_addresses(const struct agent *agent, const struct use *before)
{
    const struct web_settings *old = own_values(&agent->sections, before->config, &web_section);
    const struct web_settings *new = own_values(&agent->sections, agent->use->config, &web_section);
    if (serve_differs(old, new))
        log_warn("listening addresses and the path of the metrics change with a restart only");
}

/* A configuration that is wrong changes nothing. */
static void reload(struct agent *agent)
{
    struct text why = TEXT_EMPTY;
    struct use *use = NULL;
    int error = load(agent, &use, &why);
    if (error < 0) {
        log_error("configuration is wrong; the one before stays in force", "error", text_value(&why));
    } else {
        struct use *before = agent->use;
        agent->use = use;
        give_plan(agent);
        warn_of_addresses(agent, before);
        use_free(before);
        log_info("configuration is in force", "file", agent->config_path ? agent->config_path : "none");
    }
    sampler_note_reload(agent->sampler, error == 0);
    text_free(&why);
}

static int serve_until_told(struct agent *agent)
{
    for (;;) {
        enum signals_wish wish = signals_wait(SWEEP_INTERVAL);
        http_server_sweep(agent->server);
        if (wish == SIGNALS_RELOAD)
            reload(agent);
        else if (wish == SIGNALS_STOP)
            return EXIT_SUCCESS;
    }
}

static int prepare(struct agent *agent)
{
    int error = snapshot_store_new(&agent->store);
    if (error == 0)
        error = renderer_new(agent->store, &agent->renderer);
    if (error == 0)
        error = sampler_new(agent->store, count, agent, &agent->sampler);
    if (error == 0)
        give_plan(agent);
    return error;
}

static int command_run(struct agent *agent)
{
    struct text why = TEXT_EMPTY;
    signals_take();
    int error = prepare(agent);
    if (error == 0)
        error = prepare_snmp(agent);
    if (error == 0)
        error = serve(agent, &why);
    if (error == 0 && agent->snmp)
        error = snmp_server_start(agent->snmp, &why);
    if (error == 0) {
        log_info("chokepoint started", "version", CHOKEPOINT_VERSION, "revision", CHOKEPOINT_REVISION);
        error = sampler_start(agent->sampler);
    }
    if (error < 0)
        log_error("cannot start", "error", why.length > 0 ? text_value(&why) : strerrordesc_np(-error));
    text_free(&why);
    if (error < 0)
        return EXIT_FAILURE;
    int status = serve_until_told(agent);
    log_info("chokepoint stopped");
    return status;
}

static int command_metrics(struct agent *agent)
{
    struct text text = TEXT_EMPTY;
    struct snapshot *snapshot = NULL;
    int error = prepare(agent);
    if (error == 0)
        error = sampler_sample(agent->sampler);
    if (error == 0) {
        snapshot = snapshot_store_newest(agent->store);
        error = exposition_write(snapshot, EXPOSITION_TEXT, &text);
    }
    if (error < 0)
        (void)fprintf(stderr, "chokepoint: no sample: %s\n", strerrordesc_np(-error));
    int status = error < 0 ? EXIT_FAILURE : command_line_print(&text);
    snapshot_release(snapshot);
    text_free(&text);
    return status;
}

static int command_check(struct agent *agent)
{
    const struct check_settings *settings = own_values(&agent->sections, agent->use->config, &check_section);
    const struct control_settings *control = own_values(&agent->sections, agent->use->config, &control_section);
    int status, error = -ENOENT;
    if (control->socket && control->socket[0])
        error = check_ask(settings, control->socket, &status);
    if (error == 0)
        return status;
    (void)fprintf(stderr, "chokepoint: no running agent at '%s' (%s): %" PRIu64 " samples of my own\n",
                  control->socket ? control->socket : "", strerrordesc_np(-error), settings->samples);
    error = prepare(agent);
    return error < 0 ? VERDICT_UNKNOWN : check_by_samples(settings, agent->sampler, agent->store);
}

static int command_describe(struct agent *agent, const char **operands, size_t count)
{
    struct text text = TEXT_EMPTY;
    (void)agent;
    if (count == 1 && strcmp(operands[0], "metrics") == 0) {
        text.error = describe_metrics(&text);
    } else if (count == 1 && strcmp(operands[0], "findings") == 0) {
        text.error = findings_describe(&text);
    } else {
        (void)fprintf(stderr, "chokepoint: describe what? metrics or findings\n");
        return EXIT_USAGE;
    }
    int status = command_line_print(&text);
    text_free(&text);
    return status;
}

static int command_config(struct agent *agent, const char **operands, size_t count)
{
    struct text why = TEXT_EMPTY;
    struct use *use = NULL;
    if (count != 2 || strcmp(operands[0], "check") != 0) {
        (void)fprintf(stderr, "chokepoint: usage: chokepoint config check FILE\n");
        return EXIT_USAGE;
    }
    agent->config_path = operands[1];
    int error = load(agent, &use, &why);
    if (error < 0)
        (void)fputs(text_value(&why), stderr);
    else
        text_format(&why, "%s: no errors\n", operands[1]);
    int status = error < 0 ? EXIT_USAGE : command_line_print(&why);
    use_free(use);
    text_free(&why);
    return status;
}

static int usage_status(enum command command)
{
    return command == COMMAND_CHECK ? VERDICT_UNKNOWN : EXIT_USAGE;
}

static int start(struct agent *agent, enum command command)
{
    struct text why = TEXT_EMPTY;
    const struct config_flag *path = command_line_flag(agent->flags, agent->flag_count, "config.file");
    agent->config_path = path ? path->value : NULL;
    int error = load(agent, &agent->use, &why);
    if (error < 0)
        command_line_errors(&why);
    text_free(&why);
    if (error < 0)
        return usage_status(command);
    const struct flag_settings *flags = own_values(&agent->sections, agent->use->config, &flag_section);
    log_configure(flags->log_level, flags->log_format);
    if (command == COMMAND_CHECK)
        return command_check(agent);
    return command == COMMAND_METRICS ? command_metrics(agent) : command_run(agent);
}

static int dispatch(struct agent *agent, enum command command, const char **operands, size_t count)
{
    if (command_line_flag(agent->flags, agent->flag_count, "help"))
        return command_line_help(agent->sections.list, agent->sections.count);
    if (command_line_flag(agent->flags, agent->flag_count, "version"))
        return command_line_version();
    if (command != COMMAND_CHECK && command_line_misplaced(check_section.options, agent->flags, agent->flag_count))
        return EXIT_USAGE;
    if (command == COMMAND_DESCRIBE)
        return command_describe(agent, operands, count);
    if (command == COMMAND_CONFIG)
        return command_config(agent, operands, count);
    if (count > 0) {
        (void)command_line_refuse("unexpected argument ", operands[0], "");
        return usage_status(command);
    }
    return start(agent, command);
}

static void agent_free(struct agent *agent)
{
    sampler_free(agent->sampler);
    control_stop(agent->control);
    http_server_stop(agent->server);
    snmp_server_free(agent->snmp);
    renderer_free(agent->renderer);
    snapshot_store_free(agent->store);
    use_free(agent->use);
    arena_free(&agent->arguments);
}

int entry_run(int argc, char **argv)
{
    struct agent agent = {.arguments = ARENA_EMPTY};
    struct text why = TEXT_EMPTY;
    const char **operands = NULL;
    size_t operand_count = 0;
    enum command command;
    int words = command_line_find(argc, argv, &command);
    if (words < 0)
        return EXIT_USAGE;
    int error = sections_make(&agent.sections, &agent.arguments);
    if (error == 0)
        error =
            config_parse_arguments(agent.sections.list, agent.sections.count, argc - 1 - words, argv + 1 + words,
                                   &agent.arguments, &agent.flags, &agent.flag_count, &operands, &operand_count, &why);
    int status = usage_status(command);
    if (error < 0)
        command_line_errors(&why);
    else
        status = dispatch(&agent, command, operands, operand_count);
    text_free(&why);
    agent_free(&agent);
    return status;
}
