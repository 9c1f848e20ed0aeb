#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A build without kernel events: who demands them is told, and walking answers."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import host  # noqa: E402  pylint: disable=wrong-import-position

PORT = 9001


class NoEvents(unittest.TestCase):
    def test_they_are_missed_by_name(self):
        things = host.Things()
        self.addCleanup(things.close)
        namespace = things.namespace()
        things.load("server", 256, "127.0.0.1", PORT, namespace=namespace)
        namespace.run(host.LOAD, "time_wait", 30, PORT, "127.0.0.1")
        agent = things.agent("--no-collector.mail", "--collector.tcp.events=on", namespace=namespace)
        series = agent.metrics()
        self.assertEqual(series.one("collector_source_success", source="events"), 0)
        self.assertIn("events need a build with CHOKEPOINT_EVENTS=ON", agent.log.read_text())
        self.assertEqual(series.one("tcp_events_active"), 0)
        self.assertEqual(series.one("tcp_sockets", state="time_wait"), 30)
        self.assertEqual(series.one("collector_success", collector="tcp"), 1)


if __name__ == "__main__":
    host.main(40)
