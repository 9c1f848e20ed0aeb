#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The agent under valgrind while its master is killed and started again and again, with walks in between. Nothing of ours
may be lost and no access may be wrong; net-snmp itself may lose a little where a session is cut in the middle of an answer."""
import os
import re
import unittest
import xml.etree.ElementTree

import snmp_host
from snmp_host import host

RESTARTS = 20
LIBRARY_BYTES_PER_RESTART = 64
WAIT_SECONDS = 60  # valgrind on a busy machine


class Leaks(unittest.TestCase):
    def test_twenty_masters(self):
        things = host.Things()
        self.addCleanup(things.close)
        namespace = things.namespace()
        snmpd = snmp_host.Snmpd(things, namespace)
        # valgrind does not know what bpf(2) reads and writes.
        report = things.directory / "valgrind.xml"
        agent = things.agent("--no-collector.mail", "--no-collector.tuning", "--collector.tcp.events=off", *snmpd.agent_flags(), namespace=namespace,
                             interval="1s", prefix=("valgrind", "-q", "--leak-check=full", "--show-leak-kinds=definite,indirect",
                                                    "--xml=yes", f"--xml-file={report}", "--num-callers=30"))
        manager = snmpd.manager()
        host.wait_for(manager.serves, "the rows are there", WAIT_SECONDS)
        for _ in range(RESTARTS):
            # One that is cut short will do: it is there to be in the middle of something.
            manager.run("snmpbulkwalk", "-t5", "-r2", manager.address, snmp_host.ROOT, check=False, timeout=WAIT_SECONDS)
            snmpd.kill()
            snmpd.start()
            host.wait_for(manager.serves, "the rows are back", WAIT_SECONDS)
        agent.process.terminate()
        self.assertEqual(agent.process.wait(WAIT_SECONDS), 0, agent.log.read_text())
        errors, lost = self.read(report)
        self.assertEqual(errors, [])
        mine = [stack for _, stack in lost if stack[1][1] == "chokepoint"]  # who asked for the memory
        self.assertEqual(mine, [])
        total = sum(octets for octets, _ in lost)
        print(f"{RESTARTS} masters: {total} octets lost by net-snmp", flush=True)
        self.assertLessEqual(total, RESTARTS * LIBRARY_BYTES_PER_RESTART, lost)

    def read(self, report):
        """(wrong accesses, [(octets lost, functions and files from the innermost)])"""
        errors, lost = [], []
        for error in xml.etree.ElementTree.parse(report).getroot().iter("error"):
            kind = error.findtext("kind")
            stack = [(frame.findtext("fn", ""), frame.findtext("obj", "").rsplit("/", 1)[-1])
                     for frame in error.find("stack").iter("frame")]
            if not kind.startswith("Leak_"):
                errors.append((kind, stack))
            elif kind in ("Leak_DefinitelyLost", "Leak_IndirectlyLost"):
                lost.append((int(error.find("xwhat").findtext("leakedbytes")), stack))
        return errors, lost


if __name__ == "__main__":
    host.main(int(os.environ.get("LIMIT", "560")))
