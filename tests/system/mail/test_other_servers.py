# SPDX-License-Identifier: Apache-2.0
"""Queues and limits of a real Sendmail and a real OpenSMTPD, as the agent sees them and as their own tools do. Takes a
minute each: a stage of its own."""
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import host  # noqa: E402  pylint: disable=wrong-import-position
from opensmtpd_server import OpenSmtpd  # noqa: E402  pylint: disable=wrong-import-position
from other_root import OtherRoot, enter_mount_namespace  # noqa: E402  pylint: disable=wrong-import-position
from sendmail_server import Sendmail  # noqa: E402  pylint: disable=wrong-import-position

MESSAGES = 200
MORE = 20
TRIED = 3
ANSWER = "451 4.7.1 come again"
AGE_TOLERANCE_SECONDS = 2


class ServerTests:
    """The same tests for each server; a subclass names it."""

    @classmethod
    def setUpClass(cls):
        cls.things = host.Things()
        cls.addClassCleanup(cls.things.close)
        cls.root = cls.things.enter_context(
            OtherRoot(cls.SERVER.PACKAGES, (cls.things.directory, host.SOURCE, host.BUILD)))
        cls.netns = cls.things.namespace()
        cls.server = cls.SERVER(cls.things, cls.root, cls.netns)
        cls.server.start()
        config = cls.things.write("chokepoint.yml", "mail: {content: top}\n")
        cls.flags = ("--no-collector.tuning", f"--config.file={config}")
        cls.agent = cls.things.agent(*cls.flags, namespace=cls.netns, prefix=cls.root.command())
        cls.began = None

    def settled(self, check):
        """The metrics once check(metrics) holds."""
        found = {}

        def settle():
            found["metrics"] = self.agent.next_metrics()
            return check(found["metrics"])
        host.wait_for(settle, lambda: [item for item in found["metrics"].items() if self.server.MTA in str(item)],
                      seconds=40)
        return found["metrics"]

    def depth(self, metrics):
        found = metrics.select("mail_queue_messages", mta=self.server.MTA, queue=self.server.QUEUE)
        return found[0][1] if found else None

    def assert_age(self, metrics):
        """The first message is the oldest, whatever the server went through since."""
        age = metrics.one("mail_queue_oldest_message_age_seconds", mta=self.server.MTA, queue=self.server.QUEUE)
        self.assertAlmostEqual(age, metrics.one("sample_timestamp_seconds") - self.began, delta=AGE_TOLERANCE_SECONDS)

    def destinations(self):
        """What an agent that has just begun finds in the messages: by domain and status."""
        answer = host.run(*self.root.command(host.CHOKEPOINT, "metrics", *self.flags))
        metrics = host.Series(host.check_exposition.check(answer.stdout.encode())[1])
        return {(labels["domain"], labels.get("dsn", "")): value for labels, value in metrics.select(
            "mail_queue_destination_messages", mta=self.server.MTA, queue=self.server.QUEUE)}

    def stale(self, metrics):
        """[0], [1], or nothing while the server is between two lives."""
        return [value for _, value in metrics.select("mail_config_stale", mta=self.server.MTA)]

    def test_1_queue(self):
        self.settled(lambda found: self.depth(found) == 0)
        type(self).began = time.time()
        self.server.inject(MESSAGES)
        time.sleep(AGE_TOLERANCE_SECONDS + 1)
        metrics = self.settled(lambda found: self.depth(found) == MESSAGES)
        self.assertEqual(self.server.count(), MESSAGES)
        self.assert_age(metrics)
        size = metrics.one("mail_queue_bytes", mta=self.server.MTA, queue=self.server.QUEUE)
        self.assertTrue(MESSAGES * 1000 <= size <= MESSAGES * 5000, size)

    def test_2_reconfigured(self):
        self.settled(lambda found: self.stale(found) == [0])
        time.sleep(1)
        self.server.set_limit(9)
        self.settled(lambda found: self.stale(found) == [1] and found.one(
            "mail_limit", mta=self.server.MTA, **self.server.LIMIT) == 9)
        self.server.reload()
        metrics = self.settled(lambda found: self.stale(found) == [0])
        self.assertGreater(metrics.one("mail_spool_required_bytes", mta=self.server.MTA), 0)
        self.assertEqual(self.depth(metrics), MESSAGES)
        self.assert_age(metrics)

    def test_3_killed_and_restarted(self):
        self.server.process.kill()
        self.server.process.wait()
        metrics = self.agent.next_metrics()
        self.assertEqual(self.depth(metrics), MESSAGES)
        self.assert_age(metrics)
        # What is left of it ends by itself.
        host.wait_for(lambda: not self.netns.run("ss", "-Hltn", "sport = :25").stdout, "nobody listens")
        self.server.start()
        self.server.inject(MORE)
        metrics = self.settled(lambda found: self.depth(found) == MESSAGES + MORE)
        self.assert_age(metrics)
        # OpenSMTPD takes its queue in bit by bit when it starts.
        host.wait_for(lambda: self.server.count() == MESSAGES + MORE, self.server.count)

    def test_4_moved_away_and_back(self):
        source = f"{self.server.MTA}:main"
        spool = self.server.spool()
        away = spool.with_name("away")
        spool.rename(away)
        metrics = self.settled(lambda found: found.one("collector_source_success", source=source) == 0)
        self.assertIsNone(self.depth(metrics))
        away.rename(spool)
        metrics = self.settled(lambda found: found.one("collector_source_success", source=source) == 1)
        self.assertEqual(self.depth(metrics), MESSAGES + MORE)
        self.assert_age(metrics)

    def test_5_destinations(self):
        def others_are_told():
            found = self.destinations()
            expected = [("example.net", dsn) for dsn in self.server.OTHERS]
            return expected[0] in found and set(found) <= set(expected) and sum(found.values()) == MESSAGES + MORE
        host.wait_for(others_are_told, self.destinations, seconds=60, pause=2)
        refusing = self.things.popen(sys.executable, pathlib.Path(__file__).with_name("refusing_server.py"),
                                     self.server.RELAY_PORT, "220 mx.tried.example ESMTP", ANSWER,
                                     namespace=self.netns, stdout=host.subprocess.PIPE)
        self.assertEqual(refusing.stdout.readline(), b"ready\n")
        self.server.inject(TRIED, "User@Tried.Example")
        self.server.try_again("tried.example")
        host.wait_for(lambda: self.destinations().get(("tried.example", "4.7.1")) == TRIED, self.destinations,
                      seconds=60, pause=2)
        # The agent that was there all the time counts the same messages, perhaps without an attempt yet.
        metrics = self.settled(lambda found: found.total("mail_queue_destination_messages", mta=self.server.MTA,
                                                         queue=self.server.QUEUE, domain="tried.example") == TRIED)
        self.assertEqual(self.depth(metrics), MESSAGES + MORE + TRIED)
        self.assert_age(metrics)
        self.assertNotIn(ANSWER, self.agent.get("/metrics").text)
        self.assertEqual(self.server.count(), MESSAGES + MORE + TRIED)


class SendmailTest(ServerTests, unittest.TestCase):
    SERVER = Sendmail

    def test_6_quarantined(self):
        self.server.quarantine("tried.example")
        # The cell is absent until the files were looked at.
        metrics = self.settled(lambda found: [value for _, value in found.select(
            "mail_queue_frozen_messages", mta="sendmail", queue="mqueue")] == [TRIED])
        self.assertEqual(self.depth(metrics), MESSAGES + MORE + TRIED)
        self.assertEqual(self.server.count(), MESSAGES + MORE + TRIED)
        self.assert_age(metrics)


class OpenSmtpdTest(ServerTests, unittest.TestCase):
    SERVER = OpenSmtpd


if __name__ == "__main__":
    enter_mount_namespace()
    host.main(900)
