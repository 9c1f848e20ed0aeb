#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real Postfix through its lives: installed, started, deferring mail to several destinations, read with few rights,
killed, restarted, reconfigured, its queues moved away and back."""
import collections
import json
import os
import pathlib
import signal
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import host  # noqa: E402  pylint: disable=wrong-import-position
from postfix_instance import Postfix, run  # noqa: E402  pylint: disable=wrong-import-position

REFUSING_PORT = 2600
GREETING = "421 4.3.2 The maximum number of concurrent connections has exceeded a limit"
SENT = {"slow.example": 30, "gone.example": 20, "other.example": 5}
AGE_TOLERANCE_SECONDS = 2
EXTRA = f"""transport_maps = inline:{{ slow.example=smtp:[127.0.0.1]:{REFUSING_PORT} }}
initial_destination_concurrency = 1
"""


class Lives(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.things = host.Things()
        cls.addClassCleanup(cls.things.close)
        cls.postfix = cls.things.enter_context(Postfix(long_ids=True, extra=EXTRA, started=False))
        cls.config = cls.things.write("chokepoint.yml", "mail:\n  detect: false\n  content: top\n  postfix:\n"
                                      f"    - {{name: relay, config_directory: {cls.postfix.config}}}\n")
        cls.agent = cls.things.agent("--no-collector.tcp", "--no-collector.tuning", f"--config.file={cls.config}")
        cls.began = None

    def settled(self, check):
        found = {}

        def settle():
            found["metrics"] = self.agent.next_metrics()
            return check(found["metrics"])
        host.wait_for(settle, lambda: [item for item in found["metrics"].items() if "mail" in str(item)], seconds=40)
        return found["metrics"]

    @staticmethod
    def reads(metrics):
        """[1.0], [0.0] or, without such a source, []."""
        return [value for _, value in metrics.select("collector_source_success", source="postfix:relay")]

    @staticmethod
    def depth(metrics):
        return sum(value for _, value in metrics.select("mail_queue_messages")) if metrics.select(
            "mail_queue_messages") else None

    def assert_age(self, metrics):
        """The first message is the oldest, in whatever queue it is, and whatever Postfix went through since."""
        age = max(value for _, value in metrics.select("mail_queue_oldest_message_age_seconds"))
        self.assertAlmostEqual(age, metrics.one("sample_timestamp_seconds") - self.began, delta=AGE_TOLERANCE_SECONDS)

    @staticmethod
    def destinations(metrics):
        return {(labels["domain"], labels.get("dsn", "")): value
                for labels, value in metrics.select("mail_queue_destination_messages", queue="deferred")}

    def seen_by_postqueue(self):
        return collections.Counter(recipient["address"].split("@")[1] for message in self.postfix.queue()
                                   for recipient in message["recipients"])

    def test_1_installed_and_never_started(self):
        self.assertEqual(list((self.postfix.root / "queue").iterdir()), [])
        metrics = self.agent.next_metrics()
        self.assertEqual(self.reads(metrics), [1])
        self.assertIsNone(self.depth(metrics))
        self.assertIn("No mail queue found", self.agent.get("/").text)
        self.postfix.start()
        metrics = self.settled(lambda found: self.depth(found) == 0)
        self.assertEqual(len(metrics.select("mail_queue_messages")), 6)

    def test_2_destinations(self):
        refusing = self.things.popen("ip", "netns", "exec", self.postfix.netns, sys.executable,
                                     pathlib.Path(__file__).with_name("refusing_server.py"), REFUSING_PORT, GREETING,
                                     stdout=host.subprocess.PIPE)
        self.assertEqual(refusing.stdout.readline(), b"ready\n")
        type(self).began = time.time()
        for domain, count in SENT.items():
            self.postfix.inject(count, 500, f"user@{domain.title()}")
        self.postfix.settle(sum(SENT.values()))
        metrics = self.settled(lambda found: self.depth(found) == sum(SENT.values()) and
                               sum(self.destinations(found).values()) == sum(SENT.values()) and
                               ("unknown", "") not in self.destinations(found))
        self.assertEqual({domain.lower(): count for domain, count in self.seen_by_postqueue().items()}, SENT)
        self.assertEqual(self.destinations(metrics), {("slow.example", "4.3.2"): 30, ("gone.example", "4.4.1"): 20,
                                                      ("other.example", "4.4.1"): 5})
        self.assert_age(metrics)
        reasons = json.dumps(self.agent.get("/api/v1/snapshot").json()["tables"]["mail_destinations"])
        self.assertIn(GREETING, reasons)
        self.assertNotIn(GREETING, self.agent.get("/metrics").text)
        host.stop(refusing)  # Postfix ends when its namespace is empty

    def metrics_of(self, *capabilities):
        answer = host.run(*host.unprivileged(self.things, *capabilities), host.CHOKEPOINT, "metrics",
                          f"--config.file={self.config}", "--no-collector.tcp", "--no-collector.tuning")
        return host.Series(host.check_exposition.check(answer.stdout.encode())[1])

    def test_3_rights(self):
        metrics = self.metrics_of("dac_read_search")
        self.assertEqual(self.reads(metrics), [1])
        self.assertEqual(self.depth(metrics), len(self.postfix.queue()))
        self.assertEqual(self.destinations(metrics).get(("slow.example", "4.3.2")), 30)
        metrics = self.metrics_of()
        self.assertEqual(self.reads(metrics), [0])
        self.assertEqual(metrics.select("mail_queue_messages"), [])
        self.assertEqual(metrics.select("mail_queue_destination_messages"), [])
        # Anybody may read the configuration.
        self.assertEqual(metrics.one("collector_source_success", source="postfix:relay:limits"), 1)
        self.assertTrue(metrics.select("mail_limit"))

    def test_4_moved_away_and_back(self):
        queue = self.postfix.root / "queue"
        depth = self.depth(self.agent.metrics())
        for path in (queue / "hold", queue):
            away = self.postfix.root / "away"
            path.rename(away)
            metrics = self.settled(lambda found: self.reads(found) == [0])
            self.assertIsNone(self.depth(metrics))
            # One that has just started sees it as well.
            self.assertEqual(self.reads(self.metrics_of("dac_read_search")), [0], path)
            away.rename(path)
            metrics = self.settled(lambda found: self.reads(found) == [1])
            self.assertEqual(self.depth(metrics), depth)
            self.assert_age(metrics)

    def test_5_killed_and_restarted(self):
        depth = self.depth(self.agent.metrics())
        os.kill(int((self.postfix.root / "queue/pid/master.pid").read_text()), signal.SIGKILL)
        metrics = self.settled(lambda found: not found.select("mail_config_stale"))
        self.assertEqual(self.depth(metrics), depth)
        self.assert_age(metrics)
        for pid in run("ip", "netns", "pids", self.postfix.netns).split():  # what the master left behind
            if pathlib.Path(f"/proc/{pid}/comm").read_text().strip() in ("qmgr", "pickup", "smtp", "showq", "cleanup", "smtpd",
                                                                        "trivial-rewrite", "anvil", "postlogd"):
                os.kill(int(pid), signal.SIGKILL)
        self.postfix.start()
        self.postfix.inject(4, 500, "user@other.example")
        metrics = self.settled(lambda found: self.depth(found) == depth + 4)
        self.assertEqual(self.depth(metrics), len(self.postfix.queue()))
        self.assert_age(metrics)

    def test_6_reconfigured(self):
        self.settled(lambda found: [value for _, value in found.select("mail_config_stale")] == [0])
        time.sleep(3)  # process start times are known to the second
        with (self.postfix.config / "main.cf").open("a") as main_cf:
            main_cf.write("smtpd_hard_error_limit = 17\n")
        metrics = self.settled(lambda found: [value for _, value in found.select("mail_config_stale")] == [1])
        self.assertEqual(metrics.one("mail_limit", limit="protocol_errors", scope="smtpd:127.0.0.1:2525"), 17)
        self.postfix.reload()
        metrics = self.settled(lambda found: [value for _, value in found.select("mail_config_stale")] == [0])
        self.assertEqual(self.depth(metrics), len(self.postfix.queue()))
        self.assert_age(metrics)

    def test_7_stopped(self):
        self.postfix.stop()
        queue = self.postfix.root / "queue"
        (queue / "hold").rename(self.postfix.root / "hold")
        # It ran once: a queue that is gone is no Postfix that was never started.
        self.assertEqual(self.reads(self.metrics_of("dac_read_search")), [0])
        (self.postfix.root / "hold").rename(queue / "hold")
        self.assertEqual(self.reads(self.metrics_of("dac_read_search")), [1])


if __name__ == "__main__":
    host.main(200)
