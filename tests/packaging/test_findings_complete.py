#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every finding has unit tests, a runbook, and an alert with its promtool tests - or is info and has no alert."""
import os
import pathlib
import re
import subprocess
import unittest

SOURCE = pathlib.Path(os.environ.get("SOURCE", pathlib.Path(__file__).resolve().parents[2]))
CHOKEPOINT = os.environ.get("CHOKEPOINT", str(SOURCE / "build/chokepoint"))
# Info, and a warning only while the resource that they bound is used much: runbooks, but no alerts.
INFO = {"tuning_below_advice", "tuning_not_persisted", "tuning_inconsistent", "mail_limit_inconsistent", "owner_unknown",
        "listen_port_at_risk", "series_limited"}
# Alerts that are no finding of the agent.
OWN_ALERTS = {"Watchdog", "ChokepointDown"}
# Told by the age of the newest sample, which no sample can tell.
RAW_ALERTS = {"SampleStale"}
# Not played as others are: it is about samples that were not taken.
OWN_TESTS = {"sample_stale": "a_gap_without_samples_is_told"}
# What is so or not so, without a threshold that hysteresis could be about.
YES_OR_NO = {"time_wait_overflow", "mail_unreadable", "collector_failing", "mail_back_pressure", "mail_server_down",
             "tuning_below_advice", "tuning_not_persisted", "tuning_inconsistent", "mail_limit_inconsistent",
             "listen_port_at_risk"}
CASE = r'\{"(\w+)",\s*put_\w+,\s*FINDING_SEVERITY_(\w+),\s*[\d.]+,\s*[\d.]+,\s*(true|false),'
HEADINGS = ["What it means", "Confirm it by hand", "Do now", "Do for good"]
RULES = (SOURCE / "packaging/prometheus/chokepoint.rules.yml").read_text()
TESTS = (SOURCE / "packaging/prometheus/tests/chokepoint_test.yml").read_text()


def camel(name):
    return "".join(word.capitalize() for word in name.split("_"))


def described():
    """{finding: severity at worst}, as the program itself says."""
    text = subprocess.run([CHOKEPOINT, "describe", "findings"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return text, dict(re.findall(r"^## (\w+)\n\n.* At worst (\w+)\.", text, re.MULTILINE))


def blocks(text, start):
    """The text in parts that begin with a line matching start."""
    return re.split(rf"^(?={start})", text, flags=re.MULTILINE)[1:]


class Findings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text, cls.findings = described()
        cls.tests = "".join(path.read_text() for path in sorted((SOURCE / "tests/analysis").glob("test_findings*.c")))
        cls.cases = {}
        for name, severity, no_between in re.findall(CASE, cls.tests):
            cls.cases.setdefault(name, []).append((severity.lower(), no_between == "false"))
        cls.alerts = {}
        for block in blocks(RULES, r"      - alert: "):
            cls.alerts.setdefault(re.match(r" +- alert: (\w+)", block)[1], []).append(block)

    def test_there_are_findings(self):
        self.assertGreaterEqual(len(self.findings), 20)

    def test_docs_are_what_the_program_says(self):
        self.assertEqual((SOURCE / "docs/findings.md").read_text(), self.text,
                         "chokepoint describe findings > docs/findings.md")

    def test_each_is_played_in_each_severity(self):
        """A case (tests/analysis/findings_scene.h) plays a finding: silent while all is well, raised after its hold time
        and not before, cleared after its clear time and not before, silent when it is off."""
        for name, worst in self.findings.items():
            played = {severity for severity, _ in self.cases.get(name, [])}
            wanted = {"info"} if name in INFO else \
                set(re.findall(r"severity: (\w+)", "".join(self.alerts.get(camel(name), []))))
            if name in OWN_TESTS:
                self.assertIn(f"cmocka_unit_test({OWN_TESTS[name]})", self.tests, name)
            else:
                self.assertEqual(wanted - played, set(), f"{name} is not played in each severity")

    def test_each_that_has_thresholds_is_played_between_them(self):
        for name in self.findings:
            if name not in YES_OR_NO | set(OWN_TESTS):
                self.assertTrue(any(between for _, between in self.cases[name]), f"{name}: no case with hysteresis")

    def test_each_has_a_runbook_with_its_parts(self):
        for name in self.findings:
            path = SOURCE / "docs/runbooks" / f"{name}.md"
            self.assertTrue(path.is_file(), path)
            text = path.read_text()
            self.assertEqual(re.findall(r"^## (.*)$", text, re.MULTILINE), HEADINGS, name)
            for part in re.split(r"^## .*$", text, flags=re.MULTILINE)[1:]:
                self.assertTrue(part.strip(), f"{name}: an empty part")

    def test_links_between_runbooks_lead_somewhere(self):
        for path in (SOURCE / "docs/runbooks").glob("*.md"):
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
                self.assertTrue((path.parent / target).is_file(), f"{path.name}: {target}")

    def test_each_alerts_unless_it_is_info(self):
        for name, worst in self.findings.items():
            expected = name not in INFO and worst != "info"
            self.assertEqual(camel(name) in self.alerts, expected, name)

    def test_alerts_have_every_severity_of_their_finding(self):
        for name, worst in self.findings.items():
            if camel(name) in RAW_ALERTS or camel(name) not in self.alerts:
                continue
            rules = "".join(self.alerts[camel(name)])
            self.assertIn(f'finding="{name}"', rules)
            self.assertIn(f"severity: {worst}", rules, name)
            for severity, value in (("warning", 1), ("critical", 2)):
                self.assertEqual(f"== {value}" in rules, f"severity: {severity}" in rules, name)

    def test_no_alert_is_of_nothing(self):
        names = {camel(name) for name in self.findings} | OWN_ALERTS
        self.assertEqual(set(self.alerts) - names, set())

    def test_each_alert_says_what_and_where(self):
        for alert, rules in self.alerts.items():
            for rule in rules:
                for part in ("severity:", "summary:", "description:", "runbook_url:"):
                    self.assertIn(part, rule, alert)
                page = re.search(r"runbook_url: \S.*/runbooks/(\w+)(?:\.md)?$", rule, re.MULTILINE)[1]
                self.assertTrue((SOURCE / f"docs/runbooks/{page}.md").is_file(), page)

    def test_each_alert_fires_is_silent_and_resolves(self):
        for alert, rules in self.alerts.items():
            cases = [block for block in blocks(TESTS, r"  - name: ") if f"alertname: {alert}\n" in block]
            self.assertGreaterEqual(len(cases), len(rules), f"{alert} is not tested in each severity")
            if alert == "Watchdog":
                continue
            for case in cases:
                times = re.findall(rf"eval_time: (\d+)m(?:,| *\n *)\s*alertname: {alert}\b(.*)", case)
                fired = [int(time) for time, rest in times if "exp_alerts: []" not in rest]
                silent = [int(time) for time, rest in times if "exp_alerts: []" in rest]
                self.assertTrue(fired and min(silent) < min(fired) and max(silent) > max(fired), alert)
            self.assertIn(f"eval_time: 25m, alertname: {alert}, exp_alerts: []", TESTS, "the healthy host")

    def test_rules_use_metrics_that_exist(self):
        known = set(re.findall(r"chokepoint_\w+", (SOURCE / "docs/metrics.md").read_text()))
        recording = (SOURCE / "packaging/prometheus/chokepoint.recording.yml").read_text()
        used = set(re.findall(r"\bchokepoint_\w+", RULES + recording.replace(":chokepoint", ": x")))
        self.assertEqual({name for name in used - known if not name.endswith("_down")}, set())


if __name__ == "__main__":
    unittest.main()
