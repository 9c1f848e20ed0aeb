#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whose TIME_WAITs are they? Half a minute of eight clients with different lives, every connection of which is known,
against the agent in both modes. The stage `truth` does the same for minutes (test_ground_truth_long.py)."""
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import host  # noqa: E402  pylint: disable=wrong-import-position
import truth  # noqa: E402  pylint: disable=wrong-import-position

SECONDS = 22


class GroundTruth(unittest.TestCase, truth.Checks):
    def test_owners_of_time_wait(self):
        things = host.Things()
        self.addCleanup(things.close)
        namespace = things.namespace()
        namespace.sysctl("net.ipv4.ip_local_port_range=20000 60999", "net.ipv4.tcp_tw_reuse=1")
        flags = ("--no-collector.mail", "--no-collector.tuning")
        events = things.agent(*flags, "--collector.tcp.events=on", namespace=namespace, interval="200ms")
        walk = things.agent(*flags, "--collector.tcp.events=off", namespace=namespace, interval="200ms")
        host.wait_for(lambda: events.metrics().one("tcp_events_active") == 1, "events are counted")
        events.next_metrics()
        crowd = truth.Crowd(things, namespace, SECONDS, factor=1.3)
        time.sleep(SECONDS / 2)
        late = things.agent(*flags, "--collector.tcp.events=on", namespace=namespace, interval="200ms")
        time.sleep(SECONDS / 2)
        (by_events, by_walk, by_late), true = truth.standing_still(crowd, (events, walk, late))
        self.assertEqual(crowd.failed(), [])
        self.assertGreaterEqual(sum(true.values()), 15_000)
        self.check_events(by_events, true)
        self.check_walk(by_walk, true)
        # What stood before it looked it can count but not name.
        self.check_events(by_late, true, least_right=0.4)


if __name__ == "__main__":
    host.main(60)
