# SPDX-License-Identifier: Apache-2.0
"""A host on which something goes wrong: a namespace with the agent, a real snmpd and whatever load the test makes."""
import json
import pathlib
import re
import shutil
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
for directory in (HERE.parent, HERE.parent / "snmp", HERE.parent / "mail"):
    sys.path.insert(0, str(directory))
import host  # noqa: E402  pylint: disable=wrong-import-position
from snmp_host import Snmpd  # noqa: E402  pylint: disable=wrong-import-position

AGENT_PORT, SERVER_PORT = 10421, 1433
WORDS = ("info", "warning", "critical")


class Stand:
    """When a finding began to stand: in which sample, when that was published, and how many samples it took."""

    def __init__(self, sequence, seen, samples):
        self.sequence, self.seen, self.samples = sequence, seen, samples


class Incident:
    """One host. `office` is who hears of it (office.py), `sections` the agent's configuration as text."""

    def __init__(self, office, sections, flags=(), interval="1s", prefix=()):
        self.things, self.office, self.interval = office.things, office, interval
        self.namespace = office.things.namespace()
        self.address = office.connect(self.namespace)
        self.snmpd = Snmpd(self.things, self.namespace, office.snmpd_config(self.address))
        self.config = self.things.write(f"chokepoint-{self.namespace.name}.yml", sections)
        self.flags, self.prefix = flags, prefix
        self.agent = None

    def start(self):
        """Starts the agent; what it shall find of itself is there by now."""
        self.agent = self.things.agent(f"--web.listen-address=0.0.0.0:{AGENT_PORT}", f"--config.file={self.config}",
                                       *self.snmpd.agent_flags(), *self.flags, namespace=self.namespace,
                                       interval=self.interval, prefix=self.prefix)
        host.wait_for(self.snmpd.manager().serves, "the agent serves SNMP")

    def ports(self, count):
        """So many ephemeral ports, none of them reusable, and somebody to connect to."""
        self.namespace.sysctl(f"net.ipv4.ip_local_port_range=20000 {20000 + count - 1}", "net.ipv4.tcp_tw_reuse=0")
        self.things.load("server", 500, "0.0.0.0", SERVER_PORT, namespace=self.namespace)

    def steady(self, name, rate, destinations=1, how="keep"):
        """A load whose process has this name, begun just after a sample; its events arrive in the dictionary `events`."""
        program = self.things.directory / name
        if not program.exists():
            shutil.copy(pathlib.Path(sys.executable).resolve(), program)
        process = self.things.popen(program, "-S", HERE / "steady.py", rate, SERVER_PORT, destinations, how,
                                    namespace=self.namespace, stdin=host.subprocess.PIPE, stdout=host.subprocess.PIPE)
        process.events = {}

        def read():
            for line in process.stdout:
                process.events.update(json.loads(line))
        threading.Thread(target=read, daemon=True).start()
        host.wait_for(lambda: "ready" in process.events, "the load is ready")
        sequence = self.agent.sequence()
        host.wait_for(lambda: self.agent.sequence() > sequence, "a sample")
        process.stdin.write(b"go\n")
        process.stdin.flush()
        host.wait_for(lambda: "started" in process.events, "the load starts")
        return process

    def forget_time_waits(self):
        self.namespace.run("ss", "-K", "state", "time-wait", check=False)

    def severity(self, finding):
        """The severity of the finding, or None while it does not stand."""
        values = [value for _, value in self.agent.metrics().select("finding_severity", finding=finding)]
        return max(values) if values else None

    def sample(self):
        """(sequence, wall time, {finding: its worst severity}) of the present snapshot."""
        snapshot = self.agent.get("/api/v1/snapshot").json()
        table = snapshot["tables"]["findings"]
        names = [column["name"] for column in table["columns"]]
        worst = {}
        for row in (dict(zip(names, row)) for row in table["rows"]):
            worst[row["finding"]] = max(worst.get(row["finding"], 0), WORDS.index(row["severity"]))
        return snapshot["sample"]["sequence"], snapshot["sample"]["time"], worst

    def wait_for_finding(self, finding, severity, seconds, since=None):
        """Waits until it stands this badly. since: the wall time of its cause; the answer then tells how many samples
        were begun from there on."""
        sequence, begun, _ = self.sample()
        before = sequence if since is None or begun <= since else sequence - 1
        last = {}

        def stands():
            nonlocal before
            sequence, begun, last["findings"] = self.sample()
            if since is not None and begun <= since:
                before = sequence
            return last["findings"].get(finding) == severity and sequence
        sequence = host.wait_for(stands, lambda: f"{finding} is {WORDS[severity]}: {last['findings']}\n{self.check()[1]}",
                                 seconds)
        return Stand(sequence, time.monotonic(), sequence - before)

    def check(self, form="text"):
        """chokepoint check on the host itself: (exit status, what it prints)."""
        result = self.namespace.run(host.CHOKEPOINT, "check", f"--control.socket={self.agent.control}",
                                    f"--format={form}", check=False)
        return result.returncode, result.stdout

    def findings(self, finding):
        """The findings of this name as `check --format=json` has them."""
        return [entry for entry in json.loads(self.check("json")[1])["findings"] if entry["finding"] == finding]

    def one(self, finding):
        found = self.findings(finding)
        if len(found) != 1:
            raise AssertionError(f"{finding}: {found}")
        return found[0]

    def check_words(self):
        """What `check` prints as text, without its line breaks."""
        return re.sub(r"\s+", " ", self.check()[1])
