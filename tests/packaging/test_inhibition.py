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

    def silenced(self, host, *alerts):
        """Names of those of these alerts of one host that do not reach anybody. An alert is a name, severity, labels."""
        body = [{"labels": {"alertname": name, "severity": severity, "instance": host, "subject": "S", **labels},
                 "annotations": {"host": host}} for name, severity, labels in alerts]
        self.wait(lambda: self.ask("/api/v2/alerts", body) is not None, SETTLE_SECONDS, "alerts are taken")
        found = []

        def settled():
            every = json.loads(self.ask("/api/v2/alerts?filter=instance%3D" + host) or "[]")
            found[:] = [(alert["labels"]["alertname"], alert["status"]) for alert in every]
            return len(found) == len(alerts) and all(status["state"] != "unprocessed" for _, status in found)

        self.wait(settled, SETTLE_SECONDS, f"alerts of {host} are processed")
        return {name for name, status in found if status["inhibitedBy"]}

    def test_no_port_silences_what_follows(self):
        for number, cause in enumerate(("EphemeralPortsExhausted", "OutboundBlocked")):
            self.assertEqual(
                self.silenced(f"a{number}", (cause, "critical", {}), ("EphemeralPortsFilling", "critical", {}),
                              ("EphemeralPoolFilling", "warning", {}), ("MailQueueOld", "warning", MAIL),
                              ("TuningBelowAdvice", "warning", {}), ("ListenQueueFull", "critical", {})),
                {"EphemeralPortsFilling", "EphemeralPoolFilling", "MailQueueOld", "TuningBelowAdvice"})

    def test_a_throttle_silences_the_queues_of_its_server(self):
        for number, cause in enumerate(("MailSourceThrottled", "MailInboundLimit", "MailBackPressure",
                                        "MailDestinationThrottlesUs", "MailServerDown")):
            self.assertEqual(
                self.silenced(f"b{number}", (cause, "warning", MAIL), ("MailQueueOld", "critical", MAIL),
                              ("MailQueueGrowing", "warning", MAIL), ("MailSpoolSpace", "warning", MAIL)),
                {"MailQueueOld", "MailQueueGrowing"})

    def test_another_server_is_told(self):
        other = {"mta": "postfix", "server": "other"}
        self.assertEqual(self.silenced("c", ("MailSourceThrottled", "warning", MAIL), ("MailQueueOld", "warning", other)),
                         set())

    def test_another_host_is_told(self):
        self.silenced("d", ("EphemeralPortsExhausted", "critical", {}))
        self.assertEqual(self.silenced("e", ("EphemeralPortsFilling", "critical", {})), set())


if __name__ == "__main__":
    unittest.main()
