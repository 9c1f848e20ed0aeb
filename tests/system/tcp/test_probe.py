#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The connect probe: one connection a minute to a destination of the user's choice, and what became of it."""
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import host  # noqa: E402  pylint: disable=wrong-import-position

PORT, CLOSED_PORT = 9001, 9002
PATIENCE_SECONDS = 10


class Probe(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.namespace = self.things.namespace()
        self.things.load("server", 64, "127.0.0.1", PORT, "::1", PORT, namespace=self.namespace)

    def agent(self, target):
        config = self.things.write(f"probe-{target}.yml", f"""
tcp: {{connect_probe: {{target: "{target}"}}}}
findings: {{outbound_blocked: {{hold: 1s, clear: 1s}}}}
""")
        return self.things.agent("--no-collector.mail", "--no-collector.tuning", f"--config.file={config}",
                                 namespace=self.namespace)

    def result(self, agent, seconds=5):
        host.wait_for(lambda: agent.metrics().select("tcp_connect_probe_success"), "the probe has ended", seconds=seconds)
        return agent.metrics().one("tcp_connect_probe_success")

    def test_who_answers(self):
        for target in (f"127.0.0.1:{PORT}", f"[::1]:{PORT}"):
            agent = self.agent(target)
            self.assertEqual(self.result(agent), 1, target)
            self.assertEqual(agent.next_metrics().select("finding_severity", finding="outbound_blocked"), [])

    def test_at_most_one_a_minute(self):
        agent = self.agent(f"127.0.0.1:{PORT}")
        self.assertEqual(self.result(agent), 1)
        before = agent.sequence()
        time.sleep(3)
        self.assertGreater(agent.sequence(), before + 5)
        self.assertEqual(agent.metrics().one("tcp_active_opens_total"), 1)

    def told(self, agent, error):
        """The finding tells why, and where to."""
        host.wait_for(lambda: agent.metrics().select("finding_severity", finding="outbound_blocked"), "the finding stands")
        self.assertIn(f"The agent cannot connect to {error}", " ".join(agent.get("/status.txt").text.split()))

    def test_who_refuses(self):
        agent = self.agent(f"127.0.0.1:{CLOSED_PORT}")
        self.assertEqual(self.result(agent), 0)
        self.told(agent, f"127.0.0.1:{CLOSED_PORT} (Connection refused)")

    def test_who_does_not_answer(self):
        silent = self.namespace.silent_peer()
        agent, start = self.agent(f"{silent}:{PORT}"), time.monotonic()
        self.assertEqual(self.result(agent, seconds=PATIENCE_SECONDS + 10), 0)
        self.assertGreaterEqual(time.monotonic() - start, PATIENCE_SECONDS - 1)
        self.told(agent, f"{silent}:{PORT} (Connection timed out)")

    def test_where_no_port_is_left(self):
        self.namespace.sysctl("net.ipv4.ip_local_port_range=20000 20009")
        self.things.load("hold", 10, PORT, "127.0.0.1", namespace=self.namespace)
        agent = self.agent(f"127.0.0.1:{PORT}")
        self.assertEqual(self.result(agent), 0)
        self.told(agent, f"127.0.0.1:{PORT} (Cannot assign requested address)")


if __name__ == "__main__":
    host.main(60)
