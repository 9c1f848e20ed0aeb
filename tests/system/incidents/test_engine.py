#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A monitoring engine with thousands of destinations that binds before it connects: no destination fills, the pool does,
and it blinds itself while it can still be reached."""
import unittest

import incident
from incident import host

PORTS, DESTINATIONS = 2000, 3000
FINDINGS = "{ephemeral_pool_filling: {clear: 2s}, outbound_blocked: {clear: 2s}, owner_unknown: off}"


CONNECT = """import socket, sys
connection = socket.socket()
if int(sys.argv[1]):
    connection.bind(("127.0.0.1", int(sys.argv[1])))
connection.settimeout(5)
connection.connect(("127.0.0.1", int(sys.argv[2])))
"""


class Engine(unittest.TestCase):
    @staticmethod
    def connect(engine, source_port):
        return engine.namespace.run("python3", "-c", CONNECT, source_port, incident.SERVER_PORT, check=False).returncode

    def test_the_engine_that_blinds_itself(self):
        things = host.Things()
        self.addCleanup(things.close)
        engine = incident.Incident(things, PORTS, FINDINGS)
        load = engine.steady("engine", 150, DESTINATIONS, "bind")
        raised = engine.wait_for_finding("ephemeral_pool_filling", 1, 25)
        host.wait_for(lambda: "failed" in load.events, "connections fail", 30)
        print(f"pool: warning {load.events['failed'] - raised:.1f} s before the first failure ({load.events['errno']})")
        self.assertLess(raised, load.events["failed"])
        engine.wait_for_finding("outbound_blocked", 2, 10)
        status, text = engine.check()
        print(f"check: exit {status}\n{text}")
        self.assertEqual(status, 2)
        pool = engine.one("ephemeral_pool_filling")
        self.assertEqual((pool["process"], pool["subject"], pool["severity"]), ("engine", "127.0.0.1", "critical"))
        self.assertRegex(pool["sentence"], r"of 2,000 ports of 127.0.0.1 are taken over all destinations")
        self.assertIn("IP_BIND_ADDRESS_NO_PORT", pool["cure"])
        self.assertIn("ip_local_port_range", pool["remedy"])
        self.assertIn("while inbound ones work", engine.one("outbound_blocked")["sentence"])
        self.assertIsNone(engine.severity("ephemeral_ports_filling"))
        self.assertNotEqual(self.connect(engine, 0), 0, "nobody gets out, whether it binds or not")
        # A client with a port outside the range is like one on another host.
        self.assertEqual(self.connect(engine, 10999), 0, "whoever comes in is served")
        host.stop(load)
        engine.forget_time_waits()
        for finding in ("outbound_blocked", "ephemeral_pool_filling"):
            host.wait_for(lambda name=finding: engine.severity(name) is None, f"{finding} is cleared", 30)


if __name__ == "__main__":
    host.main(100)
