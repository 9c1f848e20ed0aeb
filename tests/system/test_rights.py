#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The agent as a user without any right, and under hidepid: what it cannot see it says, and what it says is true."""
import unittest

import host

HELD, TIME_WAIT, PORT = 12, 40, 8025
HIDING = "mount -t proc -o hidepid=2 proc /proc && exec \"$@\""


class Rights(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.namespace = self.things.namespace()
        self.namespace.sysctl("net.ipv4.tcp_tw_reuse=0")
        self.things.load("server", 50, "127.0.0.1", PORT, namespace=self.namespace)
        self.things.load("hold", HELD, PORT, "127.0.0.1", namespace=self.namespace)
        self.things.load("time_wait", TIME_WAIT, PORT, "127.0.0.1", namespace=self.namespace)

    def series(self, *prefix):
        self.agent = self.things.agent("--no-collector.mail", namespace=self.namespace, prefix=prefix)
        return self.agent.next_metrics()

    def check_counts(self, series):
        counts = {state: count for state, count in series.by("state", "tcp_sockets").items() if count}
        self.assertEqual(counts, {"listen": 1, "established": 2 * HELD, "time_wait": TIME_WAIT})
        for name in ("tcp_process_sockets", "tcp_attributed_sockets"):
            self.assertEqual(series.total(name), sum(counts.values()), name)
        self.assertEqual(series.one("ephemeral_ports_used", destination=f"127.0.0.1:{PORT}"), HELD + TIME_WAIT)
        self.assertEqual(series.one("collector_success", collector="tcp"), 1)
        self.assertEqual(series.one("collector_source_success", collector="tcp", source="counters"), 1)

    def wait_for_owners(self):
        """They are sought within a budget of time: on a busy host it takes some samples."""
        host.wait_for(lambda: self.agent.metrics().total("tcp_process_sockets", process="load", state="established")
                      == 2 * HELD, "every owner is known")

    def check_nobody_is_named(self, series):
        self.assertEqual(set(series.by("process", "tcp_process_sockets")), {"unknown"})
        self.assertEqual(series.one("collector_source_success", source="owners"), 0)
        self.assertIn("CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH", self.agent.get("/status.txt").text)

    def test_as_root_owners_are_known(self):
        self.check_counts(self.series())
        self.assertEqual(self.agent.metrics().one("collector_source_success", source="owners"), 1)
        self.wait_for_owners()

    def test_as_nobody(self):
        series = self.series(*host.unprivileged(self.things))
        self.check_counts(series)
        self.check_nobody_is_named(series)

    def test_as_nobody_where_processes_are_hidden(self):
        series = self.series("unshare", "--mount", "sh", "-c", HIDING, "sh", *host.unprivileged(self.things))
        self.check_counts(series)
        self.check_nobody_is_named(series)
        self.assertIn("hidepid", self.agent.get("/status.txt").text)

    def test_hidden_processes_are_seen_with_the_rights(self):
        series = self.series("unshare", "--mount", "sh", "-c", HIDING, "sh",
                             *host.unprivileged(self.things, "sys_ptrace", "dac_read_search"))
        self.check_counts(series)
        self.wait_for_owners()


if __name__ == "__main__":
    host.main(90)
