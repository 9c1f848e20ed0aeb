#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whose TIME_WAITs are they, where there are no events at all? The eight clients of test_ground_truth.py: the server's side
is known, and what is not marked as an estimate is never wrong. Estimates may only name who really was there."""
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
        agent = things.agent("--no-collector.mail", "--no-collector.tuning", namespace=namespace, interval="200ms")
        crowd = truth.Crowd(things, namespace, SECONDS, factor=1.3)
        time.sleep(SECONDS)
        (series,), true = truth.standing_still(crowd, (agent,))
        self.assertEqual(crowd.failed(), [])
        self.assertGreaterEqual(sum(true.values()), 15_000)
        self.assertEqual(series.one("tcp_sockets", state="time_wait"), sum(true.values()))
        self.check_walk(series, true)
        named = {labels["process"] for labels, _ in series.select("tcp_process_sockets", state="time_wait")}
        self.assertLessEqual(named, {"unknown", *(process for process, _, _ in true)})


if __name__ == "__main__":
    host.main(60)
