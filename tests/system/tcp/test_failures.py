#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Connections that fail, by reason: the agent's counters against what the client counted itself. And sockets that bind()
before they connect: they fill the pool of their source, and then bind() fails."""
import json
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import host  # noqa: E402  pylint: disable=wrong-import-position

PORT, CLOSED_PORT, BIND_PORT = 9001, 9002, 9003
RANGE = (20000, 20099)
PORTS = RANGE[1] - RANGE[0] + 1
PROCESS = pathlib.Path(sys.executable).resolve().name
FLAGS = ("--no-collector.mail", "--no-collector.tuning", "--collector.tcp.events=on")

# Prints {reason: count} of what connect() and bind() told it, and then holds its sockets until its input ends.
CLIENT = """
import collections, errno, json, select, socket, sys
PORT, CLOSED, SILENT = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
REASONS = {errno.ECONNREFUSED: "refused", errno.ETIMEDOUT: "timeout", errno.EADDRNOTAVAIL: "no_port"}
counts, held = collections.Counter(), []

def attempt(destination, block=True, source=None, reasons=REASONS):
    connection = socket.socket()
    held.append(connection)
    if source:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        connection.bind(source)
    connection.setblocking(block)
    try:
        connection.connect(destination)
    except BlockingIOError:
        return connection
    except OSError as error:
        counts[reasons.get(error.errno, "other")] += 1
    return connection

for _ in range(7):
    attempt(("127.0.0.1", CLOSED))
for _ in range(3):
    attempt((SILENT, PORT))
for connection in [attempt((SILENT, PORT), block=False) for _ in range(5)]:
    connection.close()
    counts["aborted"] += 1
for _ in range(3):  # the same four numbers again: the second and third have no place
    attempt(("127.0.0.1", PORT), source=("127.0.0.1", 30000), reasons={})
for _ in range(140):
    attempt(("127.0.0.1", PORT))
print(json.dumps(counts), flush=True)
sys.stdin.read()
"""

# Binds before it connects, until bind() fails; tells how many held and how many failed.
BINDER = """
import json, socket, sys
held, failed = [], 0
for _ in range(120):
    connection = socket.socket()
    try:
        connection.bind(("127.0.0.1", 0))
        connection.connect(("127.0.0.1", int(sys.argv[1])))
        held.append(connection)
    except OSError:
        failed += 1
print(json.dumps([len(held), failed]), flush=True)
sys.stdin.read()
"""


class Failures(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.namespace = self.things.namespace()
        self.namespace.sysctl(f"net.ipv4.ip_local_port_range={RANGE[0]} {RANGE[1]}", "net.ipv4.tcp_syn_retries=1")
        self.silent = self.namespace.silent_peer()
        self.things.load("server", 256, "127.0.0.1", PORT, "127.0.0.1", BIND_PORT, namespace=self.namespace)
        # Not by `ip netns exec`, which hides the cgroups: bind() is watched where they are mounted.
        self.agent = self.things.agent(*FLAGS, prefix=("nsenter", f"--net=/run/netns/{self.namespace.name}"))
        host.wait_for(lambda: self.agent.metrics().one("tcp_events_active") == 1, "events are counted")
        self.agent.next_metrics()

    def client(self, script, *arguments, program=sys.executable):
        return self.things.popen(program, "-c", script, *arguments, namespace=self.namespace,
                                 stdin=host.subprocess.PIPE, stdout=host.subprocess.PIPE)

    def failures(self, **labels):
        return {reason: count for reason, count
                in self.agent.next_metrics().by("reason", "tcp_connect_failures_total", **labels).items() if count}

    def without_a_loss(self, attempt, tries=4):
        """What the attempt gives with a client of another name each time, until no event was lost during it: one that
        interrupts the program on its processor is lost, and told to be."""
        for number in range(tries):
            program = shutil.copy(sys.executable, self.things.directory / f"cp-client-{number}")
            before = self.agent.metrics().one("events_lost_total")
            result = attempt(program)
            lost = self.agent.next_metrics().one("events_lost_total") - before
            if lost == 0:
                return result
            print(f"{lost:.0f} events lost in try {number}", flush=True)
        raise AssertionError("events were lost each time")

    def fail_in_every_way(self, program):
        client = self.client(CLIENT, PORT, CLOSED_PORT, self.silent, program=program)
        counted = json.loads(client.stdout.readline())
        found, series = self.failures(process=program.name), self.agent.metrics()
        host.stop(client)
        return program.name, counted, found, series

    def test_by_reason(self):
        name, counted, found, series = self.without_a_loss(self.fail_in_every_way)
        self.assertEqual(set(counted), {"refused", "timeout", "aborted", "other", "no_port"})
        self.assertEqual(found, counted, series.select("tcp_connects_total"))

        def by_destination(address):
            return series.by("reason", "tcp_connect_failures_total", process=name, destination=address)
        self.assertEqual(series.one("tcp_connects_total", process=name, destination=f"127.0.0.1:{PORT}"), 143)
        self.assertEqual(by_destination(f"127.0.0.1:{CLOSED_PORT}"), {"refused": 7})
        self.assertEqual(by_destination(f"{self.silent}:{PORT}"), {"timeout": 3, "aborted": 5})

    def test_bind_fills_the_pool(self):
        held, failed = json.loads(self.client(BINDER, BIND_PORT).stdout.readline())
        self.assertEqual((held, failed), (PORTS, 120 - PORTS))
        self.assertEqual(self.failures(process=PROCESS, destination="*"), {"no_port": failed})
        series = self.agent.metrics()
        self.assertEqual(series.one("ephemeral_pool_ports_used", source="127.0.0.1"), PORTS)
        self.assertEqual(series.one("ephemeral_pool_ports_used_ratio", source="127.0.0.1"), 1)


if __name__ == "__main__":
    host.main(80)
