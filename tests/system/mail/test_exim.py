# SPDX-License-Identifier: Apache-2.0
"""Queues and limits of a real Exim, as the agent sees them and as Exim itself tells."""
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import host  # noqa: E402  pylint: disable=wrong-import-position
import smtp_clients  # noqa: E402  pylint: disable=wrong-import-position
from exim_server import Exim  # noqa: E402  pylint: disable=wrong-import-position
from other_root import OtherRoot, enter_mount_namespace  # noqa: E402  pylint: disable=wrong-import-position

MESSAGES = 200
NAMED = 40
FROZEN = 12
REMOVED = 30
PER_HOST = 4
AGE_TOLERANCE_SECONDS = 2


class EximTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.things = host.Things()
        cls.addClassCleanup(cls.things.close)
        shared = (cls.things.directory, host.SOURCE, host.BUILD)
        cls.root = cls.things.enter_context(OtherRoot(Exim.PACKAGES, shared))
        cls.netns = cls.things.namespace()
        cls.exim = Exim(cls.things, cls.root, cls.netns)
        cls.exim.start()
        config = cls.things.write("chokepoint.yml", "mail: {content: top}\n")
        cls.agent = cls.things.agent("--no-collector.tuning", f"--config.file={config}", namespace=cls.netns,
                                     prefix=cls.root.command())
        cls.began = None

    def settled(self, check):
        """The metrics once check(metrics) holds."""
        found = {}

        def settle():
            found["metrics"] = self.agent.next_metrics()
            return check(found["metrics"])
        host.wait_for(settle, lambda: [item for item in found["metrics"].items() if "exim" in str(item)])
        return found["metrics"]

    @staticmethod
    def depth(metrics, queue="input"):
        found = metrics.select("mail_queue_messages", mta="exim", server="main", queue=queue)
        return found[0][1] if found else None

    def assert_age(self, metrics):
        """The first message is the oldest, whatever Exim went through since."""
        age = metrics.one("mail_queue_oldest_message_age_seconds", mta="exim", queue="input")
        self.assertAlmostEqual(age, metrics.one("sample_timestamp_seconds") - self.began, delta=AGE_TOLERANCE_SECONDS)

    def test_1_queues(self):
        metrics = self.settled(lambda found: self.depth(found) == 0)
        type(self).began = time.time()
        self.exim.inject(MESSAGES)
        self.exim.inject(NAMED, "named@mail.example")
        time.sleep(AGE_TOLERANCE_SECONDS + 1)
        metrics = self.settled(lambda found: self.depth(found) == MESSAGES)
        self.assertEqual(self.exim.count(), MESSAGES)
        self.assertEqual(self.depth(metrics, "named"), NAMED)
        self.assertEqual(self.exim.count("named"), NAMED)
        self.assert_age(metrics)
        size = metrics.one("mail_queue_bytes", mta="exim", queue="input")
        self.assertTrue(MESSAGES * 1000 <= size <= MESSAGES * 4000, size)

        ids = self.exim.ids()
        self.assertEqual(len(ids), MESSAGES)
        self.exim.tool("-Mf", *ids[:FROZEN])
        self.exim.tool("-Mrm", *ids[FROZEN:FROZEN + REMOVED])
        metrics = self.settled(lambda found: self.depth(found) == MESSAGES - REMOVED and found.one(
            "mail_queue_frozen_messages", queue="input") == FROZEN)
        self.assertEqual(self.exim.frozen(), FROZEN)
        self.assertEqual(self.exim.count(), MESSAGES - REMOVED)
        # Freezing writes the file anew; the age stays that of the arrival.
        self.assert_age(metrics)

    def test_2_limits(self):
        metrics = self.settled(lambda found: found.select("mail_limit", mta="exim"))
        for labels, value in metrics.select("mail_limit", mta="exim", scope="server"):
            text = self.exim.tool("-bP", labels["native"]).split(" = ")[1].strip()
            self.assertEqual(value, {"1m17s": 77.0, "": float("inf")}.get(text) or float(text), labels)
        self.assertEqual(metrics.one("mail_limit", mta="exim", limit="inbound_connections_per_source"), PER_HOST)
        self.assertEqual(metrics.one("mail_limit", scope="transport:remote_smtp", limit="messages_per_connection"), 7)
        self.assertEqual(metrics.one("mail_spool_required_bytes", mta="exim"), 20 * 1024 * 1024)
        self.assertGreater(metrics.one("mail_spool_free_bytes", mta="exim"), 0)

    def test_3_the_peer_that_gets_421_is_at_its_limit(self):
        client, greetings = smtp_clients.connect(self.netns, "127.0.0.2", PER_HOST + 2)
        self.addCleanup(host.stop, client)
        self.assertEqual(greetings, ["220"] * PER_HOST + ["421"] * 2)
        other, greetings = smtp_clients.connect(self.netns, "127.0.0.3", 1)
        self.addCleanup(host.stop, other)
        metrics = self.settled(lambda found: found.one("mail_server_connections", mta="exim", role="inbound")
                               == PER_HOST + 1)
        self.assertEqual(metrics.one("mail_connections_ratio", mta="exim", peer="127.0.0.2"), 1)
        self.assertEqual(metrics.one("mail_connections_ratio", mta="exim", peer="127.0.0.3"), 1 / PER_HOST)
        self.assertEqual(metrics.one("mail_server_connections_limit", mta="exim", role="inbound"), 12)

    def test_4_reconfigured(self):
        self.settled(lambda found: found.select("mail_config_stale", mta="exim") and
                     found.one("mail_config_stale", mta="exim") == 0)
        time.sleep(1)
        self.exim.configure(9)
        metrics = self.settled(lambda found: found.one("mail_config_stale", mta="exim") == 1 and found.one(
            "mail_limit", mta="exim", limit="inbound_connections") == 9)
        self.assertEqual(metrics.one("mail_limit_default", mta="exim", limit="inbound_connections"), 20)
        self.exim.reload()
        metrics = self.settled(lambda found: found.one("mail_config_stale", mta="exim") == 0)
        self.assertEqual(self.depth(metrics), self.exim.count())
        self.assert_age(metrics)

    def test_5_broken_configuration(self):
        config = self.root.path("/etc/exim4/exim4.conf")
        text = config.read_text()
        config.write_text("no such option\n" + text)
        self.settled(lambda found: found.one("collector_source_success", source="exim:main:limits") == 0)
        metrics = self.agent.metrics()
        self.assertEqual(metrics.select("mail_limit", mta="exim"), [])
        self.assertIsNotNone(self.depth(metrics))
        config.write_text(text)
        self.settled(lambda found: found.one("collector_source_success", source="exim:main:limits") == 1)

    def test_6_moved_away_and_back(self):
        depth = self.depth(self.agent.metrics())
        spool = self.exim.spool()
        (spool / "input").rename(spool / "away")
        metrics = self.settled(lambda found: found.one("collector_source_success", source="exim:main") == 0)
        self.assertIsNone(self.depth(metrics))
        (spool / "away").rename(spool / "input")
        metrics = self.settled(lambda found: found.one("collector_source_success", source="exim:main") == 1)
        self.assertEqual(self.depth(metrics), depth)
        self.assert_age(metrics)

    def test_7_killed_and_restarted(self):
        depth = self.depth(self.agent.metrics())
        self.exim.process.kill()
        self.exim.process.wait()
        metrics = self.settled(lambda found: not found.select("mail_config_stale", mta="exim"))
        self.assertEqual(self.depth(metrics), depth)
        self.assert_age(metrics)
        self.exim.start()
        self.exim.inject(5)
        metrics = self.settled(lambda found: self.depth(found) == depth + 5)
        self.assertEqual(self.exim.count(), depth + 5)
        self.assert_age(metrics)
        self.settled(lambda found: found.select("mail_config_stale", mta="exim") and
                     found.one("mail_config_stale", mta="exim") == 0)

    def test_8_destinations(self):
        def destinations(found):
            return {(labels["domain"], labels.get("dsn", "")): value for labels, value in found.select(
                "mail_queue_destination_messages", mta="exim", server="main", queue="input")}
        depth = self.depth(self.agent.metrics())
        metrics = self.settled(lambda found: sum(destinations(found).values()) == depth and
                               ("unknown", "") not in destinations(found))
        self.assertEqual(destinations(metrics), {("example.net", ""): depth})
        self.exim.inject(3, recipient="user@Tried.Example")
        tried = self.exim.ids()[-3:]
        self.exim.tool("-M", *tried, check=False)
        # The agent may have opened them before they were tried, and then opens them again in some minutes.
        found = destinations(self.look())
        self.assertEqual(found, {("example.net", ""): depth, ("tried.example", "4.4.1"): 3})

    def look(self, *prefix):
        """What an agent sees that has just begun."""
        answer = host.run(*self.root.command(*prefix, host.CHOKEPOINT, "metrics", "--no-collector.tuning",
                                             f"--config.file={self.things.directory}/chokepoint.yml"))
        return host.Series(host.check_exposition.check(answer.stdout.encode())[1])

    def test_9_unreadable(self):
        metrics = self.look("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
        self.assertEqual(metrics.one("collector_source_success", source="exim:main"), 0)
        self.assertIsNone(self.depth(metrics))
        self.assertEqual(metrics.one("mail_limit", mta="exim", limit="inbound_connections_per_source"), PER_HOST)


if __name__ == "__main__":
    enter_mount_namespace()
    host.main(200)
