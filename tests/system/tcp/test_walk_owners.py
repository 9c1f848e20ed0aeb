#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whose TIME_WAITs are they, where a walk over /proc takes many samples? Three programs, each with a plateau towards a
destination of its own that no other one's connections come and go to, on a host with so many descriptors that a connection
is gone by the time its turn in the walk comes: all three are named, as estimates; nobody else is, ever."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import host  # noqa: E402  pylint: disable=wrong-import-position
import truth  # noqa: E402  pylint: disable=wrong-import-position

OPENERS = (
    ("cp-billing", "pool", 40, 150_000, "127.0.0.1", 9001),
    ("cp-reports", "pool", 30, 150_000, "127.0.0.1", 9002),
    ("cp-search", "pool", 50, 150_000, "127.0.0.1", 9003),
)
SERVED = ("cp-served", "served", 30, 100, "127.0.0.1", 9004)
KEEPER = "cp-keeper"  # it holds connections to all of them, and opens none: no TIME_WAIT is its
KEPT = 20
HOLDERS, DESCRIPTORS = 10, 10_000
NAMED_SECONDS = 60  # it takes about a quarter of that
CROWD_SECONDS = 200  # longer than the test takes: it ends with it


class WalkOwners(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.namespace = self.things.namespace()
        for _ in range(HOLDERS):
            self.things.load("files", DESCRIPTORS, namespace=self.namespace)
        self.agent = self.things.agent("--no-collector.mail", "--no-collector.tuning", "--collector.tcp.events=off",
                                       namespace=self.namespace)
        self.crowd = truth.Crowd(self.things, self.namespace, CROWD_SECONDS, clients=(*OPENERS, SERVED))
        keeper = self.crowd.program(host.LOAD, KEEPER)
        for _, _, _, _, address, port in OPENERS:
            self.things.load("hold", KEPT, port, address, namespace=self.namespace, program=keeper)
        self.owners = {(name, "outbound", port) for name, _, _, _, _, port in OPENERS}
        self.owners.add((truth.SERVER, "inbound", SERVED[-1]))

    def named(self):
        """Whose TIME_WAITs are named now: only those who made them, even while some are not known yet."""
        named = {key for key in truth.claimed(self.agent.metrics()) if key[0] != "unknown"}
        self.assertLessEqual(named, self.owners)
        return named

    def test_each_is_named_and_nobody_else(self):
        before = self.agent.sequence()
        host.wait_for(lambda: self.named() == self.owners, lambda: f"all are named: {self.named()}", NAMED_SECONDS, 0.3)
        print(f"named after {self.agent.sequence() - before} samples", flush=True)
        (series,), true = truth.standing_still(self.crowd, (self.agent,))
        self.assertEqual(self.crowd.failed(), [])
        self.assertEqual(set(true), self.owners)
        self.assertEqual(truth.claimed(series), true)
        # The server's side is known by its listener; the others are what they say, estimates.
        served = true[truth.SERVER, "inbound", SERVED[-1]]
        self.assertEqual(truth.claimed(series, exact=True)[truth.SERVER, "inbound", SERVED[-1]], served)
        self.assertEqual(series.by("method", "tcp_attributed_sockets", state="time_wait"),
                         {"listener": served, "estimated": sum(true.values()) - served})


if __name__ == "__main__":
    host.main(80)
