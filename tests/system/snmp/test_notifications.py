#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Findings as notifications at a real snmptrapd: raised, worse and cleared, as trap and inform, through a real snmpd and
standalone; the master away and back."""
import signal
import time

import snmp_host
from notify_case import ANSWER_SECONDS, CRITICAL_SECONDS, WARNING_SECONDS, Asker, Case
from snmp_host import host

V3 = "-v 3 -l authPriv -a SHA -A authentication-password -x AES -X encryption-password"
PASSWORDS = '"authentication-password" AES "encryption-password"'
INFORMS = "127.0.0.1:1162"


class ThroughTheMaster(Case):
    def test_raised_worse_and_cleared(self):
        informs = snmp_host.Snmptrapd(self.things, self.namespace, INFORMS)
        self.master(self.traps.sink(), informs.sink("informsink"))
        self.start(["pickup"])
        self.spools.put("pickup", WARNING_SECONDS)
        started = time.monotonic()
        subject = self.traps.wait_for(what="raised")["subject"]
        print(f"raised {time.monotonic() - started:.2f} s after the message was there", flush=True)
        said = self.finding(subject)
        self.spools.put("pickup", CRITICAL_SECONDS)
        self.traps.wait_for(severity="critical")
        self.spools.empty("pickup")
        self.traps.wait_for(what="cleared")
        informs.wait_for(what="cleared")
        for receiver, how in ((self.traps, "TRAP2"), (informs, "INFORM")):
            found = receiver.received()
            self.assertEqual([(each["sequence"], each["what"], each["severity"]) for each in found],
                             [(1, "raised", "warning"), (2, "raised", "critical"), (3, "cleared", "critical")])
            for each in found:
                self.assertEqual((each["how"], each["finding"], each["subject"], each["netns"]),
                                 (how, "mail_queue_old", subject, ""))
            self.assertEqual(found[0]["remedy"], said["remedy"])
            self.assertEqual(found[0]["sentence"].split(", the oldest")[0], said["sentence"].split(", the oldest")[0])
            self.assertIn("server pickup", found[0]["culprit"])
        self.agent.next_metrics()
        self.assertEqual((self.count("_total"), self.count("_waiting"), self.count("_lost_total")), (3, 0, 0))

    def test_master_away_and_back(self):
        self.master(self.traps.sink())
        self.start(["one", "two", "three"])
        self.spools.put("one", WARNING_SECONDS)
        one = self.traps.wait_for(what="raised")["subject"]
        self.snmpd.kill()
        host.wait_for(lambda: self.agent.metrics().one("snmp_connected") == 0, "the agent sees that the master is gone")
        self.spools.put("two", WARNING_SECONDS)
        host.wait_for(lambda: self.count("_waiting") == 1, "the second waits")
        self.spools.empty("two")
        self.spools.put("three", CRITICAL_SECONDS)
        host.wait_for(lambda: self.count("_waiting") == 3, "all wait")
        self.assertEqual(len(self.traps.received()), 1)
        back = self.snmpd.start()
        host.wait_for(lambda: len(self.traps.received()) == 5, lambda: f"five: {self.traps.received()}")
        print(f"all there {time.monotonic() - back:.2f} s after the master", flush=True)
        found = self.traps.received()
        self.assertEqual([each["sequence"] for each in found], [1, 2, 3, 4, 5])
        self.assertEqual([each["what"] for each in found], ["raised", "raised", "cleared", "raised", "raised"])
        self.assertEqual(found[1]["subject"], found[2]["subject"])
        self.assertEqual(found[3]["severity"], "critical")
        self.assertEqual(found[4]["subject"], one, "what stands is told again")

    def test_a_master_that_dies_with_it(self):
        """It has stopped, and dies with what it was sent and never read: a finding that is over, so nothing stands that would
        be told again."""
        self.master(self.traps.sink())
        self.start(["one"])
        self.spools.put("one", WARNING_SECONDS)
        self.traps.wait_for(what="raised")
        host.wait_for(lambda: self.count("_total") == 1, "the master acknowledged it")
        self.snmpd.process.send_signal(signal.SIGSTOP)
        self.spools.empty("one")
        host.wait_for(lambda: self.count("_waiting") == 1, "it is sent, or waits")
        time.sleep(0.2)
        self.snmpd.kill()
        back = self.snmpd.start()
        self.traps.wait_for(what="cleared")
        print(f"cleared {time.monotonic() - back:.2f} s after the next master", flush=True)
        self.assertEqual({(each["sequence"], each["what"]) for each in self.traps.received()}, {(1, "raised"), (2, "cleared")})
        host.wait_for(lambda: self.count("_total") == 2, "the master acknowledged it")
        self.assertEqual((self.count("_waiting"), self.count("_lost_total")), (0, 0))

    def test_a_second_agent_is_silent(self):
        self.master(self.traps.sink())
        self.start(["one"])
        host.wait_for(self.snmpd.manager().serves, "the first serves")
        first = self.agent
        self.agent = self.things.agent("--no-collector.tcp", "--no-collector.tuning", *self.flags,
                                       f"--config.file={self.things.directory}/chokepoint.yml", namespace=self.namespace)
        self.spools.put("one", WARNING_SECONDS)
        host.wait_for(lambda: self.count("_waiting") == 1, "the second one's waits")
        self.traps.wait_for(what="raised")
        first.stop()
        self.spools.empty("one")
        self.traps.wait_for(what="cleared")
        self.assertEqual([each["sequence"] for each in self.traps.received()], [1, 1, 2], "the second took over")

    def test_off(self):
        self.master(self.traps.sink())
        self.start(["one"], "snmp: {notifications: off}\n")
        host.wait_for(self.snmpd.manager().serves, "the agent is served")
        self.spools.put("one", CRITICAL_SECONDS)
        host.wait_for(lambda: self.snmpd.manager().scalar(8) == "1", "the finding stands")
        time.sleep(0.5)
        self.assertEqual((self.traps.received(), self.count("_total")), ([], 0))


class Standalone(Case):
    def start_with(self, names, receivers):
        config = self.things.write("snmp.conf", (host.SOURCE / "packaging/snmp/standalone.conf").read_text() + receivers)
        self.flags = ()
        self.start(names, f"snmp: {{mode: standalone, config_file: {config}, state_directory: {self.things.directory}/state}}\n")

    def test_a_receiver_that_is_away(self):
        """SNMPv3 wants to know its engine before anything is sent: it is asked for, and nobody waits. Once it is there, it gets
        what stands."""
        names = [f"spool-{number}" for number in range(5)]
        self.start_with(names, f"trapsess -Ci {V3} -u informer {INFORMS}\n{self.traps.sink()}informsink {INFORMS} public\n")
        unused = snmp_host.Snmpd(self.things, self.namespace, start=False)  # only for the manager's environment
        asker = Asker(self, unused.manager("-v2c", "-c", "chokepoint"))
        for name in names:
            self.spools.put(name, WARNING_SECONDS)
        host.wait_for(lambda: len(self.traps.received()) == len(names), "the other receiver gets everything")
        slowest = asker.stop()
        print(f"a receiver is away: {len(asker.took)} answers, the slowest {slowest:.3f} s", flush=True)
        self.assertLess(slowest, ANSWER_SECONDS)
        self.agent.next_metrics()
        self.assertEqual(self.count("_lost_total"), len(names), "for one of its receivers")
        v3 = snmp_host.Snmptrapd(self.things, self.namespace, INFORMS, f"createUser informer SHA {PASSWORDS}\nauthUser log informer\n")
        there = time.monotonic()
        v3.wait_for(subject=self.traps.received()[-1]["subject"])
        print(f"told what stands {time.monotonic() - there:.2f} s after it came", flush=True)
        self.assertEqual({each["subject"] for each in v3.received(how="INFORM", by="SNMP v3, user informer, context ")},
                         {each["subject"] for each in self.traps.received()})

    def test_every_kind_of_receiver(self):
        engine = "0x80001f8880cafe0001"
        v3 = snmp_host.Snmptrapd(self.things, self.namespace, INFORMS,
                                 f"createUser -e {engine} trapper SHA {PASSWORDS}\ncreateUser informer SHA {PASSWORDS}\n"
                                 "authUser log trapper\nauthUser log informer\n")
        self.start_with(["pickup"], f"exactEngineID {engine}\n{self.traps.sink()}{self.traps.sink('informsink')}"
                                    f"trapsess -e {engine} {V3} -u trapper {INFORMS}\ntrapsess -Ci {V3} -u informer {INFORMS}\n")
        self.spools.put("pickup", WARNING_SECONDS)
        self.traps.wait_for(what="raised")
        self.spools.empty("pickup")
        wanted = [(1, "raised"), (2, "cleared")]
        for receiver, how, by in ((self.traps, "TRAP2", "SNMP v2c, community public"), (self.traps, "INFORM", "SNMP v2c, community public"),
                                  (v3, "TRAP2", "SNMP v3, user trapper, context "), (v3, "INFORM", "SNMP v3, user informer, context ")):
            receiver.wait_for(what="cleared", how=how)
            self.assertEqual([(each["sequence"], each["what"]) for each in receiver.received(how=how, by=by)], wanted,
                             (how, by, receiver.output.read_text()))
        self.agent.next_metrics()
        self.assertEqual((self.count("_total"), self.count("_lost_total")), (2, 0))


if __name__ == "__main__":
    host.main(140)
