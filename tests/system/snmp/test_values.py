#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Everything that a real snmpd says of the agent equals /metrics of the same sample: get, getnext, getbulk, tables, order,
ends, and rows that change meanwhile; asked by net-snmp's tools, by pysnmp and by prometheus-snmp-exporter."""
import datetime
import ipaddress
import itertools
import subprocess
import sys
import time
import unittest

import snmp_host
from snmp_host import ROOT, SCALARS, TABLES, host

PORT, HELD, TIME_WAIT = 8025, 7, 120
INFINITE = 4294967295
HELD_SECONDS = 1.2  # longer than the agent holds a view for a walker that pauses
PYTHON = "/usr/bin/python3"  # Debian's own: python3-pysnmp4 is a package of it

# metric: (table's number, column, what the MIB has one of it, {label: column})
OWNER = {"process": "Process", "unit": "Unit", "netns": "Netns"}
PLACE = {"source": "Source", "destination": "Destination", "netns": "Netns"}
QUEUE = {"mta": "Mta", "server": "Server", "queue": "Queue"}
LIMIT = {"mta": "Mta", "server": "Server", "scope": "Scope", "limit": "Limit", "native": "Native"}
PEER = {"mta": "Mta", "server": "Server", "scope": "Scope", "role": "Role", "peer": "Peer"}
SOCKET = {**OWNER, "role": "Role", "port": "Port", "state": "State"}
LISTEN = {**OWNER, "address": "Address", "port": "Port"}
KEY = {"source": "Source", "key": "Key", "field": "Field", "netns": "Netns"}
FAMILIES = {
    "finding_severity": (10, "Severity", 1, {"finding": "Finding", "subject": "Subject", "netns": "Netns",
                                             "destination": "Destination", "process": "Process", "unit": "Unit",
                                             "mta": "Mta", "server": "Server", "queue": "Queue", "peer": "Peer"}),
    "tcp_sockets": (1, "Sockets", 1, {"netns": "Netns", "state": "State"}),
    "tcp_process_sockets": (2, "Sockets", 1, SOCKET),
    "tcp_process_estimated_sockets": (2, "Estimated", 1, SOCKET),
    "tcp_listen_queue": (3, "Queue", 1, LISTEN),
    "tcp_listen_queue_limit": (3, "QueueLimit", 1, LISTEN),
    "tcp_listeners": (3, "Listeners", 1, LISTEN),
    "ephemeral_ports_used": (4, "Used", 1, PLACE),
    "ephemeral_ports_reusable": (4, "Reusable", 1, PLACE),
    "ephemeral_ports_usable": (4, "Usable", 1, PLACE),
    "ephemeral_ports_used_ratio": (4, "Ratio", 10000, PLACE),
    "ephemeral_ports_demand_ratio": (4, "Demand", 10000, PLACE),
    "ephemeral_ports_peak_ratio": (4, "Peak", 10000, PLACE),
    "ephemeral_ports_taken_total": (4, "Taken", 1, PLACE),
    "ephemeral_exhaustion_seconds": (4, "Exhaustion", 1000, PLACE),
    "ephemeral_ports_used_by_process": (5, "Used", 1, {**PLACE, **OWNER}),
    "tuning_value": (6, "Value", 1, KEY),
    "tuning_ok": (6, "Ok", "truth", KEY),
    "tuning_default_value": (6, "DefaultValue", 1, KEY),
    "tuning_recommended_value": (6, "RecommendedValue", 1, KEY),
    "tuning_persisted": (6, "Persisted", "truth", KEY),
    "mail_queue_messages": (7, "Messages", 1, QUEUE),
    "mail_queue_bytes": (7, "Bytes", 1, QUEUE),
    "mail_queue_oldest_message_age_seconds": (7, "OldestAge", 1000, QUEUE),
    "mail_queue_due_messages": (7, "Due", 1, QUEUE),
    "mail_limit": (8, "Value", 1, LIMIT),
    "mail_limit_default": (8, "DefaultValue", 1, LIMIT),
    "mail_connections": (9, "Connections", 1, PEER),
    "mail_connections_limit": (9, "Limit", 1, PEER),
    "mail_connections_ratio": (9, "Ratio", 10000, PEER),
    "collector_success": (11, "Success", "truth", {"collector": "Collector"}),
    "collector_duration_seconds": (11, "Duration", 1000, {"collector": "Collector"}),
    "collector_last_success_timestamp_seconds": (11, "LastSuccess", "time", {"collector": "Collector"}),
}
# Families of several columns: (metric, label, table's number, {value of the label: column}, labels)
SPLIT = (
    ("tcp_attributed_sockets", "method", 1,
     {word: word.capitalize() for word in ("live", "event", "listener", "estimated", "unknown")},
     {"netns": "Netns", "state": "State"}),
    ("mail_queue_aged_messages", "older_than", 7, {word: "Over" + word for word in ("5m", "1h", "6h", "1d", "3d")}, QUEUE),
)

TABLE_NAMES = {1: "TcpState", 2: "TcpSocket", 3: "Listen", 4: "PortUse", 5: "PortUser", 6: "Tuning", 7: "MailQueue",
               8: "MailLimit", 11: "Collector"}
# Only where the load has such, or only from the second sample on.
ABSENT = {"tcp_process_estimated_sockets", "mail_queue_due_messages", "ephemeral_ports_demand_ratio",
          "ephemeral_exhaustion_seconds", "mail_connections", "mail_connections_limit", "mail_connections_ratio"}


def rows_of(walked, tables):
    """{table's number: {index: {column's name: value}}}"""
    below = len(snmp_host.numbers(TABLES))
    rows = {number: {} for number in tables}
    for place, value in walked.items():
        number, entry, column, *index = place[below:]
        assert entry == 1, place
        rows[number].setdefault(tuple(index), {})[tables[number]["columns"][column]] = value
    return rows


def address(row, column):
    """The text that the label has."""
    kind, found = int(row[column + "Type"]), snmp_host.octets(row[column])
    text = found.decode() if kind == 0 else str(ipaddress.ip_address(found))
    assert kind == {1: 0, 4: 1, 16: 2}.get(len(found) if kind else 1), row
    if column + "Port" not in row or kind == 0:
        return text
    return f"[{text}]:{row[column + 'Port']}" if kind == 2 else f"{text}:{row[column + 'Port']}"


def label(row, column, syntax):
    if syntax.startswith("SnmpAdminString"):
        return snmp_host.octets(row[column]).decode()
    if syntax == "InetAddress":
        return address(row, column)
    if syntax.startswith("INTEGER"):
        words = {number: word for word, number in (pair.split("=") for pair in syntax.split()[1:])}
        word = words[row[column]]
        snake = "".join("_" + letter.lower() if letter.isupper() else letter for letter in word)
        return "" if snake == "other" else snake
    return "" if row[column] == "0" else row[column]


class Values(unittest.TestCase):
    """One sample, which stands for an hour: what is asked one way must equal what is asked another way."""

    @classmethod
    def setUpClass(cls):
        cls.things = host.Things()
        cls.addClassCleanup(cls.things.close)
        cls.namespace = cls.things.namespace()
        cls.namespace.sysctl("net.ipv4.tcp_tw_reuse=0")
        cls.load("server", 50, "127.0.0.1", PORT, "::1", PORT)
        cls.load("hold", HELD * 2, PORT, "127.0.0.1", "::1")
        cls.load("time_wait", TIME_WAIT * 2, PORT, "127.0.0.1", "::1")
        spool = cls.things.directory / "spool"
        spool.mkdir()
        for number in range(12):
            (spool / f"message-{number}").write_text("x" * 1000)
        cls.things.write("postfix/main.cf", f"queue_directory = {cls.things.directory}/queue\n"
                                            "smtpd_client_connection_count_limit = 7\n")
        cls.things.write("postfix/master.cf", "smtp inet n - y - 20 smtpd\n")
        for queue in ("maildrop", "incoming", "active", "deferred", "hold", "corrupt", "defer"):
            (cls.things.directory / "queue" / queue).mkdir(parents=True)
        cls.start("tuning: {detail: true}\n"
                  f"mail: {{detect: false, postfix: [{{name: main, config_directory: {cls.things.directory}/postfix}}], "
                  f"spool: [{{name: 'the \"pickup\"', path: {spool}}}]}}\n")
        host.wait_for(cls.manager.serves, "the agent is served")
        cls.tables = snmp_host.declared()
        cls.walked = cls.manager.walk()
        cls.series = cls.agent.metrics()
        cls.rows = rows_of({place: value for place, value in cls.walked.items()
                            if place[:11] == snmp_host.numbers(TABLES)}, cls.tables)

    @classmethod
    def start(cls, config):
        """Who is asked, and who asks."""
        cls.snmpd = snmp_host.Snmpd(cls.things, cls.namespace)
        cls.start_agent(config, *cls.snmpd.agent_flags())

    @classmethod
    def start_agent(cls, config, *flags):
        path = cls.things.write("chokepoint.yml", config)
        cls.agent = cls.things.agent(f"--config.file={path}", *flags, namespace=cls.namespace, interval="1h")
        cls.manager = cls.snmpd.manager()

    @classmethod
    def load(cls, *words):
        return cls.things.load(*words, namespace=cls.namespace)

    def found(self, number, column, labels):
        """{labels: value} of a column of the MIB."""
        syntax = self.tables[number]["syntax"]
        result = {}
        for row in self.rows[number].values():
            if column in row:
                key = {name: label(row, of, syntax[of]) for name, of in labels.items()}
                key = frozenset((name, text) for name, text in key.items() if text)
                self.assertNotIn(key, result)
                result[key] = row[column]
        return result

    def expect(self, value, scale):
        if scale == "truth":
            return "1" if value else "2"
        if scale == "time":
            return datetime.datetime.fromtimestamp(round(value, 1), datetime.timezone.utc)
        return str(min(int(value * scale + 0.5), INFINITE - 1)) if value != float("inf") else str(INFINITE)

    def compare(self, metric, series, found, scale):
        if metric not in ABSENT:
            self.assertGreater(len(series), 0, metric)
        for labels, value in series.items():
            expected = self.expect(value, scale)
            actual = found.pop(labels, None)
            if scale == "time":
                octets = snmp_host.octets(actual)
                actual = datetime.datetime(octets[0] << 8 | octets[1], *octets[2:7], octets[7] * 100000, datetime.timezone.utc)
                self.assertLessEqual(abs((actual - expected).total_seconds()), 0.11, metric)
            else:
                self.assertEqual(actual, expected, f"{metric} {dict(labels)}")
        self.assertEqual(found, {}, f"{metric}: SNMP has more than /metrics")

    def test_every_metric_of_the_tables(self):
        for metric, (number, column, scale, labels) in FAMILIES.items():
            series = {frozenset(found.items()): value for found, value in self.series.select(metric)}
            self.compare(metric, series, self.found(number, column, labels), scale)

    def test_families_of_several_columns(self):
        for metric, name, number, columns, labels in SPLIT:
            for word, column in columns.items():
                series = {frozenset((key, text) for key, text in found.items() if key != name): value
                          for found, value in self.series.select(metric, **{name: word})}
                found = self.found(number, column, labels)
                if series or found:
                    self.compare(f"{metric} {word}", series, found, 1)

    def test_no_metric_is_forgotten(self):
        """Every family that has a table in the MIB is compared above."""
        page = host.run(host.CHOKEPOINT, "describe", "metrics").stdout
        compared = set(FAMILIES) | {metric for metric, *_ in SPLIT}
        for section in page.split("\n## ")[1:]:
            if "\nSNMP: table " in section:
                for line in section.splitlines():
                    if line.startswith("| `chokepoint_"):
                        metric = line.split("`")[1].split("{")[0].removeprefix("chokepoint_")
                        if self.series.select(metric):
                            self.assertIn(metric, compared)

    def test_load_is_there(self):
        states = {row["State"]: int(row["Sockets"]) for row in self.rows[1].values()}
        self.assertEqual((states["5"], states["11"]), (HELD * 4, TIME_WAIT * 2))

    def test_scalars(self):
        values = self.manager.get(*(f"{SCALARS}.{number}.0" for number in range(1, 17)))
        self.assertEqual(len(values), 16)
        self.assertEqual(int(values[2]), self.agent.sequence())
        ratio = max(value for _, value in self.series.select("ephemeral_ports_used_ratio"))
        self.assertEqual(int(values[8]), int(ratio * 10000 + 0.5))
        self.assertIn(snmp_host.octets(values[9]).decode(), (f"127.0.0.1:{PORT}", f"[::1]:{PORT}"))
        age = max(value for _, value in self.series.select("mail_queue_oldest_message_age_seconds"))
        self.assertEqual(int(values[13]), int(age * 1000 + 0.5))
        failed = sum(value == 0 for _, value in self.series.select("collector_success"))
        self.assertEqual(int(values[15]), failed)

    def test_the_same_by_getnext_getbulk_and_get(self):
        places = list(self.walked)
        self.assertEqual(places, sorted(places))
        self.assertGreater(len(places), 300)
        self.assertEqual(self.manager.walk(tool="snmpwalk"), self.walked)
        for repetitions in (1, 7, 50):
            self.assertEqual(self.manager.walk(words=(f"-Cr{repetitions}",)), self.walked)
        for start in range(0, len(places), 40):
            some = [".".join(map(str, place)) for place in places[start:start + 40]]
            self.assertEqual(self.manager.get(*some), [self.walked[place] for place in places[start:start + 40]])

    def test_several_columns_at_once(self):
        """One GETBULK over three columns, as managers ask."""
        first = [f"{TABLES}.1.1.{column}" for column in (2, 3, 8)]
        found = self.manager.lines("snmpbulkget", "-Cn0", "-Cr11", where=first)
        self.assertEqual(found, {place: value for place, value in self.walked.items() if place in found})
        self.assertEqual(len(found), 3 * 11)

    def test_next_from_anywhere(self):
        places = list(self.walked)
        for at in range(0, len(places) - 1, 9):
            following = self.manager.lines("snmpgetnext", where=(".".join(map(str, places[at])),))
            self.assertEqual(list(following), [places[at + 1]])

    def test_ends(self):
        answers = self.manager.get(ROOT, f"{SCALARS}.1", f"{SCALARS}.99.0", f"{TABLES}.4.1.7.4294967295", f"{TABLES}.99.1.1.1")
        self.assertEqual([answer[:40] for answer in answers],
                         [f"No Such {what} available on this agent at"[:40] if what == "Object" else
                          "No Such Instance currently exists at this"[:40]
                          for what in ("Object", "Instance", "Object", "Instance", "Object")])
        after = self.manager.lines("snmpgetnext", where=(".".join(map(str, list(self.walked)[-1])),))
        self.assertNotEqual(next(iter(after))[:10], snmp_host.numbers(ROOT), "nothing of ours after the last one")
        self.assertEqual(self.manager.walk(f"{TABLES}.9"), {}, "a table that is empty")

    def test_nothing_can_be_set(self):
        answer = self.manager.run("snmpset", self.manager.address, f"{SCALARS}.7.0", "u", "1", check=False)
        self.assertNotEqual(answer.returncode, 0)

    def test_with_the_mib_loaded(self):
        environment = snmp_host.with_mib(self.things.directory, self.snmpd.environment)
        walk = self.manager.run("snmpbulkwalk", self.manager.address, ROOT, environment=environment)
        self.assertNotIn("Wrong Type", walk.stdout + walk.stderr)
        self.assertNotIn("Unknown Object", walk.stdout + walk.stderr)
        self.assertIn(f"CHOKEPOINT-MIB::chokepointTcpStateSockets.\"\".timeWait = Gauge32: {TIME_WAIT * 2}\n", walk.stdout)
        for number, table in TABLE_NAMES.items():
            shown = self.manager.run("snmptable", "-Ci", "-CB", self.manager.address, f"CHOKEPOINT-MIB::chokepoint{table}Table",
                                     environment=environment).stdout.strip().splitlines()
            head = shown[2].split()
            wanted = ["index", *(f"chokepoint{table}{name}" for name in self.tables[number]["columns"].values())]
            self.assertEqual([name for name in head if name in wanted], wanted)
            self.assertEqual(len(shown) - 3, len(self.rows[number]), table)

    def test_sys_or_table(self):
        self.assertIn("CHOKEPOINT-MIB", " ".join(snmp_host.octets(value).decode() for value in
                                                 self.manager.walk(snmp_host.SYS_OR_DESCR).values()))

    def test_pysnmp(self):
        """Debian's python3-pysnmp4 shares no code with net-snmp."""
        script = snmp_host.HERE / "pysnmp_walk.py"
        printed = self.namespace.run(PYTHON, "-W", "ignore", script, "127.0.0.1", "161", ROOT.strip("."), timeout=60).stdout
        found = dict(line.split(" ", 1) if " " in line else (line, "") for line in printed.splitlines())
        expected = {".".join(map(str, place)): value for place, value in self.walked.items()}
        self.assertEqual(list(found), list(expected))
        for place, value in expected.items():
            if not value.startswith('"'):
                self.assertEqual(found[place], value, place)
            else:
                self.assertEqual(bytes.fromhex(found[place]), snmp_host.octets(value), place)

    def test_prometheus_snmp_exporter(self):
        """The module is made by Debian's generator, from our MIB and packaging/snmp/generator.yml, as docs/snmp.md says."""
        environment = snmp_host.with_mib(self.things.directory, self.snmpd.environment)
        directory = self.things.directory / "exporter"
        directory.mkdir()
        source = (host.SOURCE / "packaging/snmp/generator.yml").read_text()
        (directory / "generator.yml").write_text(source.replace("community: chokepoint", "community: public"))
        host.run("prometheus-snmp-generator", "generate", "-o", directory / "snmp.yml", cwd=directory,
                 env={**environment, "MIBS": "ALL"})
        with (directory / "log").open("wb") as log:
            self.things.popen("prometheus-snmp-exporter", f"--config.file={directory}/snmp.yml",
                              "--web.listen-address=127.0.0.1:9116", namespace=self.namespace, stdout=log, stderr=log)
        url = "http://127.0.0.1:9116/snmp?module=chokepoint&target=127.0.0.1"
        answer = host.wait_for(lambda: self.scrape(url), lambda: f"the exporter answers: {(directory / 'log').read_text()}")
        series = dict(line.rsplit(" ", 1) for line in answer.splitlines() if line and line[0] != "#")
        time_wait = [float(value) for name, value in series.items() if name.startswith("chokepointTcpStateSockets")
                     and ('="11"' in name or "timeWait" in name)]
        self.assertEqual(time_wait, [TIME_WAIT * 2], answer)
        used = {name: float(value) for name, value in series.items() if name.startswith("chokepointPortUseUsed{")}
        self.assertEqual(sorted(used.values()), sorted(value for _, value in self.series.select("ephemeral_ports_used")))
        self.assertTrue(any('chokepointPortUseDestination="0x7F000001"' in name for name in used), used)
        self.assertEqual(float(series["chokepointSampleSequence"]), self.agent.sequence())

    def scrape(self, url):
        answer = self.namespace.run("curl", "-sf", url, check=False)
        return answer.stdout if answer.returncode == 0 else None


class ChangingRows(unittest.TestCase):
    """Rows come and go with every sample, and somebody walks slowly."""

    def test_walks_go_on_and_end(self):
        things = host.Things()
        self.addCleanup(things.close)
        namespace = things.namespace()
        snmpd = snmp_host.Snmpd(things, namespace)
        things.agent("--no-collector.mail", *snmpd.agent_flags(), namespace=namespace, interval="100ms")
        manager = snmpd.manager()
        host.wait_for(manager.serves, "the agent is served")
        churn = things.popen(sys.executable, snmp_host.HERE / "churn.py", namespace=namespace, stdout=subprocess.PIPE)
        churn.stdout.readline()
        sequences, walks, seen = set(), set(), set()
        at = snmp_host.numbers(TABLES)
        for step in itertools.count():
            answer = manager.lines("snmpgetnext", where=(".".join(map(str, at)),))
            found = next(iter(answer))
            if found[:len(snmp_host.numbers(TABLES))] != snmp_host.numbers(TABLES):
                break
            self.assertGreater(found, at)
            at = found
            if step % 60 == 0:
                time.sleep(HELD_SECONDS)
                sequences.add(manager.scalar(3))
            if step > 250:
                at = at[:11] + (at[11] + 1,)  # on to the next table
        for _ in range(4):
            time.sleep(HELD_SECONDS)
            walked = manager.walk(tool="snmpwalk")  # fails by itself when places do not increase
            walks.add(frozenset(walked))
            seen.update(place for place in walked if place[10:12] == (2, 2))
        self.assertEqual(len(walks), 4, "rows changed between the walks")
        self.assertGreater(len(seen), 100)
        self.assertGreater(len(sequences), 1)


if __name__ == "__main__":
    host.main(160)
