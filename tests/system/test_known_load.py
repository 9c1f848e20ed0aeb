#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A load of known size in a namespace of its own, IPv4 and IPv6: every count must be exact, against ss and against what
was made."""
import shutil
import unittest

import host

HELD, TIME_WAIT, SERVED, BACKLOG, PORT = 20, 300, 50, 77, 8025
SERVED_PORT, IN_RANGE_PORT, RESERVED_PORT = 8026, 20500, 20105
LOW, HIGH, RESERVED = 20000, 24000, (20100, 20109)
FAMILIES = {"127.0.0.1": ("127.0.0.1", f"127.0.0.1:{PORT}"), "::1": ("::1", f"[::1]:{PORT}")}
SS_STATES = {"ESTAB": "established", "TIME-WAIT": "time_wait", "LISTEN": "listen", "SYN-SENT": "syn_sent",
             "SYN-RECV": "syn_recv", "FIN-WAIT-1": "fin_wait1", "FIN-WAIT-2": "fin_wait2", "UNCONN": "close",
             "CLOSE-WAIT": "close_wait", "LAST-ACK": "last_ack", "CLOSING": "closing"}


class KnownLoad(unittest.TestCase):
    """One load, looked at from many sides; made once."""

    @classmethod
    def setUpClass(cls):
        cls.things = host.Things()
        cls.addClassCleanup(cls.things.close)
        cls.namespace = cls.things.namespace()
        cls.namespace.sysctl(f"net.ipv4.ip_local_port_range={LOW} {HIGH}", "net.ipv4.tcp_tw_reuse=0",
                             f"net.ipv4.ip_local_reserved_ports={RESERVED[0]}-{RESERVED[1]}")
        server = shutil.copy(host.LOAD, cls.things.directory / "cp-server")
        client = shutil.copy(host.LOAD, cls.things.directory / "cp-client")
        listening = [word for address in FAMILIES for port in (PORT, SERVED_PORT) for word in (address, port)]
        cls.load(server, "server", BACKLOG, *listening, "127.0.0.1", IN_RANGE_PORT, "127.0.0.1", RESERVED_PORT)
        cls.load(client, "hold", HELD * 2, PORT, *FAMILIES)
        cls.load(client, "time_wait", TIME_WAIT * 2, PORT, *FAMILIES)
        cls.load(client, "served", SERVED * 2, SERVED_PORT, *FAMILIES)
        cls.agent = cls.things.agent("--no-collector.mail", namespace=cls.namespace)
        cls.series = cls.settled()

    @classmethod
    def load(cls, program, *words):
        return cls.things.load(*words, namespace=cls.namespace, program=program)

    @classmethod
    def count_by_ss(cls):
        counts = dict.fromkeys(SS_STATES.values(), 0)
        for line in cls.namespace.run("ss", "-tanH").stdout.splitlines():
            counts[SS_STATES[line.split()[0]]] += 1
        return counts

    @staticmethod
    def known(series):
        """Whether every socket that somebody holds has its process."""
        return not any(series.select("tcp_process_sockets", process="unknown", state=state)
                       for state in ("listen", "established")) and not series.select("tcp_listeners", process="unknown")

    @classmethod
    def settled(cls):
        """The agent's series of a moment at which ss counted the same before and after. Walking looks for owners within
        a budget of time: on a busy host it takes some samples until all are known."""
        host.wait_for(lambda: cls.known(cls.agent.metrics()), "every owner is known")

        def attempt():
            before = cls.count_by_ss()
            series = cls.agent.next_metrics()
            cls.expected = cls.count_by_ss()
            return series if before == cls.expected and cls.known(series) else None
        return host.wait_for(attempt, "two equal counts of ss around a sample")

    def test_states_equal_ss(self):
        self.assertEqual(self.series.by("state", "tcp_sockets"), self.expected)

    def test_load_is_what_was_meant(self):
        self.assertEqual({state: count for state, count in self.expected.items() if count},
                         {"established": 4 * HELD, "time_wait": 2 * (TIME_WAIT + SERVED), "listen": 6})

    def test_owners_sum_to_states(self):
        for name in ("tcp_process_sockets", "tcp_attributed_sockets"):
            sums = self.series.by("state", name)
            self.assertEqual({state: sums.get(state, 0) for state in self.expected}, self.expected, name)

    def test_held_connections_have_their_processes_roles_and_port(self):
        for process, role in (("cp-server", "inbound"), ("cp-client", "outbound")):
            self.assertEqual(self.series.total("tcp_process_sockets", process=process, role=role, port=str(PORT),
                                               state="established"), 2 * HELD, f"{process} {role}")
        self.assertEqual(self.series.by("process", "tcp_process_sockets", state="established"),
                         {"cp-server": 2 * HELD, "cp-client": 2 * HELD})

    def test_time_wait_has_its_role_and_port(self):
        self.assertEqual(self.series.by("port", "tcp_process_sockets", state="time_wait", role="outbound"),
                         {str(PORT): 2 * TIME_WAIT})
        self.assertEqual(self.series.by("port", "tcp_process_sockets", state="time_wait", role="inbound"),
                         {str(SERVED_PORT): 2 * SERVED})

    def test_time_wait_behind_a_listener_is_its_owners(self):
        self.assertEqual(self.series.by("process", "tcp_process_sockets", state="time_wait", role="inbound"),
                         {"cp-server": 2 * SERVED})
        self.assertEqual(self.series.total("tcp_attributed_sockets", state="time_wait", method="listener"), 2 * SERVED)

    def test_time_wait_of_nobody_is_given_to_nobody(self):
        self.assertEqual(self.series.by("process", "tcp_process_sockets", state="time_wait", role="outbound"),
                         {"unknown": 2 * TIME_WAIT})

    def test_ports_used(self):
        for source, destination in FAMILIES.values():
            labels = {"source": source, "destination": destination}
            self.assertEqual(self.series.one("ephemeral_ports_used", **labels), HELD + TIME_WAIT, destination)
            self.assertEqual(self.series.one("ephemeral_ports_reusable", **labels), 0)

    def test_ports_usable(self):
        reserved = RESERVED[1] - RESERVED[0] + 1
        usable = HIGH - LOW + 1 - reserved - 1  # one listener is in the range and not reserved
        for _, destination in FAMILIES.values():
            self.assertEqual(self.series.one("ephemeral_ports_usable", destination=destination), usable)
            self.assertAlmostEqual(self.series.one("ephemeral_ports_used_ratio", destination=destination),
                                   (HELD + TIME_WAIT) / usable)

    def test_tuning_values_equal_the_namespaces_sysctls(self):
        key = "net.ipv4.ip_local_port_range"
        self.assertEqual(self.series.one("tuning_value", key=key, field="low"), LOW)
        self.assertEqual(self.series.one("tuning_value", key=key, field="high"), HIGH)
        self.assertEqual(self.series.one("tuning_value", key="net.ipv4.tcp_tw_reuse"), 0)
        for name in ("net.ipv4.tcp_fin_timeout", "net.core.somaxconn", "net.ipv4.tcp_syn_retries"):
            value = float(self.namespace.run("sysctl", "-n", name).stdout)
            self.assertEqual(self.series.one("tuning_value", key=name), value, name)

    def test_accept_queues(self):
        for address in FAMILIES:
            labels = {"process": "cp-server", "address": address, "port": str(PORT)}
            self.assertEqual(self.series.one("tcp_listen_queue_limit", **labels), BACKLOG)
            self.assertEqual(self.series.one("tcp_listen_queue", **labels), 0)
            self.assertEqual(self.series.one("tcp_listeners", **labels), 1)


class Changes(unittest.TestCase):
    """What moves while the agent looks."""

    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.namespace = self.things.namespace()

    def test_accept_queue_fills(self):
        self.things.load("silent", 5, "127.0.0.1", PORT, namespace=self.namespace)
        self.things.load("hold", 4, PORT, "127.0.0.1", namespace=self.namespace)
        agent = self.things.agent(namespace=self.namespace)
        self.assertEqual(agent.metrics().one("tcp_listen_queue", port=str(PORT)), 4)
        # Not yet accepted: they are the listener's, once that is found.
        host.wait_for(lambda: agent.metrics().by("process", "tcp_process_sockets", role="inbound",
                                                 state="established") == {"load": 4}, "all four are the listener's")

    def test_reusable_ports_after_a_second(self):
        self.namespace.sysctl("net.ipv4.tcp_tw_reuse=1")
        self.things.load("server", 5, "127.0.0.1", PORT, namespace=self.namespace)
        self.things.load("time_wait", 40, PORT, "127.0.0.1", namespace=self.namespace)
        agent = self.things.agent(namespace=self.namespace)
        host.wait_for(lambda: agent.metrics().total("ephemeral_ports_reusable") == 40, "all 40 reusable")
        self.assertEqual(agent.metrics().one("ephemeral_ports_used", destination=f"127.0.0.1:{PORT}"), 40)

    def test_a_process_that_vanishes(self):
        """Its connections end, and when its TIME_WAITs end too no row of it stays behind; no source fails."""
        self.things.load("server", 5, "127.0.0.1", PORT, namespace=self.namespace)
        name = shutil.copy(host.LOAD, self.things.directory / "cp-gone")
        client = self.things.load("hold", 7, PORT, "127.0.0.1", namespace=self.namespace, program=name)
        agent = self.things.agent(namespace=self.namespace)
        host.wait_for(lambda: agent.metrics().total("tcp_process_sockets", process="cp-gone", state="established") == 7,
                      "all seven are found")
        client.kill()
        host.wait_for(lambda: agent.metrics().total("tcp_process_sockets", process="cp-gone", state="established") == 0,
                      "its connections are gone")

        def its_rows_are_gone():
            self.namespace.run("ss", "-K", "state", "time-wait", check=False)  # as if the minute were over
            return agent.metrics().total("tcp_process_sockets", process="cp-gone") == 0

        host.wait_for(its_rows_are_gone, "its rows are gone")
        self.assertEqual(agent.metrics().one("collector_success", collector="tcp"), 1)


if __name__ == "__main__":
    host.main(100)
