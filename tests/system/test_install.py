#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cmake --install, and the agent with the rights that its systemd unit gives: everything it watches can be read."""
import pathlib
import shlex
import unittest

import host

FILES = {"bin/chokepoint", "lib/systemd/system/chokepoint.service", "lib/sysusers.d/chokepoint.conf",
         "share/chokepoint/prometheus/chokepoint.rules.yml", "share/chokepoint/snmp/snmpd.conf.d/chokepoint.conf",
         "share/man/man8/chokepoint.8", "share/snmp/mibs/CHOKEPOINT-MIB.txt",
         "share/doc/chokepoint/runbooks/ephemeral_ports_exhausted.md"}
EXPOSURE_MOST = 5.0  # of 10; Debian's exporters have 9.2
HELD, PORT = 5, 8025


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.things = host.Things()
        cls.addClassCleanup(cls.things.close)
        cls.root = cls.things.directory / "root"
        cls.prefix = cls.root / "usr/local"
        build = pathlib.Path(host.CHOKEPOINT).parent
        host.run("env", f"DESTDIR={cls.root}", "cmake", "--install", build, "--prefix", "/usr/local")
        cls.path = cls.prefix / "lib/systemd/system/chokepoint.service"
        lines = [line.partition("=") for line in cls.path.read_text().splitlines() if "=" in line and line[0] != "#"]
        cls.unit = {key: value for key, _, value in lines}

    def test_every_file_is_there(self):
        found = {str(path.relative_to(self.prefix)) for path in self.prefix.rglob("*") if path.is_file()}
        self.assertEqual(FILES - found, set())
        self.assertEqual([name for name in found if "test" in name], [])

    def test_systemd_takes_the_unit(self):
        program = self.prefix / "bin/chokepoint"
        copy = self.things.write("verified/chokepoint.service",
                                 self.path.read_text().replace("/usr/local/bin/chokepoint", str(program)))
        answer = host.run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", copy, check=False)
        self.assertEqual((answer.returncode, answer.stdout + answer.stderr), (0, ""))

    def test_the_unit_is_hardened(self):
        host.run("systemd-analyze", "security", "--offline=true", f"--threshold={int(EXPOSURE_MOST * 10)}", self.path)

    def test_the_unit_starts_what_is_installed(self):
        command = shlex.split(self.unit["ExecStart"])
        self.assertEqual(command, ["/usr/local/bin/chokepoint", "$CHOKEPOINT_FLAGS"])
        self.assertEqual((self.root / "usr/local/lib/sysusers.d/chokepoint.conf").read_text().splitlines()[-1].split()[:2],
                         ["u", self.unit["User"]])

    def test_its_rights_suffice(self):
        self.assertEqual(self.unit["AmbientCapabilities"], self.unit["CapabilityBoundingSet"])
        rights = [name.removeprefix("CAP_").lower() for name in self.unit["AmbientCapabilities"].split()]
        self.assertEqual(self.unit["NoNewPrivileges"], "yes")
        namespace = self.things.namespace()
        self.things.load("server", 50, "127.0.0.1", PORT, namespace=namespace)
        self.things.load("hold", HELD, PORT, "127.0.0.1", namespace=namespace)
        spool = self.things.directory / "spool"
        spool.mkdir(mode=0o700)
        (spool / "message").write_text("x")
        spools = self.things.write("chokepoint.yml", f"mail: {{detect: false, spool: [{{name: hidden, path: {spool}}}]}}\n")
        agent = self.things.agent(f"--config.file={spools}", "--collector.tcp.events=on", namespace=namespace,
                                  prefix=(*host.unprivileged(self.things, *rights), "--no-new-privs"))
        host.wait_for(lambda: agent.metrics().total("tcp_process_sockets", process="load", state="established")
                      == 2 * HELD, "owners of others' sockets are known")
        series = agent.metrics()
        self.assertEqual(series.one("tcp_events_active"), 1)
        self.assertEqual(series.total("mail_queue_messages", server="hidden"), 1)
        failed = [labels for labels, value in series.select("collector_source_success") if value != 1]
        self.assertEqual(failed, [])


if __name__ == "__main__":
    host.main(90)
