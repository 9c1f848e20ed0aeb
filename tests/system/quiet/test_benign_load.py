#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Three hosts that are busy and well, as real load for two minutes at the same time: a pooled proxy that reuses TIME_WAIT,
ports that level off at 35 %, and many long-lived connections. Their agents must not warn. Hold times are a fraction of what
is shipped: what would be told after ten minutes is told within these two."""
import json
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import host  # noqa: E402  pylint: disable=wrong-import-position

SECONDS = 120
PORT = 1433
FINDINGS = """findings:
  ephemeral_ports_filling: {hold: 20s}
  outbound_blocked: {hold: 20s}
  listen_queue_full: {hold: 5s}
"""


class Host:
    """One of them: its ports, its load, and the findings that its agent has ever had."""

    def __init__(self, things, name, ports, sysctls=()):
        self.things, self.name = things, name
        self.namespace = things.namespace()
        self.namespace.sysctl(f"net.ipv4.ip_local_port_range=32768 {32768 + ports - 1}", *sysctls)
        things.load("server", 1000, "0.0.0.0", PORT, namespace=self.namespace)
        config = things.write(f"{name}.yml", FINDINGS)
        self.agent = things.agent(f"--config.file={config}", "--no-collector.mail", namespace=self.namespace,
                                  interval="2s")
        self.told = {}

    def steady(self, rate, life_ms):
        return self.things.popen(host.PACE, "steady", rate, SECONDS + 30, life_ms, PORT, "127.0.0.1",
                                 namespace=self.namespace)

    def hold(self, count):
        self.things.load("hold", count, PORT, "127.0.0.1", namespace=self.namespace)

    def look(self):
        """Keeps every finding that is worse than info; the fullest destination as it is now, None before there is one."""
        snapshot = self.agent.get("/api/v1/snapshot").json()
        for row in self.rows(snapshot, "findings"):
            if row["severity"] != "info":
                self.told.setdefault((row["severity"], row["finding"], row["subject"]), row["sentence"])
        return max(self.rows(snapshot, "port_use"), key=lambda row: row["used"] or 0, default=None)

    @staticmethod
    def rows(snapshot, name):
        table = snapshot["tables"][name]
        names = [column["name"] for column in table["columns"]]
        return [dict(zip(names, row)) for row in table["rows"]]

    def verdict(self):
        result = self.namespace.run(host.CHOKEPOINT, "check", f"--control.socket={self.agent.control}", check=False)
        return result.returncode, result.stdout


class BenignLoad(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.proxy = Host(self.things, "proxy", 4000, ["net.ipv4.tcp_tw_reuse=1"])
        self.plateau = Host(self.things, "plateau", 28232, ["net.ipv4.tcp_tw_reuse=0"])
        self.long_lived = Host(self.things, "long-lived", 28232)
        self.hosts = (self.proxy, self.plateau, self.long_lived)

    def test_nobody_is_woken(self):
        self.proxy.hold(200)
        loads = [self.proxy.steady(600, 20), self.plateau.steady(round(0.35 * 28232 / 60), 50)]
        self.long_lived.hold(14000)
        loads.append(self.long_lived.steady(5, 1000))
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            time.sleep(1)
            fullest = [each.look() for each in self.hosts]
        for each, row in zip(self.hosts, fullest):
            print(f"{each.name}: {row['used']} ports of {row['usable']} taken, {row['reusable']} of them reusable, demand "
                  f"{row['demand']:.3f}; told: {json.dumps([*map(str, each.told.items())])}")
        self.assertEqual([load.poll() for load in loads], [None] * len(loads), "they still run")
        for each in self.hosts:
            self.assertEqual(each.told, {}, each.name)
            self.assertEqual(each.verdict()[0], 0, each.verdict()[1])
        self.as_they_were_meant(*fullest)

    def as_they_were_meant(self, proxy, plateau, long_lived):
        """The loads were what their names say."""
        self.assertGreater(proxy["used"], 1500)
        self.assertGreater(proxy["reusable"], 1000)
        self.assertAlmostEqual(plateau["used"] / plateau["usable"], 0.35, delta=0.03)
        self.assertAlmostEqual(plateau["demand"], 0.35, delta=0.04)
        self.assertGreaterEqual(long_lived["used"], 14000)


if __name__ == "__main__":
    host.main(280)
