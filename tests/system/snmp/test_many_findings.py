#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two thousand findings at once: notifications are bounded and the worst first, SNMP answers meanwhile, and what is lost
while the master is away shows in the sequence."""
import signal

import snmp_host
from notify_case import ANSWER_SECONDS, CRITICAL_SECONDS, WARNING_SECONDS, Asker, Case, Spools
from snmp_host import host

SPOOLS, SHOWN, CRITICAL_SPOOLS, QUEUED = 2000, 100, 20, 256


class ManyAtOnce(Case):
    """The findings come and go all at once, since what comes and goes is their rule."""

    def start_many(self):
        names = [f"spool-{number:04}" for number in range(SPOOLS)]
        self.spools = Spools(self.things, names)
        for number, name in enumerate(names):
            self.spools.put(name, CRITICAL_SECONDS if number % (SPOOLS // CRITICAL_SPOOLS) == 0 else WARNING_SECONDS)
        self.on = self.spools.config()
        self.off = self.on.replace("mail_queue_old: {clear: 0s}", "mail_queue_old: off")
        self.assertNotEqual(self.on, self.off)
        self.config = self.things.write("chokepoint.yml", self.off)
        self.agent = self.things.agent("--no-collector.tcp", "--no-collector.tuning", f"--config.file={self.config}", *self.flags,
                                       namespace=self.namespace, interval="10s")
        host.wait_for(self.snmpd.manager().serves, "the agent is served")

    def use(self, config):
        """Reads this configuration, which brings a sample at once."""
        sequence = self.agent.sequence()
        self.config.write_text(config)
        self.agent.process.send_signal(signal.SIGHUP)
        host.wait_for(lambda: self.agent.sequence() > sequence, "a sample")

    def test_two_thousand(self):
        self.master(self.traps.sink())
        self.start_many()
        asker = Asker(self, self.snmpd.manager())
        self.use(self.on)
        self.traps.wait_for(finding="other")
        found = [each for each in self.traps.received() if each["finding"] == "mail_queue_old"]
        self.use(self.off)
        self.traps.wait_for(what="cleared", finding="other")
        slowest, everything = asker.stop(), self.traps.received()
        print(f"{SPOOLS} findings: {len(everything)} notifications; {len(asker.took)} answers meanwhile, the slowest "
              f"{slowest:.2f} s", flush=True)
        self.assertEqual([each["severity"] for each in found], ["critical"] * CRITICAL_SPOOLS +
                         ["warning"] * (SHOWN - CRITICAL_SPOOLS), "the worst first")
        self.assertEqual([each["sequence"] for each in everything], list(range(1, 2 * (SHOWN + 1) + 1)))
        self.assertEqual({each["subject"] for each in everything if each["what"] == "raised"},
                         {each["subject"] for each in everything if each["what"] == "cleared"})
        self.assertLess(slowest, ANSWER_SECONDS)

    def test_what_is_lost_shows_in_the_sequence(self):
        """More changes than wait in the queue while the master is away."""
        self.master(self.traps.sink())
        self.start_many()
        self.snmpd.kill()
        host.wait_for(lambda: "no SNMP master answers" in self.agent.log.read_text(), "the agent sees that the master is gone")
        for config in (self.on, self.off, self.on):
            self.use(config)
        lost = 3 * (SHOWN + 1) - QUEUED
        self.snmpd.start()
        self.traps.wait_for(sequence=lost + QUEUED)
        self.assertEqual([each["sequence"] for each in self.traps.received()], list(range(lost + 1, lost + QUEUED + 1)))
        self.use(self.on)
        self.assertEqual((self.count("_total"), self.count("_lost_total")), (QUEUED, lost))


if __name__ == "__main__":
    host.main(140)
