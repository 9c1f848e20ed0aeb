#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Incident 1: relay agents that open and close short connections to one SQL Server until no port is left. Prometheus and
Alertmanager run on the very host; whom they call is elsewhere."""
import time
import unittest

import incident
import office
from incident import host

PORTS, STEP_PORTS = 4000, 1000
FINDINGS = "findings: {ephemeral_ports_filling: {clear: 2s}, ephemeral_ports_exhausted: {clear: 2s}, owner_unknown: off}\n"
DESTINATION = f"127.0.0.1:{incident.SERVER_PORT}"
CULPRIT = {"subject": f"{DESTINATION} from 127.0.0.1", "destination": DESTINATION, "process": "relay-agent"}


class RelayAgents(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.office = office.Office(self.things)
        self.host = incident.Incident(self.office, FINDINGS, ["--no-collector.mail"])
        self.host.ports(PORTS)
        self.host.start()

    def story(self, finding, severity):
        return office.Story(self, self.host, finding, severity, **CULPRIT)

    def test_a_step_is_found_within_two_samples(self):
        self.host.namespace.sysctl(f"net.ipv4.ip_local_port_range=20000 {20000 + STEP_PORTS - 1}")
        load = self.host.steady("relay-agent", 250)
        stand = self.host.wait_for_finding("ephemeral_ports_filling", 2, 15, since=load.events["began"])
        print(f"step: critical in sample {stand.samples} after it, {stand.seen - load.events['started']:.1f} s")
        self.assertLessEqual(stand.samples, 2)

    def test_a_ramp_is_found_half_a_minute_before_it_fails(self):
        self.office.watch(self.host, where=self.host)
        load = self.host.steady("relay-agent", 85)
        warned = self.host.wait_for_finding("ephemeral_ports_filling", 1, 25).seen
        raised = self.host.wait_for_finding("ephemeral_ports_filling", 2, 25).seen
        filling = self.story("ephemeral_ports_filling", 2)
        filling.is_told(r"of 4,000 ports of 127.0.0.1 .* settle at 1\d\d\.\d %: full in \d+ s",
                        "net.ipv4.tcp_tw_reuse=1", "keep")
        self.assertRegex(filling.entry["effect"], r"1\d\d\.\d % → \d\.\d %")
        self.assertIn("net.ipv4.tcp_tw_reuse=0", filling.entry["undo"])
        host.wait_for(lambda: "failed" in load.events, "connections fail", 60)
        began, failed = load.events["started"], load.events["failed"]
        print(f"ramp: warning {warned - began:.1f} s after its beginning, {failed - warned:.1f} s before the first of "
              f"{load.events['opened']} connections failed ({load.events['errno']}); critical {raised - began:.1f} s "
              f"after, {failed - raised:.1f} s before")
        self.assertGreater(failed - warned, 30)
        self.assertGreater(failed - raised, 20)
        exhausted = self.exhausted()
        host.stop(load)
        self.host.forget_time_waits()
        exhausted.is_over()
        filling.is_over()
        self.assertIn(self.host.check()[0], (0, 1))

    def exhausted(self):
        self.host.wait_for_finding("ephemeral_ports_exhausted", 2, 10)
        start = time.monotonic()
        status, text = self.host.check()
        print(f"check on the exhausted host: exit {status} in {time.monotonic() - start:.2f} s\n{text}")
        self.assertEqual(status, 2)
        story = self.story("ephemeral_ports_exhausted", 2)
        story.is_told(r"(No port is left|failed for want of a port).* of 4,000 ports of 127.0.0.1 towards "
                      rf"{DESTINATION} are taken, most by relay-agent", "net.ipv4.tcp_tw_reuse=1")
        status, line = self.host.check("nagios")
        self.assertEqual(status, 2)
        self.assertRegex(line, r"^CHOKEPOINT CRITICAL - .* \| ports=\d+\.\d+%;50;90;0; ")
        return story


if __name__ == "__main__":
    host.main(270)
