#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SMTP connections by peer, as kernel events count them and as a walk does: two agents beside each other at a real Postfix
that takes few connections from one client. Both must name the one whom it refuses, while connections come and go."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import host  # noqa: E402  pylint: disable=wrong-import-position
import smtp_clients  # noqa: E402  pylint: disable=wrong-import-position
from postfix_instance import Postfix  # noqa: E402  pylint: disable=wrong-import-position

PORT = 25
CLIENT_LIMIT = 4
EXTRA = f"""\
smtpd_client_connection_count_limit = {CLIENT_LIMIT}
smtpd_client_event_limit_exceptions =
"""
BUSY, CALM, EARLY = "127.0.0.2", "127.0.0.3", "127.0.0.4"


class Netns:
    def __init__(self, name):
        self.name = name


class PeersByMode(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.things = host.Things()
        cls.addClassCleanup(cls.things.close)
        cls.postfix = cls.things.enter_context(Postfix(True, EXTRA, PORT))
        cls.netns = Netns(cls.postfix.netns)
        # Nobody has seen these come: a walk tells events of them.
        cls.early, _ = smtp_clients.connect(cls.netns, EARLY, 2)
        cls.addClassCleanup(host.stop, cls.early)
        config = cls.things.write("chokepoint.yml", "mail:\n  detect: false\n  postfix:\n"
                                  f"    - {{name: relay, config_directory: {cls.postfix.config}}}\n")
        cls.agents = {mode: cls.things.agent(f"--config.file={config}", f"--collector.tcp.events={mode}",
                                             "--no-collector.tuning", namespace=cls.netns) for mode in ("on", "off")}

    def connect(self, address, count):
        client, greetings = smtp_clients.connect(self.netns, address, count)
        self.addCleanup(host.stop, client)
        return client, greetings

    def expect(self, peers):
        """Waits until both agents count just these connections of each peer, and their ratios fit."""
        for mode, agent in self.agents.items():
            found = {}

            def counted(agent=agent, found=found):
                found["metrics"] = agent.next_metrics()
                return found["metrics"].by("peer", "mail_connections", server="relay", role="inbound") == peers
            host.wait_for(counted, lambda mode=mode, found=found: (
                f"events {mode}: {peers}; there are {found['metrics'].select('mail_connections')}"))
            for peer, connections in peers.items():
                self.assertEqual(found["metrics"].one("mail_connections_ratio", peer=peer, role="inbound"),
                                 connections / CLIENT_LIMIT, (mode, peer))
            self.assertEqual(found["metrics"].one("mail_server_connections", server="relay", role="inbound"),
                             sum(peers.values()), mode)

    def test_both_modes_name_the_peer_that_gets_421(self):
        for mode, active in (("on", 1), ("off", 0)):
            self.assertEqual(self.agents[mode].metrics().one("tcp_events_active"), active, mode)
        self.expect({EARLY: 2})
        _, greetings = self.connect(CALM, 1)
        self.assertEqual(greetings, ["220"])
        busy, greetings = self.connect(BUSY, CLIENT_LIMIT)
        self.assertEqual(greetings, ["220"] * CLIENT_LIMIT)
        self.expect({EARLY: 2, CALM: 1, BUSY: CLIENT_LIMIT})
        # What is refused is over at once: it does not count, and the ratio stays 1.
        refused, greetings = self.connect(BUSY, 2)
        self.assertEqual(greetings, ["421"] * 2)
        host.stop(refused)
        self.expect({EARLY: 2, CALM: 1, BUSY: CLIENT_LIMIT})
        host.stop(busy)
        self.expect({EARLY: 2, CALM: 1})
        host.stop(self.early)
        self.expect({CALM: 1})
        _, greetings = self.connect(BUSY, CLIENT_LIMIT - 1)
        self.assertEqual(greetings, ["220"] * (CLIENT_LIMIT - 1))
        self.expect({CALM: 1, BUSY: CLIENT_LIMIT - 1})


if __name__ == "__main__":
    host.main(100)
