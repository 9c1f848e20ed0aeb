#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SNMP of chokepoint.exe: through a native snmpd over AgentX on TCP, also after it was started again, and standalone; its
notifications at a real snmptrapd, as trap and as inform."""
import os
import sys
import time
import unittest

import wine_host
from wine_host import host

sys.path.insert(0, str(wine_host.HERE.parent / "snmp"))
import snmp_host  # noqa: E402  pylint: disable=wrong-import-position

ROOT = ".1.3.6.1.4.1.8072.9999.9999.421"
VERSION, SEQUENCE = f"{ROOT}.1.1.0", f"{ROOT}.1.3.0"
MASTER = "tcp:127.0.0.1:705"
SNMPD = "master agentx\nagentXSocket " + MASTER + "\nagentAddress udp:127.0.0.1:161\nrocommunity public\n"
MESSAGE_SECONDS = 400  # older than mail_queue_old warns of
NOTICE_SECONDS = 60  # a spool is read every 15 s
FINDINGS = "findings: {mail_queue_old: {clear: 0s}, series_limited: off}\n"


class WineSnmp(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.wine = wine_host.WineHost(self.things)
        self.environment = {**os.environ, "MIBS": "", "SNMPCONFPATH": str(self.things.directory),
                            "SNMP_PERSISTENT_DIR": str(self.things.directory / "state")}

    def snmpd(self, *sinks):
        config = self.things.write("snmpd.conf", SNMPD + "".join(sinks))
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

    def standalone(self, *lines):
        """The section snmp of an agent that is its own master, and what this may be asked by whom."""
        access = self.things.write("access.conf", "rocommunity public 127.0.0.1\n" + "".join(lines))
        return f"""
snmp: {{enabled: true, mode: standalone, listen: 'udp:127.0.0.1:161', config_file: 'Z:{access}',
       state_directory: 'Z:{self.things.directory}/state'}}
"""

    def receivers(self):
        """Of traps, and of informs."""
        return [snmp_host.Snmptrapd(self.things, self.wine.namespace, f"127.0.0.1:{port}") for port in (162, 1162)]

    def watch_a_message(self, snmp):
        """An agent that watches a spool in which one message waits too long."""
        spool = self.things.directory / "pickup"
        spool.mkdir()
        message = spool / "message.eml"
        message.write_text("x")
        os.utime(message, (time.time() - MESSAGE_SECONDS,) * 2)
        mail = f"mail: {{spool: [{{name: pickup, path: 'Z:{spool}'}}]}}\n"
        config = self.things.write("chokepoint.yml", mail + FINDINGS + snmp)
        self.wine.agent("--no-collector.tcp", "--no-collector.tuning", f"--config.file=Z:{config}")
        return message

    def both_are_told(self, traps, informs, message):
        """Raised, then cleared, with the same words for either receiver."""
        for receiver in (traps, informs):
            receiver.wait_for(NOTICE_SECONDS, what="raised")
        message.unlink()
        for receiver, how in ((traps, "TRAP2"), (informs, "INFORM")):
            receiver.wait_for(NOTICE_SECONDS, what="cleared")
            found = receiver.received()
            self.assertEqual([(each["what"], each["sequence"]) for each in found], [("raised", 1), ("cleared", 2)])
            for each in found:
                self.assertEqual((each["how"], each["finding"], each["severity"]), (how, "mail_queue_old", "warning"))
                self.assertIn("server pickup", each["culprit"])
                self.assertIn("pickup", each["sentence"])
        self.assertEqual([each["sentence"] for each in traps.received()], [each["sentence"] for each in informs.received()])
        host.wait_for(lambda: self.wine.metrics().one("snmp_notifications_total") == 2, "the next sample counts both")
        self.assertEqual([self.wine.metrics().one(f"snmp_notifications_{name}") for name in ("waiting", "lost_total")], [0, 0])

    def test_notifications_through_a_master(self):
        traps, informs = self.receivers()
        self.snmpd(traps.sink(), informs.sink("informsink"))
        self.both_are_told(traps, informs, self.watch_a_message(f"snmp: {{enabled: true, agentx_socket: '{MASTER}'}}\n"))

    def test_notifications_standalone(self):
        traps, informs = self.receivers()
        self.both_are_told(traps, informs, self.watch_a_message(self.standalone(traps.sink(), informs.sink("informsink"))))

    def test_standalone_over_udp(self):
        config = self.things.write("chokepoint.yml", self.standalone())
        self.wine.agent(f"--config.file=Z:{config}")
        self.assertTrue(self.served().isdigit())
        self.assertGreater(len(self.walk()), 100)
        self.assertIsNotNone(self.get(".1.3.6.1.2.1.1.3.0"))


if __name__ == "__main__":
    host.main(220)
