# SPDX-License-Identifier: Apache-2.0
"""What the tests of notifications share: an agent that watches spools, a real snmptrapd, and somebody who asks meanwhile."""
import json
import os
import threading
import time
import unittest

import snmp_host
from snmp_host import host

WARNING_SECONDS, CRITICAL_SECONDS = 400, 1200  # older than the thresholds of mail_queue_old
ANSWER_SECONDS = 1
FINDINGS = "findings: {mail_queue_old: {clear: 0s}, series_limited: off, mail_unreadable: off}\n"
TRAPS = "127.0.0.1:162"


class Spools:
    """Spool directories whose messages are as old as a test likes."""

    def __init__(self, things, names):
        self.directory, self.names = things.directory / "spools", names
        for name in names:
            (self.directory / name).mkdir(parents=True)

    def put(self, name, age):
        """One message of this age in seconds."""
        message = self.directory / name / "message"
        message.write_text("x")
        os.utime(message, (time.time() - age,) * 2)

    def empty(self, name):
        (self.directory / name / "message").unlink()

    def config(self):
        listed = ", ".join(f"{{name: {name}, path: {self.directory / name}}}" for name in self.names)
        return f"mail: {{detect: false, spool: [{listed}]}}\n{FINDINGS}"


class Case(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.namespace = self.things.namespace()
        self.traps = snmp_host.Snmptrapd(self.things, self.namespace, TRAPS)

    def start(self, names, snmp="", interval="200ms"):
        """Spools of these names, and an agent that watches them."""
        self.spools = Spools(self.things, names)
        config = self.things.write("chokepoint.yml", self.spools.config() + snmp)
        self.agent = self.things.agent("--no-collector.tcp", "--no-collector.tuning", f"--config.file={config}", *self.flags,
                                       namespace=self.namespace, interval=interval)

    def master(self, *sinks):
        self.snmpd = snmp_host.Snmpd(self.things, self.namespace, snmp_host.DEFAULT + "".join(sinks))
        self.flags = self.snmpd.agent_flags()

    def finding(self, subject):
        """The finding as `check` says it."""
        answer = self.namespace.run(host.CHOKEPOINT, "check", f"--control.socket={self.agent.control}", "--format=json",
                                    check=False)
        return next(each for each in json.loads(answer.stdout)["findings"] if each["subject"] == subject)

    def count(self, name):
        return self.agent.metrics().one(f"snmp_notifications{name}")


class Asker:
    """Asks for a scalar all the time."""

    def __init__(self, case, manager):
        self.stopped, self.took, self.manager = threading.Event(), [], manager
        self.thread = threading.Thread(target=self.ask)
        case.addCleanup(self.stop)
        self.thread.start()

    def ask(self):
        while not self.stopped.is_set():
            asked = time.monotonic()
            self.manager.scalar(7)
            self.took.append(time.monotonic() - asked)

    def stop(self):
        """The seconds that the slowest answer took."""
        self.stopped.set()
        self.thread.join()
        return max(self.took)
