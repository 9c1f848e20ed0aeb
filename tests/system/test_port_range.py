#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A range of 4,000 ports, filled to known levels: what is used, what is left, where it is going and who does it."""
import shutil
import statistics
import time
import unittest

import host

LOW, USABLE, PORT = 20000, 4000, 8025
DESTINATION = f"127.0.0.1:{PORT}"
SNMP = host.SOURCE / "packaging/snmp/standalone.conf"
SCALARS = ".1.3.6.1.4.1.8072.9999.9999.421.1"
TIME_WAIT_SECONDS = 60
LIFE_MS = 150  # longer than half the agent's interval, so that some are seen


class PortRange(unittest.TestCase):
    """By walking, unless a class says otherwise."""
    events = "off"

    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.namespace = self.things.namespace()
        self.namespace.sysctl(f"net.ipv4.ip_local_port_range={LOW} {LOW + USABLE - 1}", "net.ipv4.tcp_tw_reuse=0")
        self.things.load("server", 4096, "0.0.0.0", PORT, namespace=self.namespace)

    def start_agent(self):
        """It serves SNMP by itself, on a port inside the namespace. Events begin to tell who it was with its second walk."""
        config = self.things.write("snmp.yml", f"snmp: {{mode: standalone, listen: 'udp:127.0.0.1:161', config_file: {SNMP}, "
                                               f"state_directory: {self.things.directory}/state}}\n")
        self.agent = self.things.agent("--no-collector.mail", "--no-collector.tuning", f"--config.file={config}",
                                       f"--collector.tcp.events={self.events}", namespace=self.namespace)
        self.agent.next_metrics()

    def scalars(self, *numbers):
        """Their values, as net-snmp's own tool shows them inside the namespace."""
        places = [f"{SCALARS}.{number}.0" for number in numbers]
        lines = self.namespace.run("snmpget", "-v2c", "-c", "chokepoint", "-On", "-OvqU", "-t2", "-r2", "127.0.0.1",
                                   *places).stdout.splitlines()
        return [line.strip('"') for line in lines]

    def pace(self, *words, name="cp-pace"):
        program = self.things.directory / name
        if not program.exists():
            shutil.copy(host.PACE, program)
        return self.things.popen(program, *words, namespace=self.namespace, stdout=host.subprocess.PIPE)

    def fill(self, share):
        """Leaves so many TIME_WAIT as are missing to this share of the range."""
        target = round(USABLE * share)
        self.namespace.run(host.LOAD, "time_wait", target - self.filled, PORT, "127.0.0.1")
        self.filled = target

    def one(self, series, name, **labels):
        return series.one(name, destination=DESTINATION, **labels)


class Levels(PortRange):
    """Filled at once."""
    filled = 0

    def test_each_level_is_told_and_a_full_range_hinders_nobody_to_ask(self):
        self.start_agent()
        for share in (0.30, 0.60, 0.95, 1.00):
            self.fill(share)
            series = self.agent.next_metrics()
            used = self.one(series, "ephemeral_ports_used")
            self.assertAlmostEqual(used, share * USABLE, delta=0.01 * USABLE)
            self.assertEqual(self.one(series, "ephemeral_ports_usable"), USABLE)
            self.assertAlmostEqual(self.one(series, "ephemeral_ports_used_ratio"), share, delta=0.01)
            self.assertAlmostEqual(self.one(series, "ephemeral_ports_peak_ratio"), share, delta=0.01)
            self.assertGreater(self.one(series, "ephemeral_ports_demand_ratio"), share)
            use, destination = self.scalars(9, 10)
            self.assertAlmostEqual(int(use), 10000 * share, delta=100)
            self.assertEqual(destination, DESTINATION)
            self.assertIn(DESTINATION, self.agent.get("/status.txt", control=True).text)
        refused = self.namespace.run(host.LOAD, "hold", "1", PORT, "127.0.0.1", check=False)
        self.assertIn("Cannot assign requested address", refused.stderr)
        series = self.agent.next_metrics(control=True)
        self.assertEqual(self.one(series, "ephemeral_exhaustion_seconds"), 0)
        self.assertEqual(series.one("collector_success", collector="tcp"), 1)
        status = self.agent.get("/status.txt", control=True)
        self.assertEqual(status.status, 200)
        self.assertIn(DESTINATION, status.text)
        self.assertIn("100.0 %", status.text)
        # chokepointWorstPortUse (in 1/10000), -Destination, -SecondsLeft (in 1/1000)
        self.assertEqual(self.scalars(9, 10, 12), ["10000", DESTINATION, "0"])
        self.check_failures(series)

    def check_failures(self, series):
        """Only events tell who was refused a port, and whose TIME_WAITs nobody saw alive."""
        self.assertEqual(series.select("tcp_connect_failures_total"), [])


class LevelsByEvents(Levels):
    """The same where connection events are to be had; where not, walking answers."""
    events = "auto"

    def check_failures(self, series):
        if series.one("tcp_events_active") == 1:
            self.assertEqual(self.one(series, "tcp_connect_failures_total", reason="no_port", process="load"), 1)
            holders = series.by("process", "ephemeral_ports_used_by_process", destination=DESTINATION)
            self.assertEqual(holders, {"load": self.one(series, "ephemeral_ports_used")})
            self.assertEqual(self.scalars(11), ["load"])
        else:
            super().check_failures(series)


class Fills(PortRange):
    """Opened at a pace that nothing disturbs, and that the range does not bear."""

    def test_what_will_fill_tells_when(self):
        per_second = 200  # full after 20 s; at 67 a second it would just not fill
        self.start_agent()
        client = self.pace("steady", per_second, 25, LIFE_MS, PORT, "127.0.0.1")
        start = time.monotonic()
        told = []
        while time.monotonic() - start < USABLE / per_second - 2:
            series = self.agent.next_metrics()
            used = series.select("ephemeral_ports_used", destination=DESTINATION)
            left = series.select("ephemeral_exhaustion_seconds", destination=DESTINATION)
            if used and left and used[0][1] > 0.5 * USABLE:
                truth = (USABLE - used[0][1]) / per_second
                told.append((left[0][1], truth))
        self.assertGreater(len(told), 5)
        for left, truth in told:
            self.assertLess(left, 2 * truth, told)
            self.assertGreater(left, truth / 2, told)
        demand = self.one(series, "ephemeral_ports_demand_ratio")
        expected = per_second * (TIME_WAIT_SECONDS + LIFE_MS / 1000) / USABLE
        self.assertAlmostEqual(demand, expected, delta=0.1 * expected)
        self.assertEqual(client.poll(), None)
        holders = series.by("process", "ephemeral_ports_used_by_process", destination=DESTINATION)
        self.assertGreater(holders.get("cp-pace", 0), 0.99 * used[0][1], holders)


class FillsByEvents(Fills):
    events = "auto"


class Steady(PortRange):
    """At one that it bears."""

    def at_the_foot(self, expected):
        """(series, sockets that ss counts) where the saw tooth is low: the kernel ends TIME_WAITs by turns of its timer wheel,
        which are some two seconds long after a minute, so up to so many more may stand."""
        series = self.agent.next_metrics()
        used = len(self.namespace.run("ss", "-tanH", f"dport = :{PORT}").stdout.splitlines())
        return (series, used) if abs(used / USABLE - expected) < 0.005 else None

    def test_a_plateau_is_told_from_the_start_and_never_as_an_end(self):
        per_second = 23
        expected = per_second * (TIME_WAIT_SECONDS + LIFE_MS / 1000) / USABLE  # 35 %
        self.start_agent()
        self.pace("steady", per_second, 90, LIFE_MS, PORT, "127.0.0.1")
        start = time.monotonic()
        while time.monotonic() - start < TIME_WAIT_SECONDS + 8:
            series = self.agent.next_metrics()
            self.assertEqual(series.select("ephemeral_exhaustion_seconds"), [])
            if time.monotonic() - start > 15:
                self.assertAlmostEqual(self.one(series, "ephemeral_ports_demand_ratio"), expected, delta=0.1 * expected)
            time.sleep(1)
        series, used = host.wait_for(lambda: self.at_the_foot(expected), "the ratio is the level's")
        self.assertAlmostEqual(self.one(series, "ephemeral_ports_used"), used, delta=0.01 * USABLE)
        self.assertAlmostEqual(self.one(series, "ephemeral_ports_used_ratio"), expected, delta=0.01)
        self.assertEqual(series.one("tcp_time_wait_seconds"), TIME_WAIT_SECONDS)
        self.assertAlmostEqual(series.one("ephemeral_sustainable_connections_per_second"), USABLE / TIME_WAIT_SECONDS)
        holders = series.by("process", "ephemeral_ports_used_by_process", destination=DESTINATION)
        self.assertGreater(holders.get("cp-pace", 0), 0.99 * self.one(series, "ephemeral_ports_used"), holders)
        estimated = series.total("tcp_process_estimated_sockets", process="cp-pace", port=str(PORT))
        self.assertEqual(estimated, series.total("tcp_attributed_sockets", state="time_wait", method="estimated"))
        taken = self.one(series, "ephemeral_ports_taken_total")
        self.assertAlmostEqual(taken, per_second * (time.monotonic() - start), delta=0.1 * per_second * TIME_WAIT_SECONDS)

    def test_two_programs_that_share_a_destination_are_not_told_apart(self):
        """A wrong name is worse than none. Only events could tell."""
        self.start_agent()
        for name in ("cp-pace-a", "cp-pace-b"):
            self.pace("steady", 20, 8, LIFE_MS, PORT, "127.0.0.1", name=name)
        time.sleep(7)
        series = self.agent.next_metrics()
        self.assertEqual(series.select("tcp_process_estimated_sockets"), [])
        self.assertGreater(series.total("tcp_process_sockets", process="unknown", state="time_wait"), 200)


class Reuse(PortRange):
    """Where TIME_WAITs may be reused after a second most end so, long before a sixth of their life is over."""

    def test_demand_is_what_a_second_takes(self):
        per_second = 600  # ten times what the range bears without reuse
        self.namespace.sysctl("net.ipv4.tcp_tw_reuse=1")
        self.start_agent()
        client = self.pace("steady", per_second, 40, LIFE_MS, PORT, "127.0.0.1")
        start, told = time.monotonic(), []
        while time.monotonic() - start < 11:
            series = self.agent.next_metrics()
            if time.monotonic() - start > 5:
                told.append(self.one(series, "ephemeral_ports_demand_ratio"))
        expected = per_second * (1 + LIFE_MS / 1000) / USABLE  # 17 %
        self.assertAlmostEqual(statistics.median(told), expected, delta=0.1 * expected, msg=told)
        self.assertEqual(series.select("ephemeral_exhaustion_seconds"), [])
        self.assertGreater(self.one(series, "ephemeral_ports_reusable"), 0.25 * USABLE)
        taken = self.one(series, "ephemeral_ports_taken_total")
        self.assertAlmostEqual(taken, per_second * (time.monotonic() - start), delta=0.15 * taken)
        self.assertEqual(client.poll(), None)


class ReuseByEvents(Reuse):
    events = "auto"


class Bound(PortRange):
    def test_bind_before_connect_fills_the_pool_of_all_destinations(self):
        self.start_agent()
        addresses = [f"127.0.0.{number}" for number in range(1, 9)]
        client = self.pace("bound", USABLE + 1, PORT, "127.0.0.1", *addresses)
        opened = int(client.stdout.readline().split()[1])
        self.assertGreater(opened, 0.99 * USABLE)
        series = self.agent.next_metrics()
        self.assertEqual(series.one("ephemeral_pool_ports_used", source="127.0.0.1"), opened)
        self.assertEqual(series.one("ephemeral_pool_ports_usable", source="127.0.0.1"), USABLE)
        self.assertAlmostEqual(series.one("ephemeral_pool_ports_used_ratio", source="127.0.0.1", family="ipv4"),
                               opened / USABLE)
        for address in addresses:
            ratio = series.one("ephemeral_ports_used_ratio", destination=f"{address}:{PORT}")
            self.assertAlmostEqual(ratio, 1 / len(addresses), delta=0.01)


if __name__ == "__main__":
    host.main(230)
