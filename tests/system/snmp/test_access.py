#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""packaging/snmp as it is written, on Debian's own snmpd.conf and with the flags of its unit: who reaches the AgentX
socket, and who sees what."""
import os
import re
import shutil
import time
import unittest

import snmp_host
from snmp_host import ROOT, SCALARS, TABLES, host

PACKAGING = host.SOURCE / "packaging/snmp"
USER, AUTHENTICATION, ENCRYPTION = "chokepoint", "a-long-auth-password", "a-long-priv-password"
SYSTEM = ".1.3.6.1.2.1.1"
V3 = ("-v3", "-l", "authPriv", "-u", USER, "-a", "SHA", "-A", AUTHENTICATION, "-x", "AES", "-X", ENCRYPTION)
NOBODY = 65534
MONITOR_SECONDS = 1
MONITOR = "chokepoint-monitor.conf"
HOT_TRIGGER, HOT_VALUE = ".1.3.6.1.2.1.88.2.1.1.0", ".1.3.6.1.2.1.88.2.1.5.0"  # DISMAN-EVENT-MIB (RFC 2981)


def flags_of(unit):
    """The flags of the last ExecStart= of a unit or drop-in, without the log's."""
    words = re.findall(r"^ExecStart=(\S.*)$", unit.read_text(), re.MULTILINE)[-1].split()[1:]
    return [word for word in words if word not in ("-f", "-LOw")]


def quicker(file):
    """A monitor asks more often than once a minute."""
    file.write_text(file.read_text().replace("-r 60 ", f"-r {MONITOR_SECONDS} "))


def hexadecimal(text):
    """As snmptrapd shows octets here."""
    return text.encode().hex(" ").upper() + " "


class Access(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.things = host.Things()
        cls.addClassCleanup(cls.things.close)
        cls.things.directory.chmod(0o777)
        cls.namespace = cls.things.namespace()
        cls.snmpd = cls.debian_snmpd()
        cls.program = shutil.copy(host.CHOKEPOINT, cls.things.directory / "chokepoint")

    @classmethod
    def debian_snmpd(cls, more="", flags=None, files=("chokepoint.conf",)):
        """Debian's configuration with our files where it includes others; only the paths are the test's own."""
        snmpd = snmp_host.Snmpd(cls.things, cls.namespace, start=False)
        included = snmpd.directory / "snmpd.conf.d"
        included.mkdir()
        for file in files:
            shutil.copy(PACKAGING / "snmpd.conf.d" / file, included)
            quicker(included / file)
        config = host.pathlib.Path("/etc/snmp/snmpd.conf").read_text(encoding="utf-8")
        config, replaced = re.subn(r"^includeDir .*$", f"includeDir {included}", config, flags=re.MULTILINE)
        assert replaced == 1, config
        (snmpd.directory / "snmpd.conf").write_text(f"{config}\nagentXSocket {snmpd.socket}\n{more}")
        # What docs/snmp.md says to add while snmpd is stopped; snmpd replaces it by localised keys.
        keys = snmpd.persistent / "snmpd.conf"
        keys.write_text(f'createUser {USER} SHA "{AUTHENTICATION}" AES "{ENCRYPTION}"\n')
        for path in (snmpd.persistent, keys, snmpd.directory):
            shutil.chown(path, "Debian-snmp", "Debian-snmp")
        shutil.rmtree(snmpd.directory / "agentx")
        snmpd.start(*(flags or flags_of(host.pathlib.Path("/lib/systemd/system/snmpd.service"))))
        return snmpd

    def agent(self, group, *flags):
        agent = self.things.enter_context(UnprivilegedAgent(self.things, self.program, *(flags or ("--no-collector.mail",)),
                                                            *self.snmpd.agent_flags(), namespace=self.namespace,
                                                            prefix=snmp_host.as_user(NOBODY, group)))
        self.addCleanup(agent.stop)
        return agent

    def sees(self, where, *credentials):
        answer = self.snmpd.manager(*credentials).run("snmpbulkwalk", "-On", "-t2", "-r1", self.snmpd.manager().address, where,
                                                      check=False)
        return len([line for line in answer.stdout.splitlines() if line.startswith(where) and "No Such" not in line
                    and "No more" not in line])

    def test_who_sees_what(self):
        agent = self.agent("Debian-snmp")
        host.wait_for(lambda: self.sees(SCALARS, *V3) == 16, "the user sees the scalars")
        self.assertEqual(agent.next_metrics().one("snmp_connected"), 1)
        self.assertGreater(self.sees(TABLES, *V3), 100)
        community = ("-v2c", "-c", "chokepoint")
        self.assertEqual((self.sees(SCALARS, *community), self.sees(TABLES, *community)), (16, 0))
        self.assertGreater(self.sees(SYSTEM, *community), 5)
        weaker = ("-v3", "-u", USER, "-l", "authNoPriv", "-a", "SHA", "-A", AUTHENTICATION)
        wrong = (("-v2c", "-c", "public"), ("-v2c", "-c", "wrong"), (*V3[:4], "nobody", *V3[5:]), weaker,
                 (*V3[:8], "a-wrong-auth-password", *V3[9:]), (*V3[:12], "a-wrong-priv-password"))
        for credentials in wrong:
            self.assertEqual(self.sees(ROOT, *credentials), 0, credentials)
        self.assertGreater(self.sees(SYSTEM, *wrong[0]), 5, "Debian's own community sees what it always saw")
        self.assertNotIn(AUTHENTICATION, (self.snmpd.persistent / "snmpd.conf").read_text())

    def test_only_the_group_reaches_the_socket(self):
        agent = self.agent(NOBODY)
        time.sleep(2.5)  # longer than one retry
        self.assertEqual(agent.next_metrics().one("snmp_connected"), 0)
        self.assertEqual(self.sees(SCALARS, *V3), 0)
        self.assertEqual(agent.log.read_text().count("no SNMP master answers"), 1)

    def test_monitors(self):
        """Debian switches them off; with the drop-in snmpd itself watches our scalars and tells."""
        standard = self.snmpd
        self.addCleanup(standard.start)
        standard.kill()
        files, ours = ("chokepoint.conf", MONITOR), PACKAGING / "snmpd.service.d/chokepoint.conf"
        snmpd = self.debian_snmpd(files=files)
        self.assertIn("Unknown token: monitor", snmpd.log.read_text())
        snmpd.kill()
        receiver = snmp_host.Snmptrapd(self.things, self.namespace)
        snmpd = self.debian_snmpd(receiver.sink(), flags_of(ours), files)
        self.addCleanup(snmpd.kill)
        self.assertNotRegex(snmpd.log.read_text(), "Unknown token|Error|Warning")
        self.addCleanup(setattr, type(self), "snmpd", standard)
        type(self).snmpd = snmpd
        message = self.things.directory / "spool/message"
        message.parent.mkdir()
        config = self.things.write("monitored.yml", f"mail: {{detect: false, spool: [{{name: pickup, path: {message.parent}}}]}}\n")
        self.agent("Debian-snmp", f"--config.file={config}", "--no-collector.tcp", "--no-collector.tuning")
        host.wait_for(lambda: self.sees(SCALARS, *V3) == 16, "the user sees the scalars")
        time.sleep(2 * MONITOR_SECONDS)  # so that it was asked while all was well
        message.write_text("x")
        os.utime(message, (time.time() - 7200,) * 2)
        for trigger, scalar in (("chokepoint: critical", 6), ("chokepoint: mail", 6)):
            line = host.wait_for(lambda: next((line for line in receiver.output.read_text().splitlines()
                                               if f'{HOT_TRIGGER} "{hexadecimal(trigger)}"' in line), None),  # pylint: disable=cell-var-from-loop
                                 lambda: f"{trigger}: {receiver.output.read_text()} {snmpd.log.read_text()}")
            self.assertIn(f"{HOT_VALUE} ", line)
            self.assertIn(f'{SCALARS}.{scalar}.0 "{hexadecimal("The queue spool of spool pickup")}', line)


class UnprivilegedAgent(host.Agent):
    """Its program is where everybody may read it."""

    def __init__(self, things, program, *flags, **more):
        before, host.CHOKEPOINT = host.CHOKEPOINT, str(program)
        try:
            super().__init__(things, *flags, **more)
        finally:
            host.CHOKEPOINT = before


if __name__ == "__main__":
    host.main(100)
