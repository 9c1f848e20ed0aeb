#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether the master really gave the agent its place, where snmpd answers late, never, or stops in the middle."""
import re
import signal
import statistics
import time
import unittest

import snmp_host
from agentx_relay import Relay
from snmp_host import SCALARS, host

LATE_SECONDS = 1  # longer than net-snmp waits, shorter than the agent does
BACK_SECONDS = 5  # half of the times; each within MOST_SECONDS, also where the machine is overloaded
MOST_SECONDS = 15


class Registration(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.namespace = self.things.namespace()
        self.snmpd = snmp_host.Snmpd(self.things, self.namespace)
        self.manager = self.snmpd.manager()

    def agent(self, master):
        return self.things.agent("--no-collector.mail", "--no-collector.tuning", *master.agent_flags(),
                                 namespace=self.namespace, interval="200ms")

    def wait(self, agent, connected, failures=0):
        host.wait_for(lambda: agent.metrics().one("snmp_connected") == connected and
                      agent.metrics().one("snmp_registration_failures_total") >= failures,
                      lambda: f"snmp_connected {connected}, {failures} failures: {agent.log.read_text()}", MOST_SECONDS)

    def lines(self, agent, words):
        return len(re.findall(f'level=(?:info|warn) msg="[^"]*{words}', agent.log.read_text()))

    def test_refused_late(self):
        """Somebody else has the place, and says so when net-snmp itself would not listen any more."""
        first = self.agent(self.snmpd)
        host.wait_for(self.manager.serves, "the first serves")
        relay = Relay(self.things, self.snmpd, LATE_SECONDS)
        second = self.agent(relay)
        self.wait(second, 0, failures=2)
        self.assertEqual(self.lines(second, "refuses our MIB"), 1, second.log.read_text())
        self.assertEqual(self.lines(second, "serves our MIB"), 0, second.log.read_text())
        started = self.manager.get(f"{SCALARS}.2.0")
        first.stop()
        stopped = time.monotonic()
        host.wait_for(lambda: self.manager.serves() and self.manager.get(f"{SCALARS}.2.0") != started, "the second serves",
                      MOST_SECONDS, pause=0.02)
        print(f"refused late: took over after {time.monotonic() - stopped:.2f} s", flush=True)
        self.wait(second, 1)
        self.assertEqual(self.lines(second, "serves our MIB"), 1, second.log.read_text())

    def test_accepted_late(self):
        relay = Relay(self.things, self.snmpd, LATE_SECONDS)
        agent = self.agent(relay)
        self.wait(agent, 1)
        self.assertTrue(self.manager.serves())
        time.sleep(2 * snmp_host.RETRY_SECONDS)
        self.assertEqual(relay.registrations, relay.sessions, "who has the place does not ask again")
        self.assertEqual(agent.next_metrics().one("snmp_registration_failures_total"), 0)
        self.assertEqual(self.lines(agent, "(?:refuses|asked to serve) our MIB"), 0, agent.log.read_text())

    def test_never_answered(self):
        """The session answers everything else. It is given up, until one answers that, too."""
        relay = Relay(self.things, self.snmpd, None)
        agent = self.agent(relay)
        self.wait(agent, 0, failures=2)
        self.assertEqual(self.lines(agent, "asked to serve our MIB"), 1, agent.log.read_text())
        relay.late = 0
        answers = time.monotonic()
        self.wait(agent, 1)
        print(f"never answered: connected {time.monotonic() - answers:.2f} s after answers come", flush=True)
        self.assertTrue(self.manager.serves())
        self.assertEqual(self.lines(agent, "asked to serve our MIB"), 1, agent.log.read_text())

    def test_master_stops_when_asked(self):
        """For all times between a moment and longer than the agent waits. The rows are there soon after it goes on."""
        stopped, took = [], []
        relay = Relay(self.things, self.snmpd, 0, lambda: stopped or self.stop(stopped))
        self.things.callback(self.snmpd.process.send_signal, signal.SIGCONT)
        for seconds in (0.2, 0.5, 1, 3):
            stopped.clear()
            agent = self.agent(relay)
            host.wait_for(lambda: stopped, "the agent asks")
            time.sleep(seconds)
            self.assertEqual(agent.metrics().one("snmp_connected"), 0)
            self.snmpd.process.send_signal(signal.SIGCONT)
            goes_on = time.monotonic()
            host.wait_for(self.manager.serves, "the rows are there", MOST_SECONDS, pause=0.02)
            took.append(time.monotonic() - goes_on)
            self.wait(agent, 1)
            print(f"stopped for {seconds} s: rows after {took[-1]:.2f} s", flush=True)
            agent.stop()
        self.assertLess(statistics.median(took), BACK_SECONDS)

    def stop(self, stopped):
        self.snmpd.process.send_signal(signal.SIGSTOP)
        stopped.append(True)


if __name__ == "__main__":
    host.main(140)
