# SPDX-License-Identifier: Apache-2.0
"""Limits of a real Postfix: as postconf has them; who is at one of them when the server says 421; a full process limit,
which only the accept queue tells; a configuration that the running server has not read."""
import os
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import host  # noqa: E402  pylint: disable=wrong-import-position
import smtp_clients  # noqa: E402  pylint: disable=wrong-import-position
from postfix_instance import Postfix, run  # noqa: E402  pylint: disable=wrong-import-position

PORT = 25
CLIENT_LIMIT = 4
PROCESSES = 8
EXTRA = f"""\
smtpd_client_connection_count_limit = {CLIENT_LIMIT}
smtpd_client_event_limit_exceptions =
smtpd_timeout = 77s
qmgr_message_active_limit = 1234
"""


class Netns:
    def __init__(self, name):
        self.name = name


class PostfixLimits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.things = host.Things()
        cls.addClassCleanup(cls.things.close)
        cls.postfix = cls.things.enter_context(Postfix(True, EXTRA, PORT, PROCESSES))
        cls.netns = Netns(cls.postfix.netns)
        config = cls.things.write("chokepoint.yml", "mail:\n  detect: false\n  postfix:\n"
                                  f"    - {{name: relay, config_directory: {cls.postfix.config}}}\n")
        cls.agent = cls.things.agent(f"--config.file={config}", "--no-collector.tuning", namespace=cls.netns)

    def connect(self, address, count, timeout=5):
        """Connections that stay until the test ends, and the server's greetings."""
        client, greetings = smtp_clients.connect(self.netns, address, count, timeout)
        self.addCleanup(host.stop, client)
        return greetings

    def settled(self, connections):
        """The metrics once this many connections are counted."""
        found = {}

        def settle():
            found["metrics"] = self.agent.next_metrics()
            return found["metrics"].one("mail_server_connections", server="relay") == connections
        host.wait_for(settle, lambda: found["metrics"].select("mail_server_connections"))
        return found["metrics"]

    def test_limits_are_those_of_postconf(self):
        metrics = self.agent.metrics()
        names = {labels["native"] for labels, _ in metrics.select("mail_limit", server="relay")}
        self.assertIn("qmgr_message_active_limit", names)
        checked = 0
        for labels, value in metrics.select("mail_limit", server="relay"):
            if labels["native"] in ("process_limit", "default_process_limit"):
                continue
            text = run("postconf", "-c", str(self.postfix.config), "-xh", labels["native"]).strip().rstrip("s")
            self.assertEqual(value, float("inf") if text == "0" else float(text), labels)
            checked += 1
        self.assertGreaterEqual(checked, 8)
        self.assertEqual(metrics.one("mail_limit", limit="inbound_connections"), PROCESSES)
        self.assertEqual(metrics.one("mail_limit_default", limit="inbound_connections"), 100)
        self.assertEqual(metrics.one("mail_spool_required_bytes", server="relay"), 15360000)
        room = os.statvfs(self.postfix.root)
        self.assertAlmostEqual(metrics.one("mail_spool_free_bytes", server="relay"), room.f_bavail * room.f_frsize,
                               delta=1e9)

    def test_the_peer_that_gets_421_is_at_its_limit(self):
        self.settled(0)
        greetings = self.connect("127.0.0.2", CLIENT_LIMIT + 2)
        self.assertEqual(greetings, ["220"] * CLIENT_LIMIT + ["421"] * 2)
        self.assertEqual(self.connect("127.0.0.3", 1), ["220"])
        metrics = self.settled(CLIENT_LIMIT + 1)
        inbound = {"server": "relay", "role": "inbound"}
        self.assertEqual(metrics.one("mail_connections_ratio", peer="127.0.0.2", **inbound), 1)
        self.assertEqual(metrics.one("mail_connections_limit", peer="127.0.0.2", **inbound), CLIENT_LIMIT)
        self.assertEqual(metrics.one("mail_connections_ratio", peer="127.0.0.3", **inbound), 1 / CLIENT_LIMIT)
        self.assertEqual(metrics.one("mail_server_connections_limit", **inbound), PROCESSES)
        self.assertEqual(metrics.one("mail_server_connections_waiting", **inbound), 0)

    def test_a_full_process_limit_shows_in_the_accept_queue(self):
        self.settled(0)
        greetings = sum((self.connect(f"127.0.0.{number}", CLIENT_LIMIT) for number in (4, 5)), [])
        self.assertEqual(greetings, ["220"] * PROCESSES)
        self.assertEqual(self.connect("127.0.0.6", 3, timeout=0.5), ["none"] * 3)
        metrics = self.settled(PROCESSES + 3)
        inbound = {"server": "relay", "role": "inbound"}
        self.assertEqual(metrics.one("mail_server_connections_waiting", **inbound), 3)
        self.assertGreater(metrics.one("mail_server_connections_ratio", **inbound), 1)
        self.assertGreaterEqual(metrics.one("mail_server_connections_peak", since="1h", **inbound), PROCESSES + 3)

    def test_a_configuration_is_stale_until_the_server_has_read_it(self):
        def stale(value):
            host.wait_for(lambda: self.agent.metrics().one("mail_config_stale", server="relay") == value,
                          lambda: f"stale is {value}: {self.agent.metrics().select('mail_config_stale')}")
        stale(0)
        time.sleep(3)  # process start times are known to the second
        main_cf = self.postfix.config / "main.cf"
        main_cf.write_text(main_cf.read_text() + "smtpd_hard_error_limit = 17\n")
        stale(1)
        self.assertEqual(self.agent.metrics().one("mail_limit", limit="protocol_errors"), 17)
        self.postfix.inside("postfix", "-c", str(self.postfix.config), "reload")
        stale(0)


if __name__ == "__main__":
    host.main(150)
