#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Relay agents that open and close short connections to one SQL Server until no port is left."""
import time
import unittest

import incident
from incident import host

PORTS = 4000
FINDINGS = "{ephemeral_ports_filling: {clear: 2s}, ephemeral_ports_exhausted: {clear: 2s}, owner_unknown: off}"
INTERVAL = 1
DESTINATION = f"127.0.0.1:{incident.SERVER_PORT}"


class RelayAgents(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.host = incident.Incident(self.things, PORTS, FINDINGS)

    def test_a_step_is_found_within_two_samples(self):
        load = self.host.steady("relay-agent", 900)
        raised = self.host.wait_for_finding("ephemeral_ports_filling", 2, 10)
        print(f"step: critical {raised - load.events['started']:.1f} s after it, samples every {INTERVAL} s")
        # The first sample that sees it may come an interval after its beginning.
        self.assertLess(raised - load.events["started"], 3 * INTERVAL + 0.5)

    def test_a_ramp_is_found_half_a_minute_before_it_fails(self):
        scraped = self.things.agent("--no-collector.mail", f"--web.listen-address=127.0.0.1:{incident.AGENT_PORT}",
                                    f"--config.file={self.things.directory}/chokepoint.yml", interval="1s",
                                    namespace=self.host.namespace)
        self.host.agent = scraped
        alerting = incident.Alerting(self.host)
        load = self.host.steady("relay-agent", 85)
        raised = self.host.wait_for_finding("ephemeral_ports_filling", 2, 25)
        finding = self.host.one("ephemeral_ports_filling")
        self.assertEqual((finding["destination"], finding["process"]), (DESTINATION, "relay-agent"))
        self.assertRegex(finding["sentence"], r"of 4,000 ports of 127.0.0.1 .* settle at 1\d\d\.\d %: full in \d+ s")
        self.assertIn("net.ipv4.tcp_tw_reuse=1", finding["remedy"])
        self.assertRegex(finding["effect"], r"1\d\d\.\d % → \d\.\d %")
        alert = alerting.wait_for("EphemeralPortsFilling", "firing", 15, severity="critical")
        self.assertEqual((alert["labels"]["destination"], alert["labels"]["process"]), (DESTINATION, "relay-agent"))
        self.assertEqual(alert["receiver"], "/pager")
        host.wait_for(lambda: "failed" in load.events, "connections fail", 60)
        lead = load.events["failed"] - raised
        print(f"ramp: critical {raised - load.events['started']:.1f} s after its beginning, {lead:.1f} s before the "
              f"first of {load.events['opened']} connections failed ({load.events['errno']})")
        self.assertGreater(lead, 30)
        self.exhausted(alerting)
        host.stop(load)
        self.over(alerting)

    def exhausted(self, alerting):
        self.host.wait_for_finding("ephemeral_ports_exhausted", 2, 10)
        start = time.monotonic()
        status, text = self.host.check()
        print(f"check on the exhausted host: exit {status} in {time.monotonic() - start:.2f} s\n{text}")
        self.assertEqual(status, 2)
        self.assertIn("No port is left", text)
        self.assertIn("relay-agent", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)
        status, line = self.host.check("nagios")
        self.assertEqual(status, 2)
        self.assertRegex(line, r"^CHOKEPOINT CRITICAL - .* \| ports=\d+\.\d+%;50;90;0; ")
        alert = alerting.wait_for("EphemeralPortsExhausted", "firing", 15)
        self.assertIn("relay-agent", alert["annotations"]["description"])

    def over(self, alerting):
        self.host.forget_time_waits()
        host.wait_for(lambda: self.host.severity("ephemeral_ports_exhausted") is None, "it is cleared", 30)
        host.wait_for(lambda: self.host.severity("ephemeral_ports_filling") is None, "it is cleared", 30)
        alerting.wait_for("EphemeralPortsExhausted", "resolved", 20)
        self.assertIn(self.host.check()[0], (0, 1))


if __name__ == "__main__":
    host.main(170)
