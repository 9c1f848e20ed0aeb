#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus scrapes the real agent: what it stores is what the agent says, and it has nothing to complain of."""
import json
import re
import unittest
import urllib.parse

import host

AGENT_PORT, PROMETHEUS_PORT, LOAD_PORT = 10421, 9090, 8025
HELD = 12
CONFIG = f"""
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
  - job_name: chokepoint
    static_configs: [{{targets: ["127.0.0.1:{AGENT_PORT}"]}}]
"""


class Prometheus(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.things = host.Things()
        cls.addClassCleanup(cls.things.close)
        cls.namespace = cls.things.namespace()
        cls.things.load("server", 50, "127.0.0.1", LOAD_PORT, namespace=cls.namespace)
        cls.things.load("hold", HELD, LOAD_PORT, "127.0.0.1", namespace=cls.namespace)
        cls.things.write("spool/message", "x" * 100)
        spool = cls.things.write("chokepoint.yml", "tuning: {detail: true}\nmail:\n  detect: false\n"
                                 f"  spool: [{{name: pickup, path: {cls.things.directory}/spool}}]\n")
        cls.agent = cls.things.agent(f"--web.listen-address=127.0.0.1:{AGENT_PORT}", f"--config.file={spool}",
                                     namespace=cls.namespace)
        cls.log = cls.things.directory / "prometheus.log"
        config = cls.things.write("prometheus.yml", CONFIG)
        with cls.log.open("wb") as log:
            cls.things.popen("prometheus", f"--config.file={config}", f"--storage.tsdb.path={cls.things.directory}/tsdb",
                             f"--web.listen-address=127.0.0.1:{PROMETHEUS_PORT}", namespace=cls.namespace,
                             stdout=log, stderr=log)
        host.wait_for(lambda: cls.query("count_over_time(up[1m]) >= 3"), lambda: cls.log.read_text(), seconds=40, pause=0.3)

    @classmethod
    def ask(cls, path):
        answer = cls.namespace.run("curl", "-sS", f"http://127.0.0.1:{PROMETHEUS_PORT}/api/v1/{path}", check=False)
        return json.loads(answer.stdout)["data"] if answer.returncode == 0 and answer.stdout.startswith("{") else None

    @classmethod
    def query(cls, expression):
        """[(labels, value)] of an instant query."""
        data = cls.ask("query?query=" + urllib.parse.quote(expression))
        return [(found["metric"], float(found["value"][1])) for found in data["result"]] if data else []

    def value(self, expression):
        found = self.query(expression)
        self.assertEqual(len(found), 1, f"{expression}: {found}")
        return found[0][1]

    def test_up(self):
        self.assertEqual(self.value("min_over_time(up[1m])"), 1, self.log.read_text())

    maxDiff = None

    def test_values_that_stand_still_are_equal(self):
        names = {"process": "load", "state": "established"}
        self.assertEqual(self.value('sum(chokepoint_tcp_process_sockets{process="load",state="established"})'), 2 * HELD)
        series = self.agent.metrics()
        self.assertEqual(series.total("tcp_process_sockets", **names), 2 * HELD)
        for name in ("tcp_listen_queue_limit", "tuning_value", "mail_queue_bytes", "build_info", "ephemeral_ports_usable"):
            stored = {frozenset((key, text) for key, text in labels.items() if key not in ("__name__", "instance", "job")):
                      value for labels, value in self.query(f"chokepoint_{name}")}
            # The number of open files moves with whatever else runs here.
            served = {frozenset(labels.items()): value for labels, value in series.select(name)
                      if labels.get("key") != "fs.file-nr"}
            stored = {labels: value for labels, value in stored.items() if labels in served}
            self.assertEqual(stored, served, name)

    def test_every_family_arrives_with_its_type_and_help(self):
        metadata = {entry["metric"]: entry for entry in self.ask("targets/metadata")}
        served = {name for name, _ in self.agent.metrics()}
        # Prometheus asks for OpenMetrics, whose counters are families without _total.
        known = {name + "_total" if entry["type"] == "counter" and not name.endswith("_total") else name
                 for name, entry in metadata.items()}
        self.assertEqual(served - known, set())
        self.assertEqual({entry["type"] for entry in metadata.values()}, {"counter", "gauge"})
        self.assertTrue(all(entry["help"] for entry in metadata.values()))

    def test_no_label_was_renamed(self):
        self.assertEqual(self.query('{__name__=~"chokepoint_.*",exported_job!=""}'), [])
        self.assertEqual(self.query('{__name__=~"chokepoint_.*",exported_instance!=""}'), [])

    def test_nothing_was_dropped(self):
        served = len(self.agent.metrics())
        self.assertAlmostEqual(self.value("scrape_samples_scraped"), served, delta=20)
        self.assertEqual(self.value("scrape_samples_scraped"), self.value("scrape_samples_post_metric_relabeling"))

    def test_prometheus_does_not_complain(self):
        complaints = [line for line in self.log.read_text().splitlines()
                      if re.search(r"level=(warn|error)", line)]
        self.assertEqual(complaints, [])

    def test_promtool_does_not_complain(self):
        text = self.agent.get("/metrics").text
        result = host.run("promtool", "check", "metrics", check=False, input=text)
        self.assertEqual((result.returncode, result.stdout + result.stderr), (0, ""))


if __name__ == "__main__":
    host.main(100)
