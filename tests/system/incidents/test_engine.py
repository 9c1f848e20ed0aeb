#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Incident 2: a monitoring engine with thousands of destinations that binds before it connects. No destination fills, the
pool does, and the host blinds itself while it can still be reached. Its own Prometheus gets nothing out any more, which
only the Watchdog tells; one that scrapes from elsewhere still does."""
import time
import unittest

import incident
import office
from incident import host

PORTS, DESTINATIONS = 2000, 3000
FINDINGS = "findings: {ephemeral_pool_filling: {clear: 2s}, outbound_blocked: {clear: 2s}, owner_unknown: off}\n"
SILENCE_SECONDS, RECEIVER_SECONDS = 5, 1

CONNECT = """import socket, sys
connection = socket.socket()
if int(sys.argv[1]):
    connection.bind(("127.0.0.1", int(sys.argv[1])))
connection.settimeout(5)
connection.connect(("127.0.0.1", int(sys.argv[2])))
"""


class Engine(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.office = office.Office(self.things)
        self.engine = incident.Incident(self.office, FINDINGS, ["--no-collector.mail"])
        self.engine.ports(PORTS)
        self.engine.start()

    def connect(self, source_port):
        return self.engine.namespace.run("python3", "-c", CONNECT, source_port, incident.SERVER_PORT,
                                         check=False).returncode

    def test_the_engine_that_blinds_itself(self):
        self.office.watch(self.engine)
        load = self.engine.steady("engine", 150, DESTINATIONS, "bind")
        raised = self.engine.wait_for_finding("ephemeral_pool_filling", 1, 25).seen
        pool = office.Story(self, self.engine, "ephemeral_pool_filling", 1, subject="127.0.0.1", process="engine")
        pool.is_told(r"of 2,000 ports of 127.0.0.1 are taken over all destinations", "IP_BIND_ADDRESS_NO_PORT",
                     "ip_local_port_range")
        host.wait_for(lambda: "failed" in load.events, "connections fail", 60)
        print(f"pool: warning {load.events['failed'] - raised:.1f} s before the first failure ({load.events['errno']})")
        self.assertLess(raised, load.events["failed"])
        self.engine.wait_for_finding("outbound_blocked", 2, 20)
        blocked = office.Story(self, self.engine, "outbound_blocked", 2, process="engine")
        status, text = self.engine.check()
        print(f"check: exit {status}\n{text}")
        self.assertEqual(status, 2)
        blocked.is_told("while inbound ones work")
        self.assertIsNone(self.engine.severity("ephemeral_ports_filling"))
        self.assertNotEqual(self.connect(0), 0, "nobody gets out, whether it binds or not")
        # A client with a port outside the range is like one on another host.
        self.assertEqual(self.connect(10999), 0, "whoever comes in is served")
        host.stop(load)
        self.engine.forget_time_waits()
        blocked.is_over()
        pool.is_over()

    def test_the_watchdog_tells_of_the_prometheus_that_gets_nothing_out(self):
        self.office.watch(self.engine, where=self.engine)
        before = self.office.watchdogs()
        host.wait_for(lambda: self.office.watchdogs() >= before + 3, "the dead man's switch is pressed")
        load = self.engine.steady("engine", 400, DESTINATIONS, "bind")
        self.engine.wait_for_finding("outbound_blocked", 2, 40)
        # Ports that connect() has chosen go on serving other destinations: it is a new beginning that fails.
        # What these had brought out by old connections may still be on its way to the receiver's file.
        self.office.alerting.restart()
        time.sleep(RECEIVER_SECONDS)
        before = self.office.watchdogs()
        told = self.office.alerts()
        time.sleep(SILENCE_SECONDS)
        self.assertEqual(self.office.alerts(), told, "nothing gets out of the exhausted host")
        self.assertEqual(self.engine.check()[0], 2, "the agent itself needs no port to answer")
        self.office.traps.wait_for(what="raised", finding="outbound_blocked", severity="critical")
        host.stop(load)
        self.engine.forget_time_waits()
        self.office.traps.wait_for(60, what="cleared", finding="outbound_blocked")
        host.wait_for(lambda: self.office.watchdogs() > before, "the Watchdog is back", 60)


if __name__ == "__main__":
    host.main(270)
