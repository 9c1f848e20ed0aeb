#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SNMP of chokepoint.exe: through a native snmpd over AgentX on TCP, also after it was started again, and standalone."""
import os
import unittest

import wine_host
from wine_host import host

ROOT = ".1.3.6.1.4.1.8072.9999.9999.421"
VERSION, SEQUENCE = f"{ROOT}.1.1.0", f"{ROOT}.1.3.0"
MASTER = "tcp:127.0.0.1:705"
SNMPD = "master agentx\nagentXSocket " + MASTER + "\nagentAddress udp:127.0.0.1:161\nrocommunity public\n"


class WineSnmp(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.wine = wine_host.WineHost(self.things)
        self.environment = {**os.environ, "MIBS": "", "SNMPCONFPATH": str(self.things.directory),
                            "SNMP_PERSISTENT_DIR": str(self.things.directory / "state")}

    def snmpd(self):
        config = self.things.write("snmpd.conf", SNMPD)
        return self.things.popen("snmpd", "-f", "-C", "-c", config, "-Lf", self.things.directory / "snmpd.log",
                                 namespace=self.wine.namespace, env=self.environment)

    def get(self, place):
        answer = self.wine.namespace.run("snmpget", "-v2c", "-c", "public", "-t2", "-r0", "-Oqv", "127.0.0.1:161", place,
                                         check=False, env=self.environment)
        return answer.stdout.strip() if answer.returncode == 0 and "No Such" not in answer.stdout else None

    def served(self, seconds=60):
        return host.wait_for(lambda: self.get(SEQUENCE), lambda: f"SNMP serves: {self.wine.log.read_text()}",
                             seconds=seconds, pause=0.5)

    def walk(self):
        answer = self.wine.namespace.run("snmpbulkwalk", "-v2c", "-c", "public", "-On", "-t10", "127.0.0.1:161", ROOT,
                                         env=self.environment)
        return answer.stdout.splitlines()

    def test_a_master_over_tcp_also_when_it_comes_back(self):
        master = self.snmpd()
        config = self.things.write("chokepoint.yml", f"snmp: {{enabled: true, agentx_socket: '{MASTER}'}}\n")
        self.wine.agent(f"--config.file=Z:{config}")
        self.assertTrue(self.served().isdigit())
        self.assertIn("0.1.0", self.get(VERSION))
        self.assertGreater(len(self.walk()), 100)
        self.assertEqual(self.wine.metrics().one("snmp_connected"), 1)
        master.kill()
        master.wait()
        host.wait_for(lambda: self.wine.metrics().one("snmp_connected") == 0, "it sees that the master is gone", seconds=60)
        self.snmpd()
        self.served()
        self.assertEqual(self.wine.metrics().one("snmp_connected"), 1)

    def test_standalone_over_udp(self):
        access = self.things.write("access.conf", "rocommunity public 127.0.0.1\n")
        config = self.things.write("chokepoint.yml", f"""
snmp: {{enabled: true, mode: standalone, listen: 'udp:127.0.0.1:161', config_file: 'Z:{access}',
       state_directory: 'Z:{self.things.directory}/state'}}
""")
        self.wine.agent(f"--config.file=Z:{config}")
        self.assertTrue(self.served().isdigit())
        self.assertGreater(len(self.walk()), 100)
        self.assertIsNotNone(self.get(".1.3.6.1.2.1.1.3.0"))


if __name__ == "__main__":
    host.main(220)
