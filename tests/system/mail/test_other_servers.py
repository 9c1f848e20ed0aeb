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
        cls.agent = cls.things.agent("--no-collector.tuning", namespace=cls.netns, prefix=cls.root.command())

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

    def stale(self, metrics):
        """[0], [1], or nothing while the server is between two lives."""
        return [value for _, value in metrics.select("mail_config_stale", mta=self.server.MTA)]

    def test_1_queue(self):
        self.settled(lambda found: self.depth(found) == 0)
        start = time.time()
        self.server.inject(MESSAGES)
        time.sleep(AGE_TOLERANCE_SECONDS + 1)
        metrics = self.settled(lambda found: self.depth(found) == MESSAGES)
        self.assertEqual(self.server.count(), MESSAGES)
        age = metrics.one("mail_queue_oldest_message_age_seconds", mta=self.server.MTA, queue=self.server.QUEUE)
        self.assertAlmostEqual(age, metrics.one("sample_timestamp_seconds") - start, delta=AGE_TOLERANCE_SECONDS)
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

    def test_3_killed_and_restarted(self):
        host.stop(self.server.process)
        metrics = self.agent.next_metrics()
        self.assertEqual(self.depth(metrics), MESSAGES)
        self.server.start()
        self.server.inject(MORE)
        self.settled(lambda found: self.depth(found) == MESSAGES + MORE)
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


class SendmailTest(ServerTests, unittest.TestCase):
    SERVER = Sendmail


class OpenSmtpdTest(ServerTests, unittest.TestCase):
    SERVER = OpenSmtpd


if __name__ == "__main__":
    enter_mount_namespace()
    host.main(900)
