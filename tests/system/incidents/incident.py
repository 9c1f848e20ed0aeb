# SPDX-License-Identifier: Apache-2.0
"""What the incidents stand on: a host in a namespace with the agent, a steady load, and where asked a real Prometheus and
Alertmanager with the shipped rules and the shipped example, all of them on that very host."""
import json
import pathlib
import shutil
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import host  # noqa: E402  pylint: disable=wrong-import-position

AGENT_PORT, PROMETHEUS_PORT, ALERTMANAGER_PORT, RECEIVER_PORT, SERVER_PORT = 10421, 9090, 9093, 9094, 1433
PACKAGING = host.SOURCE / "packaging/prometheus"
# Alerts come and go faster than the shipped configuration has it.
PROMETHEUS = """
global: {{scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms}}
rule_files: [{rules}]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{alertmanager}"]}}]}}]}}
scrape_configs:
  - job_name: chokepoint
    static_configs: [{{targets: ["127.0.0.1:{agent}"]}}]
"""


class Incident:
    """A host with so many ephemeral ports."""

    def __init__(self, things, ports, findings, interval="1s"):
        self.things = things
        self.namespace = things.namespace()
        self.namespace.sysctl(f"net.ipv4.ip_local_port_range=20000 {20000 + ports - 1}", "net.ipv4.tcp_tw_reuse=0")
        config = things.write("chokepoint.yml", f"findings: {findings}\n")
        self.agent = things.agent("--no-collector.mail", f"--config.file={config}", namespace=self.namespace,
                                  interval=interval)
        things.load("server", 500, "0.0.0.0", SERVER_PORT, namespace=self.namespace)

    def steady(self, name, rate, destinations=1, how="keep"):
        """A load whose process has this name; its events arrive in the list `events`."""
        program = self.things.directory / name
        if not program.exists():
            shutil.copy(pathlib.Path(sys.executable).resolve(), program)
        process = self.things.popen(program, "-S", HERE / "steady.py", rate, SERVER_PORT, destinations, how,
                                    namespace=self.namespace, stdout=host.subprocess.PIPE)
        process.events = {}

        def read():
            for line in process.stdout:
                process.events.update(json.loads(line))
        threading.Thread(target=read, daemon=True).start()
        host.wait_for(lambda: "started" in process.events, "the load starts")
        return process

    def forget_time_waits(self):
        self.namespace.run("ss", "-K", "state", "time-wait", check=False)

    def severity(self, finding):
        """The severity of the finding, or None while it does not stand."""
        values = [value for _, value in self.agent.metrics().select("finding_severity", finding=finding)]
        return max(values) if values else None

    def wait_for_finding(self, finding, severity, seconds):
        """Waits until it stands this badly; when that was, on the monotonic clock."""
        host.wait_for(lambda: self.severity(finding) == severity, lambda: f"{finding}: {self.check()[1]}", seconds)
        return time.monotonic()

    def check(self, form="text"):
        """chokepoint check on the host itself: (exit status, what it prints)."""
        result = self.namespace.run(host.CHOKEPOINT, "check", f"--control.socket={self.agent.control}",
                                    f"--format={form}", check=False)
        return result.returncode, result.stdout

    def one(self, finding):
        """The finding as `check --format=json` has it."""
        found = [entry for entry in json.loads(self.check("json")[1])["findings"] if entry["finding"] == finding]
        if len(found) != 1:
            raise AssertionError(f"{finding}: {found}")
        return found[0]


class Alerting:
    """Prometheus, Alertmanager and a receiver on the incident's host."""

    def __init__(self, incident):
        things, namespace = incident.things, incident.namespace
        self.received = things.directory / "received"
        rules = (PACKAGING / "chokepoint.rules.yml").read_text().replace("        keep_firing_for: 2m\n", "")
        example = (PACKAGING / "alertmanager.example.yml").read_text()
        for shipped, quick in (("group_wait: 30s", "group_wait: 0s"), ("group_interval: 5m", "group_interval: 1s")):
            if shipped not in example:
                raise AssertionError(f"the example has no {shipped}")
            example = example.replace(shipped, quick)
        config = things.write("prometheus.yml", PROMETHEUS.format(
            rules=things.write("rules.yml", rules), alertmanager=ALERTMANAGER_PORT, agent=AGENT_PORT))
        self.logs = [things.directory / f"{name}.log" for name in ("prometheus", "alertmanager")]
        with self.received.open("wb") as received:
            things.popen(sys.executable, HERE / "receiver.py", RECEIVER_PORT, namespace=namespace, stdout=received)
        self.start(things, namespace, self.logs[1], "prometheus-alertmanager",
                   f"--config.file={things.write('alertmanager.yml', example)}",
                   f"--storage.path={things.directory}/alertmanager", "--cluster.listen-address=",
                   f"--web.listen-address=127.0.0.1:{ALERTMANAGER_PORT}")
        self.start(things, namespace, self.logs[0], "prometheus", f"--config.file={config}",
                   f"--storage.tsdb.path={things.directory}/tsdb", "--rules.alert.resend-delay=1s",
                   f"--web.listen-address=127.0.0.1:{PROMETHEUS_PORT}")
        self.wait_for("Watchdog", "firing", 60)

    @staticmethod
    def start(things, namespace, log, *command):
        with log.open("wb") as stream:
            things.popen(*command, namespace=namespace, stdout=stream, stderr=stream)

    def alerts(self):
        return [json.loads(line) for line in self.received.read_text().splitlines() if line.endswith("}")]

    def find(self, name, status, **labels):
        return next((alert for alert in self.alerts() if alert["labels"]["alertname"] == name
                     and alert["status"] == status and labels.items() <= alert["labels"].items()), None)

    def wait_for(self, name, status, seconds, **labels):
        return host.wait_for(lambda: self.find(name, status, **labels), lambda: (
            f"{name} {status} {labels}: {self.alerts()} {[log.read_text()[-2000:] for log in self.logs]}"), seconds, 0.2)
