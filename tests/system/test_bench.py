#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bench/run works: it measures against every peer and writes its tables. How fast anything is, is no test's matter."""
import os
import unittest
import xml.dom.minidom

import host


class Bench(unittest.TestCase):
    def run_bench(self, things, output, *flags):
        environment = {**os.environ, "BENCH_BUILD": str(things.directory / "build"), "CHOKEPOINT": host.CHOKEPOINT}
        bench = things.popen(host.SOURCE / "bench/run", "--quick", "--output", output, *flags, env=environment,
                             stdout=host.subprocess.PIPE, stderr=host.subprocess.STDOUT)
        said = bench.stdout.read().decode()
        self.assertEqual(bench.wait(), 0, said)
        return bench

    def test_quick_run(self):
        things = host.Things()
        self.addCleanup(things.close)
        output = things.directory / "results.md"
        bench = self.run_bench(things, output)
        text = output.read_text()
        for word in ("chokepoint", "bare dump", "collectd tcpconns", "node_exporter tcpstat", "bare getdents64 walk", "ss -tanp",
                     "to learn every owner", "connections a second", "established sockets, both ends",
                     "prometheus-postfix-exporter", "At rest", "Scrapes", "tcpConnectionTable", "all tables at their limits",
                     "only reads and answers"):
            self.assertIn(word, text)
        plot = output.with_suffix(".svg").read_text()
        self.assertIn(output.with_suffix(".svg").name, text)
        for name in ("chokepoint", "ss -tanp", "500 TIME_WAIT", "1,000 TIME_WAIT"):
            self.assertIn(name, plot)
        xml.dom.minidom.parseString(plot)
        rows = [line for line in text.splitlines() if line.startswith("| chokepoint |")]
        self.assertEqual(len(rows), 3, text)
        with_events = "chokepoint_tcp_events_active 1" in host.run(host.CHOKEPOINT, "metrics").stdout
        self.assertEqual("| its program in the kernel |" in text, with_events, text)
        for kind in ("long ids", "short ids"):
            self.assertIn(f"deferred messages, {kind}", text)
        self.assertEqual(host.run("ip", "netns", "list").stdout.count(f"cp-{bench.pid}-"), 0, "no namespace is left")
        # One part alone puts its sections in the place of the old ones.
        output.write_text(text.replace("share of one core | ", "share of one core | old"))
        self.run_bench(things, output, "--part", "rest")
        again = output.read_text()
        self.assertNotIn("share of one core | old", again)
        self.assertIn("- Again, rest: ", again)
        self.assertEqual([line for line in again.splitlines() if line.startswith("## ")],
                         [line for line in text.splitlines() if line.startswith("## ")])


if __name__ == "__main__":
    host.main(160)
