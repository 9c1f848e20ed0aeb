/* SPDX-License-Identifier: Apache-2.0
 * `chokepoint describe findings`: what docs/findings.md is. */
#include "analysis/findings/finding.h"
#include "analysis/findings/findings.h"

static const char introduction[] =
    "# Findings\n\n"
    "What `chokepoint describe findings` prints: every finding, from its declaration. A finding stands in "
    "`/metrics`\n"
    "(`chokepoint_finding_severity`), on the page, in `chokepoint check`, in JSON and in SNMP. Its options belong to "
    "the "
    "section\n"
    "`findings` of the configuration, as in `findings: {mail_queue_old: {warning: 10m}, owner_unknown: off}`. "
    "Thresholds "
    "in\n"
    "force are exported as `chokepoint_finding_threshold`. A finding is raised once a condition has held for its hold "
    "time, and\n"
    "cleared once all have been over for `clear`.\n";

static void write_option(struct text *text, const struct option *option)
{
    text_format(text, "| `%s` | %s | %s |\n", option->name, option->fallback ? option->fallback : "", option->help);
}

int findings_describe(struct text *text)
{
    text_string(text, introduction);
    for (size_t i = 0; finding_rules[i]; i++) {
        const struct finding_rule *rule = finding_rules[i];
        text_format(text, "\n## %s\n\n%s At worst %s. [Runbook](runbooks/%s.md).\n\n", rule->name, rule->help,
                    finding_severity_words[rule->most], rule->name);
        text_string(text, "| Option | Default | Meaning |\n| --- | --- | --- |\n");
        for (const struct option *option = rule->options; !option_is_end(option); option++)
            write_option(text, option);
    }
    return text->error;
}
