# SPDX-License-Identifier: Apache-2.0
"""A real snmpd in a namespace, net-snmp's own tools as the manager, and what they print as values."""
import os
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import host  # noqa: E402  pylint: disable=wrong-import-position

sys.path.insert(0, str(host.SOURCE / "tests/mibs"))
import base_modules  # noqa: E402  pylint: disable=wrong-import-position

ROOT = ".1.3.6.1.4.1.8072.9999.9999.421"
SCALARS, TABLES = ROOT + ".1", ROOT + ".2"
SNMP_TRAP_OID = ".1.3.6.1.6.3.1.1.4.1.0"
NOTIFY = ("sequence", "finding", "severity", "subject", "culprit", "sentence", "remedy", "netns")
SYS_OR_DESCR = ".1.3.6.1.2.1.1.9.1.3"
ADDRESS = "127.0.0.1:161"
RETRY_SECONDS = 2  # LIBRARY_RETRY_SECONDS of the agent
DEFAULT = """
rocommunity public
"""
# Values as they are on the wire: no hints, no names, octets in hexadecimal on one line.
FORM = ("-On", "-Oe", "-OU", "-Ox", "-Oq")
LINE = re.compile(r"^(?P<place>\.[0-9.]+) (?P<value>.*)$")


def numbers(place):
    return tuple(int(part) for part in place.strip(".").split("."))


class Snmpd:
    """The master. Its files are in a directory of its own; `config` goes after what the test itself needs."""

    def __init__(self, things, namespace, config=DEFAULT, prefix=(), start=True):
        self.things, self.namespace, self.prefix = things, namespace, prefix
        self.directory = things.directory / f"snmpd-{next(host.numbers)}"
        self.directory.mkdir(mode=0o755)
        self.socket = self.directory / "agentx/master"
        self.persistent = self.directory / "state"
        (self.directory / "agentx").mkdir(mode=0o755)
        self.persistent.mkdir(mode=0o700)
        (self.directory / "snmp.conf").write_text("hexOutputLength 0\n")
        (self.directory / "snmpd.conf").write_text(
            f"master agentx\nagentXSocket {self.socket}\nagentAddress udp:{ADDRESS}\n{config}")
        self.environment = {**os.environ, "SNMPCONFPATH": f"{self.directory}:{self.persistent}", "MIBS": "",
                            "SNMP_PERSISTENT_DIR": str(self.persistent)}
        self.log = self.directory / "log"
        self.process = None
        if start:
            self.start()

    def start(self, *flags):
        with self.log.open("ab") as log:
            self.process = self.things.popen(*self.prefix, "snmpd", *(flags or ("-I", "-smux,mteTrigger,mteTriggerConf")),
                                             "-f", "-Lo", namespace=self.namespace, env=self.environment,
                                             stdout=log, stderr=log)
        host.wait_for(self.answers, lambda: f"snmpd answers; its log: {self.log.read_text()}", pause=0.02)
        return time.monotonic()

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"snmpd ended: {self.log.read_text()}")
        return self.socket.exists() and "NET-SNMP" in self.log.read_text()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.socket.unlink(missing_ok=True)
        self.log.write_text("")

    def manager(self, *credentials):
        return Manager(self.namespace, self.environment, credentials or ("-v2c", "-c", "public"))

    def agent_flags(self):
        return (f"--snmp.agentx-socket={self.socket}",)


class Snmptrapd:
    """The receiver of notifications, as real as the master. `config` says whom it believes."""

    EVERYBODY = "disableAuthorization yes\n"
    SEVERITIES = {"0": "info", "1": "warning", "2": "critical"}

    def __init__(self, things, namespace, address="127.0.0.1:162", config=EVERYBODY, start=True):
        self.things, self.namespace, self.address = things, namespace, address
        self.directory = things.directory / f"snmptrapd-{next(host.numbers)}"
        (self.directory / "state").mkdir(parents=True, mode=0o700)
        (self.directory / "snmp.conf").write_text("hexOutputLength 0\n")
        (self.directory / "snmptrapd.conf").write_text(config)
        self.environment = {**os.environ, "SNMPCONFPATH": f"{self.directory}:{self.directory / 'state'}", "MIBS": "",
                            "SNMP_PERSISTENT_DIR": str(self.directory / "state")}
        self.output, self.process = self.directory / "received", None
        self.output.touch()
        if start:
            self.start()

    def start(self):
        with self.output.open("ab") as output:
            self.process = self.things.popen(
                "snmptrapd", "-f", "-n", "-Lo", *FORM, "-F", "%P\t%V\t%v\n", f"udp:{self.address}",
                namespace=self.namespace, env=self.environment, stdout=output, stderr=output)
        host.wait_for(self.listens, lambda: f"snmptrapd listens: {self.output.read_text()}", pause=0.02)

    def listens(self):
        if self.process.poll() is not None:
            raise AssertionError(f"snmptrapd ended: {self.output.read_text()}")
        return f"{self.address} " in self.namespace.run("ss", "-Hlun").stdout

    def stop(self):
        host.stop(self.process)

    def sink(self, kind="trap2sink"):
        """The line of snmpd.conf that sends here; kind is trap2sink or informsink."""
        return f"{kind} {self.address} public\n"

    def received(self, **wanted):
        """What came so far, oldest first, of those that have these values: dictionaries of what (raised, cleared), how
        (TRAP2, INFORM), by (version and user), and the objects by their names in the MIB without chokepointNotify."""
        found = [self.read(line) for line in self.output.read_text(errors="replace").splitlines() if line.count("\t") > 8]
        return [each for each in found if each and wanted.items() <= each.items()]

    def wait_for(self, seconds=host.WAIT_SECONDS, **wanted):
        """The first that has these values."""
        return host.wait_for(lambda: self.received(**wanted), lambda: f"{wanted}: {self.output.read_text()}", seconds)[0]

    def read(self, line):
        how, *bindings = line.split("\t")
        values = dict(binding.split(" ", 1) for binding in bindings if " " in binding)
        what = {f"{ROOT}.0.1": "raised", f"{ROOT}.0.2": "cleared"}.get(values.get(SNMP_TRAP_OID))
        if not what:
            return None
        objects = {name: values.get(f"{ROOT}.3.{number}.0", "").strip() for number, name in enumerate(NOTIFY, 1)}
        found = {name: octets(value).decode() for name, value in objects.items() if name not in ("sequence", "severity")}
        command, _, by = how.partition(", ")
        return {**found, "what": what, "how": command, "by": by, "sequence": int(objects["sequence"]),
                "severity": self.SEVERITIES[objects["severity"]]}


class Manager:
    """Somebody who asks, with these credentials."""

    def __init__(self, namespace, environment, credentials, address=ADDRESS):
        self.namespace, self.environment = namespace, environment
        self.credentials, self.address = credentials, address

    def run(self, tool, *words, check=True, timeout=60, environment=None, **more):
        return self.namespace.run(tool, *self.credentials, *words, check=check, timeout=timeout,
                                  env=environment or self.environment, errors="replace", **more)

    def lines(self, tool, *words, where=(), **more):
        """{place as a tuple: value as text}, in the order of the answer."""
        output = self.run(tool, *FORM, *words, self.address, *where, **more).stdout
        found = {}
        for line in output.splitlines():
            match = LINE.match(line)
            if not match:
                raise AssertionError(f"{tool} {words} {where}: {line!r} of {output[:500]!r}")
            found[numbers(match["place"])] = match["value"].strip()
        return found

    def walk(self, where=ROOT, tool="snmpbulkwalk", words=("-t5", "-r1")):
        """{place: value} of the instances below `where`; what there is not gives nothing."""
        found = self.lines(tool, *words, where=(where,))
        return {place: value for place, value in found.items() if not value.startswith("No ")}

    def get(self, *places):
        return list(self.lines("snmpget", where=places).values())

    def scalar(self, number):
        return self.get(f"{SCALARS}.{number}.0")[0]

    def serves(self):
        """Whether the agent's scalars are there."""
        answer = self.run("snmpget", "-t1", "-r0", "-Oqv", self.address, f"{SCALARS}.3.0", check=False)
        return answer.returncode == 0 and answer.stdout.strip().isdigit()


def octets(value):
    """The octets of a hexadecimal value, or of a text in quotes."""
    if value.startswith('"') and not re.fullmatch(r'"(?:[0-9A-F]{2} )*"', value):
        return value.strip('"').encode()
    return bytes.fromhex(value.strip('"'))


def declared():
    """What tests/mibs/declared.c prints: {table's number: {"name": ..., "columns": {number: camel-case name}}}."""
    printed = host.run(host.BUILD / "tests/mibs/declared").stdout
    tables = {}
    for line in printed.splitlines():
        kind, *words = line.split("\t")
        if kind == "table":
            tables[int(words[0])] = {"name": words[1], "columns": {}, "syntax": {}}
        elif kind == "column":
            tables[int(words[0])]["columns"][int(words[1])] = words[2]
            tables[int(words[0])]["syntax"][words[2]] = words[4]
    return tables


def with_mib(directory, environment):
    """The environment of a manager that has loaded CHOKEPOINT-MIB, and nothing but it and what it imports."""
    modules = base_modules.collect(pathlib.Path(directory) / "mibs")
    (modules / "CHOKEPOINT-MIB").write_text((host.SOURCE / "mibs/CHOKEPOINT-MIB.txt").read_text())
    return {**environment, "MIBDIRS": str(modules), "MIBS": "CHOKEPOINT-MIB"}


def as_user(user, group):
    return ("setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups")


DEVNULL = subprocess.DEVNULL
