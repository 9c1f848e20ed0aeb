#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The ground truth of test_ground_truth.py for three minutes of load under each value of tcp_tw_reuse, looked at once a
minute, with ports so few that many TIME_WAITs are reused before their time."""
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import host  # noqa: E402  pylint: disable=wrong-import-position
import truth  # noqa: E402  pylint: disable=wrong-import-position

LOOKS, LOOK_SECONDS = 3, 60
RANGES = {0: "1024 65535", 1: "20000 31999", 2: "20000 31999"}


class GroundTruth(unittest.TestCase, truth.Checks):
    def look_for_minutes(self, reuse):
        things = host.Things()
        self.addCleanup(things.close)
        namespace = things.namespace()
        namespace.sysctl(f"net.ipv4.ip_local_port_range={RANGES[reuse]}", f"net.ipv4.tcp_tw_reuse={reuse}")
        flags = ("--no-collector.mail", "--no-collector.tuning")
        events = things.agent(*flags, "--collector.tcp.events=on", namespace=namespace, interval="200ms")
        walk = things.agent(*flags, "--collector.tcp.events=off", namespace=namespace, interval="200ms")
        crowd = truth.Crowd(things, namespace, LOOKS * LOOK_SECONDS + 10)
        for _ in range(LOOKS):
            time.sleep(LOOK_SECONDS)
            (by_events, by_walk), true = truth.standing_still(crowd, (events, walk))
            self.assertEqual(crowd.failed(), [])
            self.assertGreaterEqual(sum(true.values()), 20_000)
            self.check_events(by_events, true)
            self.check_walk(by_walk, true)
        crowd.signal(truth.signal.SIGTERM)

    def test_reuse_never(self):
        self.look_for_minutes(0)

    def test_reuse_everywhere(self):
        self.look_for_minutes(1)

    def test_reuse_on_loopback(self):
        self.look_for_minutes(2)


if __name__ == "__main__":
    host.main(700)
