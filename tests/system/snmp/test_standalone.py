#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""snmp.mode standalone: the agent is its own SNMP agent, with packaging/snmp/standalone.conf as it is written."""
import re
import unittest

import snmp_host
from snmp_host import ROOT, SCALARS, TABLES, host

CONFIG = host.SOURCE / "packaging/snmp/standalone.conf"
USER = ("-v3", "-l", "authPriv", "-u", "chokepoint", "-a", "SHA", "-A", "authentication-password", "-x", "AES",
        "-X", "encryption-password")
COMMUNITY = ("-v2c", "-c", "chokepoint")
ENGINE_BOOTS = ".1.3.6.1.6.3.10.2.1.2.0"


class Standalone(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.namespace = self.things.namespace()
        self.snmpd = snmp_host.Snmpd(self.things, self.namespace, start=False)  # only for the managers' environment

    def config(self, access=CONFIG, listen="udp:127.0.0.1:161"):
        return self.things.write("chokepoint.yml", f"snmp: {{mode: standalone, listen: '{listen}', config_file: {access}, "
                                                   f"state_directory: {self.things.directory}/state}}\n")

    def agent(self, **more):
        return self.things.agent("--no-collector.mail", f"--config.file={self.config(**more)}", namespace=self.namespace,
                                 interval="1h")

    def manager(self, *credentials):
        return self.snmpd.manager(*(credentials or USER))

    def sees(self, where, *credentials):
        answer = self.manager(*credentials).run("snmpbulkwalk", "-On", "-t2", "-r0", snmp_host.ADDRESS, where, check=False)
        return len([line for line in answer.stdout.splitlines() if line.startswith(where) and "No Such" not in line
                    and "No more" not in line])

    def test_walks_get_next_and_bulk(self):
        agent = self.agent()
        manager = self.manager()
        walked = manager.walk()
        places = list(walked)
        self.assertEqual(places, sorted(places))
        self.assertGreater(len(places), 200)
        self.assertEqual(manager.walk(tool="snmpwalk"), walked)
        for start in range(0, len(places), 30):
            some = [".".join(map(str, place)) for place in places[start:start + 30]]
            self.assertEqual(manager.get(*some), [walked[place] for place in places[start:start + 30]])
        states = {int(place[-1]): int(value) for place, value in walked.items()
                  if place[:15] == (*snmp_host.numbers(TABLES), 1, 1, 3, 0)}
        self.assertEqual(sum(states.values()), agent.metrics().total("tcp_sockets"))
        self.assertEqual(agent.sequence(), int(manager.scalar(3)))
        self.assertEqual(agent.metrics().total("snmp_registration_failures_total"), 0)

    def test_who_sees_what(self):
        agent = self.agent()
        self.assertEqual((self.sees(SCALARS), self.sees(SCALARS, *COMMUNITY), self.sees(TABLES, *COMMUNITY)), (16, 16, 0))
        self.assertGreater(self.sees(TABLES), 200)
        self.assertGreater(self.sees(".1.3.6.1.2.1.1", *COMMUNITY), 5, "an NMS knows a host by its group system")
        for credentials in (("-v2c", "-c", "public"), (*USER[:4], "nobody", *USER[5:]),
                            (*USER[:8], "another-auth-password", *USER[9:]), (*USER[:12], "another-priv-password"),
                            ("-v3", "-u", "chokepoint", "-l", "noAuthNoPriv")):
            self.assertEqual(self.sees(ROOT, *credentials), 0, credentials)
        self.assertEqual(agent.get("/-/healthy").status, 200)
        self.assertRegex(agent.log.read_text(), 'msg="SNMP agent listens" address=udp:127.0.0.1:161')

    def test_boots_are_counted(self):
        """What an SNMPv3 manager remembers of an agent must still hold after a restart (RFC 3414, 2.2)."""
        engines, boots = set(), []
        for how in ("kill", "terminate", "terminate"):
            agent = self.agent()
            boots.append(int(self.manager().get(ENGINE_BOOTS)[0]))
            engines.add(self.manager().get(".1.3.6.1.6.3.10.2.1.1.0")[0])
            getattr(agent.process, how)()
            agent.process.wait(10)
        self.assertEqual(len(engines), 1)
        self.assertEqual([boot - boots[0] for boot in boots], [0, 1, 2])
        state = self.things.directory / "state/chokepoint.conf"
        self.assertNotIn("authentication-password", state.read_text())
        self.assertEqual(state.stat().st_mode & 0o077, 0)

    def refused(self, config, status):
        answer = self.namespace.run(host.CHOKEPOINT, f"--config.file={config}", "--web.listen-address=127.0.0.1:0",
                                    f"--control.socket={self.things.directory}/c.sock", check=False)
        self.assertEqual(answer.returncode, status, answer.stderr)
        return answer.stderr

    def test_what_cannot_work_is_refused(self):
        agent = self.agent()
        self.assertIn("cannot listen on udp:127.0.0.1:161", self.refused(self.config(), 1))
        agent.stop()
        self.assertIn("No such file", self.refused(self.config(access="/nonexistent/file"), 1))
        wrong = self.things.write("wrong.conf", CONFIG.read_text() + "\nrocommunitty public\nrouser x nonsense\n")
        said = self.refused(self.config(access=wrong), 1)
        for words in (f"{wrong}: line", "rocommunitty"):
            self.assertIn(words, said)
        nothing = self.things.write("chokepoint.yml", "snmp: {mode: standalone}\n")
        self.assertIn("snmp.config_file", self.refused(nothing, 2))

    def test_another_root(self):
        path = self.config()
        path.write_text(path.read_text().replace("{mode", "{base_oid: 1.3.6.1.4.1.64512.9, mode"))
        self.things.agent("--no-collector.mail", f"--config.file={path}", namespace=self.namespace)
        self.assertEqual(self.sees(ROOT), 0)
        moved = self.manager().walk(".1.3.6.1.4.1.64512.9")
        self.assertGreater(len(moved), 200)
        self.assertEqual(next(iter(moved)), snmp_host.numbers("1.3.6.1.4.1.64512.9.1.1.0"))

    def test_ipv6(self):
        self.agent(access=self.things.write("six.conf", CONFIG.read_text()), listen="udp6:[::1]:1161")
        manager = snmp_host.Manager(self.namespace, self.snmpd.environment, USER, "udp6:[::1]:1161")
        self.assertTrue(manager.serves())


if __name__ == "__main__":
    host.main(100)
