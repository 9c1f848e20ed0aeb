#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Which alerts silence which others: the example's rules in a real Alertmanager, asked through its API."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

SOURCE = pathlib.Path(os.environ.get("SOURCE", pathlib.Path(__file__).resolve().parents[2]))
MAIL = {"mta": "postfix", "server": "main"}
START_SECONDS, SETTLE_SECONDS = 60, 30


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Inhibition(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp(prefix="chokepoint-inhibition-")
        cls.url = f"http://127.0.0.1:{free_port()}"
        with open(f"{cls.directory}/log", "wb") as log:
            cls.process = subprocess.Popen(
                ["prometheus-alertmanager", f"--config.file={SOURCE}/packaging/prometheus/alertmanager.example.yml",
                 f"--storage.path={cls.directory}", f"--web.listen-address={cls.url[7:]}",
                 "--cluster.listen-address="], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        cls.wait(lambda: cls.ask("/-/ready") is not None, START_SECONDS, "Alertmanager is ready")

    @classmethod
    def tearDownClass(cls):
        cls.process.kill()
        cls.process.wait()
        shutil.rmtree(cls.directory, ignore_errors=True)

    @classmethod
    def wait(cls, condition, seconds, what):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end or cls.process.poll() is not None:
                raise AssertionError(what + ": " + pathlib.Path(f"{cls.directory}/log").read_text())
            time.sleep(0.1)

    @classmethod
    def ask(cls, path, body=None):
        request = urllib.request.Request(cls.url + path, data=body and json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.read().decode()
        except (urllib.error.URLError, OSError):
            return None

    def inhibited(self, case):
        """Names of the alerts of this case that reach nobody, or None while Alertmanager has not looked at all of them."""
        alerts = json.loads(self.ask("/api/v2/alerts?filter=case%3D" + case) or "[]")
        if len(alerts) != self.sent or any(alert["status"]["state"] == "unprocessed" for alert in alerts):
            return None
        return {alert["labels"]["alertname"] for alert in alerts if alert["status"]["inhibitedBy"]}

    def assert_silenced(self, case, names, *alerts):
        """Of these alerts, a name, severity and labels each, exactly those of these names reach nobody. Alertmanager's
        inhibitor takes alerts in a goroutine of its own: one may be active while its cause is not yet known there, so
        that at least one must be silenced, and only once it is does the absence of the others mean anything."""
        self.assertTrue(names, "a case needs an alert that is certainly silenced by the same cause")
        self.sent = len(alerts)
        body = [{"labels": {"alertname": name, "severity": severity, "case": case, "instance": case, "subject": "S", **labels}}
                for name, severity, labels in alerts]
        self.wait(lambda: self.ask("/api/v2/alerts", body) is not None, SETTLE_SECONDS, "alerts are taken")
        end = time.monotonic() + SETTLE_SECONDS
        while self.inhibited(case) != names and time.monotonic() < end:
            time.sleep(0.05)
        for _ in range(3):
            self.assertEqual(self.inhibited(case), names)
            time.sleep(0.1)

    def test_no_port_silences_what_follows(self):
        for number, cause in enumerate(("EphemeralPortsExhausted", "OutboundBlocked")):
            self.assert_silenced(
                f"a{number}", {"EphemeralPortsFilling", "EphemeralPoolFilling", "MailQueueOld", "TuningBelowAdvice"},
                (cause, "critical", {}), ("EphemeralPortsFilling", "critical", {}),
                ("EphemeralPoolFilling", "warning", {}), ("MailQueueOld", "warning", MAIL),
                ("TuningBelowAdvice", "warning", {}), ("ListenQueueFull", "critical", {}))

    def test_a_throttle_silences_the_queues_of_its_server(self):
        for number, cause in enumerate(("MailSourceThrottled", "MailInboundLimit", "MailBackPressure",
                                        "MailDestinationThrottlesUs", "MailServerDown")):
            self.assert_silenced(
                f"b{number}", {"MailQueueOld", "MailQueueGrowing"}, (cause, "warning", MAIL),
                ("MailQueueOld", "critical", MAIL), ("MailQueueGrowing", "warning", MAIL),
                ("MailSpoolSpace", "warning", MAIL))

    def test_another_server_is_told(self):
        self.assert_silenced("c", {"MailQueueGrowing"}, ("MailSourceThrottled", "warning", MAIL),
                             ("MailQueueGrowing", "warning", MAIL),
                             ("MailQueueOld", "warning", {"mta": "postfix", "server": "other"}))

    def test_another_host_is_told(self):
        self.assert_silenced("d", {"EphemeralPoolFilling"}, ("EphemeralPortsExhausted", "critical", {}),
                             ("EphemeralPoolFilling", "warning", {}),
                             ("EphemeralPortsFilling", "critical", {"instance": "another"}))


if __name__ == "__main__":
    unittest.main()
