#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Incident 5: "421 ... connection limit reached". Many clients hold more connections at a time than a real Exim takes in
all: users receive but cannot send. The agent warns before the first 421, tells that they are many clients and not one, and
its advice ends it."""
import time
import unittest

import incident
import office
import smtp_clients
from exim_server import CONFIG, Exim
from incident import host
from other_root import OtherRoot, enter_mount_namespace

LIMIT = 20
CLIENTS, PACE_SECONDS = 7, 0.8
FINDINGS = "findings: {mail_inbound_limit: {hold: 2s, clear: 2s}, owner_unknown: off}\n"


class Server(Exim):
    """One that limits the total only, on 25 and 587."""

    def configure(self, accept_max):
        text = CONFIG.format(accept_max=accept_max).replace("smtp_accept_max_per_host = 4\n", "").replace(
            "daemon_smtp_ports = 25", "daemon_smtp_ports = 25 : 587")
        self.root.path("/etc/exim4/exim4.conf").write_text(text)


class InboundLimit(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.office = office.Office(self.things)
        root = self.things.enter_context(OtherRoot(Exim.PACKAGES, (self.things.directory, host.SOURCE, host.BUILD)))
        self.server = incident.Incident(self.office, FINDINGS, prefix=root.command())
        self.exim = Server(self.things, root, self.server.namespace)
        self.exim.configure(LIMIT)
        self.exim.start()
        self.server.start()
        self.office.watch(self.server)
        self.opened = 0

    def connect(self):
        """One connection more, each client in turn; what the server says to it."""
        self.opened += 1
        client, greetings = smtp_clients.connect(self.server.namespace, f"127.0.1.{1 + self.opened % CLIENTS}", 1,
                                                 port=(25, 587)[self.opened % 2])
        self.addCleanup(host.stop, client)
        return greetings[0]

    def connections(self):
        return self.server.agent.metrics().total("mail_server_connections", mta="exim", role="inbound")

    def test_the_limit_that_all_clients_share(self):
        greetings, near, refused = [], None, None
        while refused is None and len(greetings) < LIMIT + 5:
            greetings.append(self.connect())
            if greetings[-1] == "421":
                refused = time.monotonic()
            if len(greetings) >= LIMIT * 8 // 10:
                time.sleep(PACE_SECONDS)
                if near is None and self.server.severity("mail_inbound_limit") is not None:
                    near = time.monotonic(), len(greetings)
        self.assertEqual(greetings, ["220"] * LIMIT + ["421"])
        self.assertIsNotNone(near)
        print(f"mail_inbound_limit at {near[1]} of {LIMIT} connections, {refused - near[0]:.1f} s before the first 421")
        self.assertLess(near[0], refused)
        story = self.full()
        self.exim.configure(LIMIT + 50)
        self.exim.reload()
        story.is_over()
        host.wait_for(lambda: self.connect() == "220", "clients are served again")

    def full(self):
        self.server.wait_for_finding("mail_inbound_limit", 2, 20)
        story = office.Story(self, self.server, "mail_inbound_limit", 2, mta="exim", server="main")
        status, text = self.server.check()
        print(f"check: exit {status}\n{text}")
        story.is_told(rf"{LIMIT} of at most {LIMIT} inbound SMTP connections .*today's peak is {LIMIT}.*"
                      r"127\.0\.1\.\d has most, 3", "whether they are many clients or one",
                      f"smtp_accept_max = {LIMIT + 50}", f"smtp_accept_max = {LIMIT} ", "peak hours")
        metrics = self.server.agent.metrics()
        self.assertEqual(self.connections(), LIMIT)
        for since in ("1h", "1d"):
            self.assertEqual(metrics.total("mail_server_connections_peak", mta="exim", role="inbound", since=since), LIMIT)
        return story


if __name__ == "__main__":
    enter_mount_namespace()
    host.main(270)
