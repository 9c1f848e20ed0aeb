#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""chokepoint.exe under Wine: the sockets of the host in /metrics, the registry judged, every path of HTTP."""
import subprocess
import sys
import unittest

import wine_host
from wine_host import host

PORT = 25
TIMED_WAIT = r"Services\Tcpip\Parameters\TcpTimedWaitDelay"


class WineAgent(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.wine = wine_host.WineHost(self.things)

    def hold_sockets(self):
        process = self.things.popen(sys.executable, wine_host.HERE / "sockets.py", PORT, namespace=self.wine.namespace,
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.assertEqual(process.stdout.readline(), b"ready\n")

    def states(self, **labels):
        return self.wine.metrics().by("state", "tcp_process_sockets", port=str(PORT), **labels)

    def test_known_sockets_have_their_states_and_counts(self):
        self.hold_sockets()
        self.wine.agent()
        inbound, outbound = self.states(role="inbound"), self.states(role="outbound")
        self.assertEqual(self.states(role="listen"), {"listen": 1})
        self.assertEqual({state: count for state, count in inbound.items() if count}, {"established": 3, "close_wait": 2})
        self.assertEqual({state: count for state, count in outbound.items() if count},
                         {"established": 3, "fin_wait2": 2, "time_wait": 4})
        series = self.wine.metrics()
        self.assertEqual(series.one("collector_success", collector="tcp"), 1)
        self.assertGreaterEqual(series.one("tcp_sockets", state="time_wait"), 4)
        self.assertGreater(series.total("tcp_active_opens_total"), 0)

    def test_the_registry_is_judged(self):
        self.wine.set_registry("TcpTimedWaitDelay", 240)
        self.wine.agent()
        series = self.wine.metrics()
        self.assertEqual(series.one("tuning_value", source="registry", key=TIMED_WAIT), 240)
        self.assertEqual(series.one("tuning_ok", source="registry", key=TIMED_WAIT), 0)
        check = self.wine.chokepoint("check", check=False)
        self.assertIn(check.returncode, (0, 1), check.stderr)
        words = " ".join(check.stdout.split())
        self.assertIn("TcpTimedWaitDelay is 240", words)
        self.assertIn('reg add "HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters" /v "TcpTimedWaitDelay"', words)
        self.wine.set_registry("TcpTimedWaitDelay", 30)
        host.wait_for(lambda: self.wine.metrics().one("tuning_ok", source="registry", key=TIMED_WAIT) == 1,
                      "the new value is read and good")

    def test_every_path_is_served(self):
        self.wine.agent()
        page = self.wine.get("/")
        self.assertEqual((page.status, page.headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        self.assertIn(b"</html>", page.body)
        self.assertEqual(self.wine.get("/status.txt").status, 200)
        self.assertIn(b'"tables"', self.wine.get("/api/v1/snapshot").body)
        self.assertEqual(self.wine.get("/nowhere").status, 404)
        self.assertTrue(self.wine.get("/metrics", "-H", "Accept: application/openmetrics-text").body.endswith(b"# EOF\n"))
        self.assertNotIn(b"\r", self.wine.get("/metrics").body)
        process = series = self.wine.metrics()
        self.assertGreater(process.one("tcp_sockets", state="listen"), 0)
        memory = [value for (name, _), value in series.items() if name == "process_resident_memory_bytes"]
        self.assertGreater(memory[0], 1e6)

    def test_what_cannot_work_here_is_refused_by_name(self):
        """Every key that means nothing on Windows; its default is fine, so that a file may serve both."""
        refused = {"mail.content": ("content: top", "only messages of Unix servers are opened"),
                   "mail.postfix": ("postfix: [{config_directory: 'C:/x'}]", "no such server on Windows"),
                   "mail.exim": ("exim: [{spool_directory: 'C:/x'}]", "no such server on Windows"),
                   "mail.sendmail": ("sendmail: [{queue_directory: 'C:/x'}]", "no such server on Windows"),
                   "mail.opensmtpd": ("opensmtpd: [{queue_directory: 'C:/x'}]", "no such server on Windows"),
                   "tcp.netns": ("netns: all", "no network namespaces on Windows"),
                   "tcp.event_cpu_budget": ("event_cpu_budget: 0.5", "no budget on Windows"),
                   "tcp.process_names": ("process_names: [{match: x, name: y}]", "services tell instances apart"),
                   "tcp.connect_probe": ("connect_probe: {target: '192.0.2.1:1'}", "no connect probe on Windows"),
                   "tuning.hive": ("hive: 'C:/SYSTEM'", "cannot read hives")}
        sections = {}
        for name, (line, _) in refused.items():
            sections.setdefault(name.split(".")[0], []).append(line)
        lines = [f"{name}: {{{', '.join(listed)}}}" for name, listed in sections.items()]
        answer = self.wine.chokepoint("config", "check", f"Z:{self.things.write('bad.yml', chr(10).join(lines))}", check=False)
        said = (answer.stdout + answer.stderr).splitlines()
        self.assertEqual(len(said), len(refused), said)
        for name, (_, why) in refused.items():
            self.assertEqual(len([line for line in said if name in line and why in line]), 1, (name, said))
        fine = "mail: {content: off, postfix: []}\ntcp: {netns: own, event_cpu_budget: 0.02, process_names: []}\n"
        self.wine.chokepoint("config", "check", f"Z:{self.things.write('good.yml', fine)}")
        shown = self.wine.chokepoint("--help").stdout
        self.assertEqual(shown.count("refused: there is no such file system on Windows"), 2, shown)

    def test_mistakes_are_told(self):
        bad = self.wine.chokepoint("--no-such", check=False)
        self.assertEqual((bad.returncode, bad.stdout), (2, ""))
        self.assertIn("--no-such", bad.stderr)
        for flag in ("--control.socket=C:\\x", "--snmp.agentx-socket=tcp:192.0.2.1:705", "--web.listen-address=unix:/x",
                     "--path.procfs=C:\\", "--path.sysfs=C:\\"):
            bad = self.wine.chokepoint(flag, check=False)
            self.assertEqual(bad.returncode, 2, (flag, bad.stderr))
        self.wine.agent()
        second = self.wine.chokepoint(f"--web.listen-address={wine_host.ADDRESS}", "--control.socket=", check=False)
        self.assertEqual(second.returncode, 1, second.stderr)
        self.assertIn("another process listens there", second.stderr)


if __name__ == "__main__":
    host.main(220)
