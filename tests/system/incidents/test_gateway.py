#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Incident 3: a filtering gateway is one source for all mail. A real Postfix hands its mail to another real Postfix that is
slow and takes few connections from one client: seen from the server, which throttles, and from the gateway, where mail
piles up. The remedies that the agent prints are run as they are, and end it. test_gateway_walk.py is the same without kernel
events."""
import threading
import time
import unittest

import incident
import office
from incident import host
from postfix_instance import Postfix

PER_CLIENT, PROCESSES = 10, 11
SLOW_SECONDS = 25
FLOOD_PAUSE_SECONDS = 0.1  # what piles up has to be delivered in the end
SERVER = f"""\
mynetworks = 127.0.0.0/8, 10.0.0.0/8
relayhost =
default_transport = discard:
default_process_limit = {PROCESSES}
smtpd_client_connection_count_limit = {PER_CLIENT}
smtpd_client_event_limit_exceptions =
smtpd_recipient_restrictions = sleep {SLOW_SECONDS}, permit_mynetworks, reject
"""
# It never gives up on its only next hop, as gateways do.
GATEWAY = """\
myhostname = gateway.example
relayhost = [{server}]:25
default_destination_concurrency_limit = 40
initial_destination_concurrency = 40
smtp_destination_concurrency_failed_cohort_limit = 0
smtp_destination_concurrency_negative_feedback = 0
smtp_connection_cache_on_demand = no
smtp_connect_timeout = 5s
smtp_helo_timeout = 10s
queue_run_delay = 2s
minimal_backoff_time = 2s
maximal_backoff_time = 4s
"""
SERVER_FINDINGS = ("findings: {mail_inbound_limit: {hold: 3s, clear: 2s}, mail_source_throttled: {clear: 2s},"
                   " owner_unknown: off}\n")
GATEWAY_FINDINGS = ("findings: {mail_destination_throttles_us: {messages: 10, hold: 1s, clear: 2s},"
                    " mail_queue_growing: {messages: 20, window: 6s, falling_window: 3s, hold: 2s, clear: 2s},"
                    " owner_unknown: off}\n")
REFUSED = "Connection concurrency limit exceeded"
# Who holds sockets of port 25 on either side; smtp-source hands the gateway its mail.
OWNERS = {"inbound": {"master", "smtpd", "unknown"}, "outbound": {"smtp", "smtp-source", "unknown"}}


class Gateway(unittest.TestCase):
    FLAGS, SAMPLES = (), 2

    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.office = office.Office(self.things)
        self.server, self.server_mail = self.mail_host("server", SERVER, SERVER_FINDINGS)
        self.gateway = incident.Incident(self.office, "", self.FLAGS)
        # From the gateway to the server.
        self.source = self.office.connect(self.gateway.namespace, self.server.namespace)
        self.gateway_mail = self.postfix("gateway", self.gateway, GATEWAY.format(server=self.source[:-1] + "2"),
                                         GATEWAY_FINDINGS)
        self.server.start()
        self.gateway.start()
        self.office.watch(self.server, self.gateway)

    def mail_host(self, name, main_cf, findings):
        made = incident.Incident(self.office, "", self.FLAGS)
        return made, self.postfix(name, made, main_cf, findings)

    def postfix(self, name, where, main_cf, findings):
        postfix = self.things.enter_context(Postfix(True, main_cf, 25, namespace=where.namespace))
        where.config.write_text("mail:\n  detect: false\n  content: top\n  postfix:\n"
                                f"    - {{name: {name}, config_directory: {postfix.config}}}\n{findings}")
        return postfix

    def send(self, count):
        self.gateway_mail.inject(count, 500)

    def refused(self):
        """How many connections the server has refused, as its log has it."""
        return (self.server_mail.root / "log").read_text().count(REFUSED)

    def logs(self):
        return [(postfix.root / "log").read_text()[-3000:] for postfix in (self.gateway_mail, self.server_mail)]

    def connections(self):
        found = self.server.agent.metrics().select("mail_connections", peer=self.source, role="inbound")
        return found[0][1] if found else 0

    def obey(self, story):
        """Runs the remedy as it is printed, against the server's own configuration."""
        self.server.namespace.run("env", f"MAIL_CONFIG={self.server_mail.config}", "sh", "-ec", story.entry["remedy"])

    def test_the_gateway_that_is_one_source(self):
        self.send(PER_CLIENT - 2)
        host.wait_for(lambda: self.connections() == PER_CLIENT - 2, self.connections)
        limit = self.ramp()
        throttled, enough = self.throttled()
        seen_from_the_gateway = self.gateway_sees_it()
        enough.set()
        self.obey(limit)
        self.obey(throttled)
        self.server_mail.inside("postconf", "-c", str(self.server_mail.config),
                                "smtpd_recipient_restrictions=permit_mynetworks, reject")
        self.server_mail.inside("postfix", "-c", str(self.server_mail.config), "reload")
        for story in (throttled, limit, *seen_from_the_gateway):
            story.is_over()
        host.wait_for(lambda: not self.gateway_mail.queue(), self.logs, 60)

    def ramp(self):
        """One connection more every few seconds, up to the first that is refused."""
        start = time.monotonic()
        self.send(1)
        near = self.server.wait_for_finding("mail_inbound_limit", 1, 20)
        self.assertEqual(self.refused(), 0)
        story = office.Story(self, self.server, "mail_inbound_limit", 1, mta="postfix", server="server")
        story.is_told(rf"\d+ of at most {PROCESSES} inbound SMTP connections .*{self.source} has most",
                      "default_process_limit=61", f"default_process_limit={PROCESSES}")
        host.wait_for(lambda: self.connections() == PER_CLIENT - 1, self.connections)
        # Somebody fetched the runbook just now: a walk cannot tell whose connections the host accepts.
        self.server.agent.next_metrics()
        self.send(1)
        host.wait_for(lambda: self.connections() == PER_CLIENT, self.connections)
        # It has all that it may have, and wants no more.
        self.server.agent.next_metrics()
        self.assertEqual(self.refused(), 0)
        self.assertIsNone(self.server.severity("mail_source_throttled"))
        print(f"ramp: mail_inbound_limit {near.seen - start:.1f} s after the connection that brought it to "
              f"{PER_CLIENT - 1} of {PROCESSES}; no 421 so far")
        return story

    def flood(self):
        """Mail that does not stop, until the event that is returned is set."""
        enough = threading.Event()

        def send():
            while not enough.wait(FLOOD_PAUSE_SECONDS):
                self.send(2)
        sender = threading.Thread(target=send, daemon=True)
        sender.start()
        self.addCleanup(sender.join)
        self.addCleanup(enough.set)
        return enough

    def throttled(self):
        """More mail than connections: 421. The finding is there within few samples of it."""
        enough = self.flood()
        host.wait_for(self.refused, "the server refuses")
        since, start = time.time(), time.monotonic()
        stand = self.server.wait_for_finding("mail_source_throttled", 1, 20, since)
        print(f"421: mail_source_throttled in sample {stand.samples} after the first refusal, "
              f"{stand.seen - start:.1f} s")
        self.assertLessEqual(stand.samples, self.SAMPLES)
        story = office.Story(self, self.server, "mail_source_throttled", 1, mta="postfix", server="server",
                             peer=self.source)
        # One that is being refused may be counted, too.
        story.is_told(rf"{self.source} has 1\d of the {PER_CLIENT} connections that one source may have",
                      "smtpd_client_event_limit_exceptions", self.source, "not open to the Internet")
        self.check_numbers()
        return story, enough

    def check_numbers(self):
        """They are those of the gateway alone, and nobody is named for a connection who does not speak SMTP."""
        found = {}

        def full():
            found["metrics"] = self.server.agent.metrics()
            return found["metrics"].one("mail_connections_ratio", server="server", role="inbound") >= 1
        host.wait_for(full, lambda: found["metrics"].select("mail_connections_ratio"))
        self.assertEqual(found["metrics"].one("mail_connections_ratio", peer=self.source, role="inbound"),
                         found["metrics"].one("mail_connections", role="inbound") / PER_CLIENT)
        for each in (self.server, self.gateway):
            for role, owners in OWNERS.items():
                self.assertLessEqual(set(each.agent.metrics().by("process", "tcp_process_sockets", port="25", role=role)),
                                     owners)

    def gateway_sees_it(self):
        """The far side throttles us, and the queue cannot get rid of its mail: one problem, and so one alert."""
        culprit = {"mta": "postfix", "server": "gateway", "queue": "deferred"}
        self.gateway.wait_for_finding("mail_destination_throttles_us", 1, 40)
        throttles = office.Story(self, self.gateway, "mail_destination_throttles_us", 1, **culprit)
        throttles.is_told(r"example.net throttles us: [\d,]+ messages wait in deferred of postfix gateway; it says: .*421 4.7.0",
                          "Ask the operator of example.net", "smtp_destination_concurrency_limit")
        self.gateway.wait_for_finding("mail_queue_growing", 1, 40)
        growing = office.Story(self, self.gateway, "mail_queue_growing", 1, **culprit)
        growing.is_told(r"The queue deferred of postfix gateway holds [\d,]+ messages and (grows|does not drain)", "next hop",
                        alert=False)
        return throttles, growing


if __name__ == "__main__":
    host.main(270)
