# SPDX-License-Identifier: Apache-2.0
"""Who hears of an incident: a namespace of its own with the receiver of Alertmanager's webhooks and a real snmptrapd, and a
real Prometheus and Alertmanager with the shipped rules and the shipped example, here or on the host itself."""
import itertools
import json
import sys

from incident import AGENT_PORT, HERE, WORDS, host
from snmp_host import TABLES, Snmptrapd, declared, numbers, octets

PROMETHEUS_PORT, ALERTMANAGER_PORT, RECEIVER_PORT = 9090, 9093, 9094
PACKAGING = host.SOURCE / "packaging/prometheus"
# Alerts come and go faster than the shipped configuration has it.
PROMETHEUS = """
global: {{scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms}}
rule_files: [{rules}]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{alertmanager}"]}}]}}]}}
scrape_configs:
  - job_name: chokepoint
    static_configs: [{{targets: [{targets}]}}]
"""
QUICK = (("group_wait: 30s", "group_wait: 0s"), ("group_interval: 5m", "group_interval: 1s"),
         ("repeat_interval: 5m", "repeat_interval: 1s"))


class Alerting:
    """Prometheus and Alertmanager in a namespace. Targets are hosts' addresses, `receiver` that of the webhooks."""

    def __init__(self, things, namespace, targets, receiver):
        self.things, self.namespace, self.processes = things, namespace, []
        self.directory = things.directory / f"alerting-{next(host.numbers)}"
        self.directory.mkdir()
        rules = (PACKAGING / "chokepoint.rules.yml").read_text().replace("        keep_firing_for: 2m\n", "")
        example = (PACKAGING / "alertmanager.example.yml").read_text().replace("//127.0.0.1:9094", f"//{receiver}")
        for shipped, quick in QUICK:
            if shipped not in example:
                raise AssertionError(f"the example has no {shipped}")
            example = example.replace(shipped, quick)
        config = self.write("prometheus.yml", PROMETHEUS.format(
            rules=self.write("rules.yml", rules), alertmanager=ALERTMANAGER_PORT,
            targets=", ".join(f'"{target}:{AGENT_PORT}"' for target in targets)))
        self.commands = (
            ("prometheus-alertmanager", f"--config.file={self.write('alertmanager.yml', example)}",
             f"--storage.path={self.directory}/data", "--cluster.listen-address=",
             f"--web.listen-address=127.0.0.1:{ALERTMANAGER_PORT}"),
            ("prometheus", f"--config.file={config}", f"--storage.tsdb.path={self.directory}/tsdb",
             "--rules.alert.resend-delay=1s", f"--web.listen-address=127.0.0.1:{PROMETHEUS_PORT}"))
        self.start()

    def write(self, name, text):
        (self.directory / name).write_text(text)
        return self.directory / name

    def start(self):
        self.processes = []
        for command in self.commands:
            with (self.directory / f"{command[0]}.log").open("wb") as log:
                self.processes.append(self.things.popen(*command, namespace=self.namespace, stdout=log, stderr=log))

    def restart(self):
        for process in self.processes:
            host.stop(process)
        self.start()

    def logs(self):
        return [log.read_text()[-2000:] for log in sorted(self.directory.glob("*.log"))]


class Office:
    """The people on call, far from the hosts. A host is connected when it is made."""

    def __init__(self, things):
        self.things, self.namespace = things, things.namespace()
        self.networks = itertools.count(1)
        self.hosts, self.alerting = [], None
        self.traps = Snmptrapd(things, self.namespace, "0.0.0.0:162")
        self.webhooks = things.directory / "webhooks"
        with self.webhooks.open("wb") as output:
            things.popen(sys.executable, HERE / "receiver.py", RECEIVER_PORT, namespace=self.namespace, stdout=output)

    def connect(self, namespace, other=None):
        """A cable between a host and another one, the office by default; the host's address on it. The other end's
        address is the same with .2 at its end."""
        network = next(self.networks)
        far = other or self.namespace
        host.run("ip", "-n", namespace.name, "link", "add", f"eth{network}", "type", "veth",
                 "peer", "name", f"eth{network}", "netns", far.name)
        for end, each in ((1, namespace), (2, far)):
            each.run("ip", "address", "add", f"10.42.{network}.{end}/24", "dev", f"eth{network}")
            each.run("ip", "link", "set", f"eth{network}", "up")
        return f"10.42.{network}.1"

    def watch(self, *hosts, where=None):
        """Starts Prometheus and Alertmanager, here or on the host `where`, and waits for the first alert, the Watchdog."""
        self.hosts = hosts
        receiver = f"{(where or hosts[0]).address[:-1]}2:{RECEIVER_PORT}"
        self.alerting = Alerting(self.things, where.namespace if where else self.namespace,
                                 [each.address for each in hosts], receiver)
        self.wait_for_alert("Watchdog", "firing", 60)

    @staticmethod
    def snmpd_config(address):
        """What the snmpd of the host with this address must know."""
        return f"rocommunity public\ntrap2sink {address[:-1]}2:162 public\n"

    def alerts(self):
        return [json.loads(line) for line in self.webhooks.read_text().splitlines() if line.endswith("}")]

    def find_alert(self, name, status, **labels):
        return next((alert for alert in reversed(self.alerts()) if alert["labels"]["alertname"] == name
                     and alert["status"] == status and labels.items() <= alert["labels"].items()), None)

    def wait_for_alert(self, name, status, seconds, **labels):
        return host.wait_for(lambda: self.find_alert(name, status, **labels), lambda: (
            f"{name} {status} {labels}: {self.alerts()[-20:]} {self.alerting.logs()}"), seconds, 0.2)

    def watchdogs(self):
        """How often the dead man's switch was pressed."""
        return sum(alert["labels"]["alertname"] == "Watchdog" for alert in self.alerts())


def camel(finding):
    return "".join(word.capitalize() for word in finding.split("_"))


class Story:
    """One finding, as everybody who asks or listens must be told of it: check, /metrics, SNMP, the webhook."""

    def __init__(self, test, incident, finding, severity, **culprit):
        self.test, self.incident, self.office = test, incident, incident.office
        self.finding, self.severity, self.culprit = finding, severity, culprit
        self.alerted = False
        self.entry = self.find()

    def find(self):
        found = [entry for entry in self.incident.findings(self.finding) if self.culprit.items() <= entry.items()]
        self.test.assertEqual(len(found), 1, (self.finding, self.culprit, self.incident.check()[1]))
        return found[0]

    def is_told(self, sentence, *remedies, alert=True):
        """sentence: an expression that the sentence matches; remedies: what the cure, the remedy or the caveat say."""
        self.in_check(sentence, remedies)
        self.in_metrics()
        self.in_snmp(sentence)
        self.by_trap(sentence)
        if alert:
            self.at_the_webhook()

    def in_check(self, sentence, remedies):
        test, entry = self.test, self.entry
        test.assertEqual(entry["severity"], WORDS[self.severity], entry)
        test.assertRegex(entry["sentence"], sentence)
        advice = " ".join(entry.get(part) or "" for part in ("cure", "remedy", "undo", "caveat", "effect"))
        for remedy in remedies:
            test.assertIn(remedy, advice)
        status, text = self.incident.check()
        test.assertGreaterEqual(status, self.severity)
        words = self.incident.check_words()
        test.assertRegex(words, sentence)
        test.assertIn(entry["remedy"].strip(), words)
        test.assertLessEqual(max(map(len, text.splitlines())), max(80, len(entry["remedy"]) + 4))

    def in_metrics(self):
        found = self.incident.agent.metrics().select("finding_severity", finding=self.finding, **self.culprit)
        self.test.assertEqual([value for _, value in found], [self.severity])

    def in_snmp(self, sentence):
        """The NMS that asks: a row of the table of findings, which may be some seconds old while somebody walks it."""
        number, table = next(item for item in declared().items() if item[1]["name"] == "findings")
        entry = f"{TABLES}.{number}.1"

        def told():
            rows = {}
            for place, value in self.incident.snmpd.manager().walk(entry).items():
                column, *index = place[len(numbers(entry)):]
                rows.setdefault(tuple(index), {})[table["columns"][column]] = value
            texts = [[octets(row[name]).decode() for name in ("Finding", "Subject", "Sentence")] for row in rows.values()]
            return [words for *key, words in texts if key == [self.finding, self.entry["subject"]]]
        mine = host.wait_for(told, "the finding has a row", pause=0.5)
        self.test.assertEqual(len(mine), 1)
        self.test.assertRegex(mine[0], sentence)

    def by_trap(self, sentence):
        """The NMS that is told. It was so when the finding was raised: numbers may be others now."""
        trap = self.office.traps.wait_for(30, what="raised", severity=WORDS[self.severity], **self.trap())
        self.test.assertRegex(trap["sentence"], sentence)
        self.test.assertTrue(trap["remedy"])
        for name, value in self.culprit.items():
            if name not in ("subject", "mta"):
                self.test.assertIn(value, trap["culprit"])

    def trap(self):
        return {"finding": self.finding, "subject": self.entry["subject"]}

    def instance(self):
        return f"{self.incident.address}:{AGENT_PORT}"

    def at_the_webhook(self):
        alert = self.office.wait_for_alert(camel(self.finding), "firing", 30, severity=WORDS[self.severity],
                                           instance=self.instance(), **self.culprit)
        self.alerted = True
        self.test.assertEqual(alert["receiver"], "/pager" if self.severity == 2 else "/tickets")
        # Whoever follows the link of an alert gets the page, from the very host.
        page = self.office.namespace.run("curl", "-sf", alert["annotations"]["runbook_url"]).stdout
        self.test.assertIn(self.finding, page)
        for name, value in self.culprit.items():
            if name != "subject":
                self.test.assertIn(value, alert["annotations"]["description"])

    def is_over(self, seconds=60):
        """Waits until it is cleared, for everybody."""
        host.wait_for(lambda: not self.incident.agent.metrics().select(
            "finding_severity", finding=self.finding, **self.culprit), lambda: f"cleared: {self.incident.check()[1]}", seconds)
        self.office.traps.wait_for(30, what="cleared", **self.trap())
        # Of one that was inhibited in the end nobody hears that it resolved, even if it was told in the first moment.
        if self.alerted:
            self.office.wait_for_alert(camel(self.finding), "resolved", 30, instance=self.instance(), **self.culprit)
