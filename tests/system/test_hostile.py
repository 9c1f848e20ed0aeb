#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Processes with names that break formats, and a host without a free port: the agent still tells the truth."""
import contextlib
import os
import shutil
import socket
import unittest

import host

# Name of the executable: what the agent makes of it. Names are octets; what is no UTF-8 is replaced; a real process
# whose name is one of the agent's own words gets a star.
NAMES = {
    b"new\nline": "new\nline",
    b'quote"s': 'quote"s',
    b"back\\slash": "back\\slash",
    b"bad\xff\xc0utf8": "bad\ufffd\ufffdutf8",
    b"<script>alert": "<script>alert",
    b"{a=\"b\"} 1 # x": "{a=\"b\"} 1 # x",
    b"other": "other*",
    b"unknown": "unknown*",
    "sch\u00f6n".encode(): "sch\u00f6n",
    b" spaces ": " spaces ",
    b"tab\tand\x1b[31mescape": "tab\tand\x1b[31mescape",
}
FIRST_PORT = 9000
PORT = 8025


class HostileNames(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.things = host.Things()
        cls.addClassCleanup(cls.things.close)
        cls.namespace = cls.things.namespace()
        for number, name in enumerate(NAMES):
            path = os.fsencode(cls.things.directory) + b"/" + name
            shutil.copy(host.LOAD, path)
            cls.things.load("server", 5, "127.0.0.1", FIRST_PORT + number, namespace=cls.namespace,
                            program=os.fsdecode(path))
        cls.agent = cls.things.agent("--no-collector.mail", namespace=cls.namespace, interval="1h")

    def names_by_port(self, series):
        return {int(labels["port"]): labels["process"] for labels, _ in series.select("tcp_listeners")}

    def expected(self):
        return {FIRST_PORT + number: name for number, name in enumerate(NAMES.values())}

    def test_text(self):
        self.assertEqual(self.names_by_port(self.agent.metrics()), self.expected())

    def test_openmetrics(self):
        series = self.agent.metrics(headers={"Accept": "application/openmetrics-text; version=1.0.0"})
        self.assertEqual(self.names_by_port(series), self.expected())

    def test_json(self):
        table = self.agent.get("/api/v1/snapshot").json()["tables"]["listeners"]
        names = [column["name"] for column in table["columns"]]
        rows = [dict(zip(names, row)) for row in table["rows"]]
        self.assertEqual({row["port"]: row["process"] for row in rows}, self.expected())

    def test_page(self):
        page = self.agent.get("/").text
        self.assertNotIn("<script>alert", page)
        self.assertIn("&lt;script&gt;alert", page)

    def test_status(self):
        """No name can forge a line or move the cursor of a terminal."""
        status = self.agent.get("/status.txt").text
        self.assertNotRegex(status, r"[\x00-\x09\x0b-\x1f\x7f]")
        self.assertNotIn("new\nline", status)


class Exhausted(unittest.TestCase):
    """Every port towards one destination is taken."""

    def test_agent_still_answers_and_says_so(self):
        things = host.Things()
        self.addCleanup(things.close)
        namespace = things.namespace()
        namespace.sysctl("net.ipv4.ip_local_port_range=30000 30199", "net.ipv4.tcp_tw_reuse=0")
        things.load("server", 500, "127.0.0.1", PORT, namespace=namespace)
        things.load("time_wait", 150, PORT, "127.0.0.1", namespace=namespace)
        things.load("hold", 50, PORT, "127.0.0.1", namespace=namespace)
        one_more = namespace.run(host.LOAD, "hold", "1", PORT, "127.0.0.1", check=False)
        self.assertIn("Cannot assign requested address", one_more.stderr)
        agent = things.agent("--web.listen-address=127.0.0.1:10421", namespace=namespace)
        series = agent.metrics(control=True)
        destination = f"127.0.0.1:{PORT}"
        self.assertEqual(series.one("ephemeral_ports_used", destination=destination), 200)
        self.assertEqual(series.one("ephemeral_ports_used_ratio", destination=destination), 1)
        self.assertEqual(agent.get("/", control=True).status, 200)


class FewDescriptors(unittest.TestCase):
    """Clients that hold every connection they can get, at an agent that may open few files."""
    LIMIT = 160
    CLIENTS = 100

    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.namespace = self.things.namespace()

    def test_clients_leave_the_agent_what_it_needs(self):
        self.things.load("server", 5, "127.0.0.1", PORT, namespace=self.namespace)
        agent = self.things.agent("--no-collector.mail", namespace=self.namespace,
                                  prefix=("prlimit", f"--nofile={self.LIMIT // 2}:{self.LIMIT}"))
        self.assertIn(f"limit={self.LIMIT}", agent.log.read_text())
        self.assertEqual(agent.metrics()[("process_max_fds", frozenset())], self.LIMIT)
        before = agent.sequence()
        with contextlib.ExitStack() as held:
            for _ in range(self.CLIENTS):
                client = held.enter_context(socket.socket(socket.AF_UNIX))
                client.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    client.connect(agent.socket)
            # Two seconds of samples, read by the socket that these clients do not have.
            host.wait_for(lambda: agent.get("/api/v1/snapshot", control=True).json()["sample"]["sequence"] > before + 6,
                          "samples go on")
            series = agent.metrics(control=True)
        self.assertEqual(series.total("collector_success"), 2, series.select("collector_success"))
        self.assertEqual(series.total("samples_failed_total"), 0)
        self.assertEqual(series.one("tcp_listeners", port=str(PORT)), 1)
        host.wait_for(agent.ready, "the address answers again")


if __name__ == "__main__":
    host.main(60)
