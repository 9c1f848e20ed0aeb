#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Incidents 3 and 4 as an Exchange server tells them in its drop file: every throttle in one vocabulary, the limit that
holds for one source by number, with real connections, the reader for whom it was not this limit, back pressure, and a
queue that does not move."""
import datetime
import json
import os
import sys
import unittest

import incident
import office
from incident import host

GATEWAY, OTHERS = "127.0.0.2", 100
ACTIVE, SHARE = 2700, 46  # 2 % of the 2,300 of 5,000 that remain
FINDINGS = """findings: {mail_source_throttled: {clear: 2s}, mail_back_pressure: {clear: 2s}, mail_queue_old: {clear: 2s},
  owner_unknown: off}
"""
DESCRIPTION = """mail:
  detect: false
  exchange: [{{name: ex1, json: {drop}}}]
"""
# An Exchange 2007: each row of the vendor's table of message throttling, with its default. (object, setting, limit, value)
SERVER, RECEIVE, SEND = "server", "receive_connector:Default EX1", "send_connector:Internet"
THROTTLING = (
    (SERVER, "MaxConcurrentMailboxDeliveries", "mailbox_deliveries", 30),
    (SERVER, "MaxConcurrentMailboxSubmissions", "mailbox_submissions", 30),
    (SERVER, "MaxConnectionRatePerMinute", "inbound_connection_rate_per_minute", 1200),
    (SERVER, "MaxOutboundConnections", "outbound_connections", 1000),
    (SERVER, "MaxPerDomainOutboundConnections", "outbound_connections_per_domain", 20),
    (SERVER, "PickupDirectoryMaxMessagesPerMinute", "pickup_messages_per_minute", 100),
    (SEND, "ConnectionInactivityTimeOut", "inactivity_timeout_seconds", 600),
    (RECEIVE, "ConnectionInactivityTimeout", "inactivity_timeout_seconds", 300),
    (RECEIVE, "ConnectionTimeout", "connection_timeout_seconds", 600),
    (RECEIVE, "MaxInboundConnection", "inbound_connections", 5000),
    (RECEIVE, "MaxInboundConnectionPercentagePerSource", "inbound_connections_percent_per_source", 2),
    (RECEIVE, "MaxInboundConnectionPerSource", "inbound_connections_per_source", 100),
    (RECEIVE, "MaxProtocolErrors", "protocol_errors", 5),
    (RECEIVE, "TarpitInterval", "tarpit_seconds", 5),
)


def span(seconds):
    return str(datetime.timedelta(seconds=seconds)).rjust(8, "0")


def settings(scope):
    """What PowerShell writes of an object."""
    return {name: span(value) if limit.endswith("_seconds") else value
            for where, name, limit, value in THROTTLING if where == scope}


class Drop:
    """The file that a scheduled task writes on the Exchange server."""

    def __init__(self, things):
        self.path = things.directory / "ex1.json"
        self.connector = {"Name": "Default EX1", "Identity": "EX1\\Default EX1", "Enabled": True, "Bindings": ["0.0.0.0:25"],
                          "RemoteIPRanges": ["0.0.0.0-255.255.255.255"], **settings(RECEIVE)}
        self.state = {"schema": 1, "server": "EX1", "version": "Version 8.3 (Build 83.6)", "edge": False,
                      "receive_connectors": [self.connector],
                      "send_connectors": [{"Name": "Internet", **settings(SEND)}],
                      "transport": {"Name": "EX1", **settings(SERVER)}}
        self.tell()

    def tell(self, **state):
        """Writes it anew, whole, with these parts changed."""
        self.state.update(state)
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(self.state))
        os.replace(fresh, self.path)


class Exchange(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.office = office.Office(self.things)
        self.drop = Drop(self.things)
        self.server = incident.Incident(self.office, FINDINGS + DESCRIPTION.format(drop=self.drop.path))
        self.things.load("server", 500, "0.0.0.0", 25, namespace=self.server.namespace)
        self.server.start()
        self.office.watch(self.server)

    def hold(self, *counts_and_sources):
        holder = self.things.popen(sys.executable, incident.HERE / "hold.py", "127.0.0.1", 25, *counts_and_sources,
                                   namespace=self.server.namespace, stdin=host.subprocess.PIPE,
                                   stdout=host.subprocess.PIPE)
        self.assertEqual(holder.stdout.readline(), b"ready\n")
        return holder

    def knock(self):
        """One connection more of the gateway that is gone at once, as that of somebody who is refused."""
        host.stop(self.hold(1, GATEWAY))

    def source(self, active):
        """(limit, ratio, verdict) of the gateway once so many connections are counted."""
        def counted():
            return self.server.agent.metrics().total("mail_server_connections", role="inbound") == active
        host.wait_for(counted, lambda: self.server.agent.metrics().select("mail_server_connections"))
        table = self.server.agent.get("/api/v1/snapshot").json()["tables"]["mail_connections"]
        names = [column["name"] for column in table["columns"]]
        row = next(row for row in (dict(zip(names, row)) for row in table["rows"]) if row["peer"] == GATEWAY)
        self.assertEqual(row["scope"], RECEIVE)
        print(f"{active} active: {row['connections']} of {row['limit']} for {GATEWAY} ({row['native']}): {row['verdict']}")
        return row["limit"], row["ratio"], row["verdict"]

    def test_every_throttle_is_shown(self):
        metrics = self.server.agent.metrics()
        for scope, native, limit, value in THROTTLING:
            labels = {"mta": "exchange", "server": "ex1", "scope": scope, "limit": limit, "native": native}
            self.assertEqual(metrics.one("mail_limit", **labels), value)
            self.assertEqual(metrics.one("mail_limit_default", **labels), value)

    def test_the_limit_for_one_source_by_number(self):
        self.hold(1, GATEWAY)
        self.assertEqual(self.source(1), (99, 1 / 99, self.elsewhere(0)))  # 2 % of 4,999; 100 while there is nobody
        self.hold(SHARE - 1, GATEWAY, *self.others(ACTIVE - SHARE))
        limit, ratio, verdict = self.source(ACTIVE)
        self.assertEqual((limit, ratio, verdict), (SHARE, 1, "at this limit: further connections are refused"))
        self.server.agent.next_metrics()
        self.assertIsNone(self.server.severity("mail_source_throttled"))  # it has its share, and wants no more
        self.knock()
        self.server.wait_for_finding("mail_source_throttled", 1, 20)
        story = office.Story(self, self.server, "mail_source_throttled", 1, mta="exchange", server="ex1", peer=GATEWAY)
        story.is_told(rf"{GATEWAY} has {SHARE} of the {SHARE} connections that one source may have .*"
                      r"MaxInboundConnectionPercentagePerSource", "Set-ReceiveConnector 'Default EX1' -MaxInboundConnectionPercentagePerSource 20 "
                      "-MaxInboundConnectionPerSource unlimited", "-MaxInboundConnectionPercentagePerSource 2 "
                      "-MaxInboundConnectionPerSource 100", "not open to the Internet")
        # The reader who had raised everything, and was throttled still.
        self.drop.connector.update(MaxInboundConnectionPerSource="unlimited", MaxInboundConnectionPercentagePerSource=100)
        self.drop.tell()
        story.is_over()
        self.assertEqual(self.source(ACTIVE), (5000 - ACTIVE, SHARE / (5000 - ACTIVE), self.elsewhere(54)))

    @staticmethod
    def elsewhere(percent):
        return (f"not this limit; all of them are {percent} % of the total of 5000; see the rate per minute, back pressure"
                " and protocol errors")

    @staticmethod
    def others(count):
        share, rest = divmod(count, OTHERS)
        return [word for number in range(OTHERS) for word in (share + (number < rest), f"127.0.1.{number + 1}")]

    def test_back_pressure_and_a_queue_that_does_not_move(self):
        old = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=20)
        self.drop.tell(back_pressure=[{"Resource": "Version buckets", "CurrentResourceUse": "High"}])
        self.server.wait_for_finding("mail_back_pressure", 2, 20)
        pressure = office.Story(self, self.server, "mail_back_pressure", 2, mta="exchange", server="ex1")
        pressure.is_told("under high back pressure for Version buckets: it takes no more mail", "ResourceThrottling",
                         "recovers by itself")
        self.drop.tell(queues=[
            {"Identity": "EX1\\Submission", "DeliveryType": "Undefined", "Status": "Ready", "MessageCount": 731,
             "NextHopDomain": "Submission", "Velocity": 0, "OldestMessage": old.isoformat()}])
        self.server.wait_for_finding("mail_queue_old", 2, 20)
        queue = office.Story(self, self.server, "mail_queue_old", 2, mta="exchange", server="ex1", queue="Submission")
        # The queue is no second problem: at the webhook it is silent.
        queue.is_told(r"The queue Submission of exchange ex1 holds 731 messages, the oldest of them for 20", "Get-Queue",
                      alert=False)
        self.drop.tell(queues=[])
        queue.is_over()
        self.drop.tell(back_pressure=[{"Resource": "Version buckets", "CurrentResourceUse": "Low"}])
        pressure.is_over()
        self.assertIsNone(self.office.find_alert("MailQueueOld", "firing"))


if __name__ == "__main__":
    host.main(270)
