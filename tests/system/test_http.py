#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every endpoint of the real agent, asked by curl over TCP, as a user's tools ask."""
import gzip
import html.parser
import json
import re
import unittest

import host

ACCEPT_OPENMETRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
TYPES = {
    "/metrics": "text/plain; version=0.0.4; charset=utf-8",
    "/": "text/html; charset=utf-8",
    "/status.txt": "text/plain; charset=utf-8",
    "/api/v1/snapshot": "application/json",
    "/-/healthy": "text/plain; charset=utf-8",
    "/-/ready": "text/plain; charset=utf-8",
}
SEPARATOR = b"\r\n\r\n"


class Balanced(html.parser.HTMLParser):
    """Whether every element that is opened is closed, in order."""
    VOID = {"meta", "link", "br", "hr", "img", "input", "col"}
    OPTIONAL = {"tr", "td", "th", "li", "p", "tbody", "thead"}

    def __init__(self):
        super().__init__()
        self.open = []
        self.defects = []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open[-1] != tag and self.open[-1] in self.OPTIONAL:
            self.open.pop()
        if not self.open or self.open.pop() != tag:
            self.defects.append(f"</{tag}> at {self.getpos()}")


class Http(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.things = host.Things()
        cls.addClassCleanup(cls.things.close)
        cls.namespace = cls.things.namespace()
        cls.agent = cls.things.agent("--web.listen-address=127.0.0.1:0", "--web.listen-address=[::1]:0",
                                     namespace=cls.namespace, interval="60s")
        log = cls.agent.log.read_text()
        cls.addresses = re.findall(r'address="?((?:127\.0\.0\.1|\[::1\]):\d+)', log)

    def curl(self, path, *words, address=0, check=True):
        """(status, headers in lower case, body)."""
        url = f"http://{self.addresses[address]}{path}"
        answer = self.namespace.run("curl", "-sS", "-g", "-i", "--max-time", "10", *words, url, text=False, check=check)
        head, body = answer.stdout.split(SEPARATOR, 1)
        lines = head.decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        return int(lines[0].split()[1]), headers, body

    def test_picked_ports_are_in_the_log(self):
        self.assertEqual(len(self.addresses), 2, self.agent.log.read_text())

    def test_types_of_all_endpoints_on_both_families(self):
        for address in (0, 1):
            for path, kind in TYPES.items():
                status, headers, body = self.curl(path, address=address)
                self.assertEqual((status, headers.get("content-type")), (200, kind), path)
                self.assertTrue(body, path)

    def test_head_is_the_same_without_body(self):
        for path in TYPES:
            _, full, body = self.curl(path)
            status, headers, nothing = self.curl(path, "--head")
            self.assertEqual((status, nothing), (200, b""), path)
            for name in ("content-type", "content-length"):
                self.assertEqual(headers.get(name), full.get(name), f"{path} {name}")
            self.assertEqual(int(full["content-length"]), len(body))

    def test_gzip(self):
        for path in ("/metrics", "/", "/api/v1/snapshot"):
            _, plain_headers, plain = self.curl(path)
            _, headers, packed = self.curl(path, "-H", "Accept-Encoding: gzip")
            self.assertNotIn("content-encoding", plain_headers)
            self.assertEqual(headers["content-encoding"], "gzip")
            self.assertEqual(gzip.decompress(packed), plain, path)
            self.assertLess(len(packed), len(plain) / 2)

    def test_gzip_may_be_refused(self):
        _, headers, _ = self.curl("/metrics", "-H", "Accept-Encoding: gzip;q=0, identity")
        self.assertNotIn("content-encoding", headers)

    def test_openmetrics(self):
        _, headers, body = self.curl("/metrics", "-H", f"Accept: {ACCEPT_OPENMETRICS}")
        self.assertTrue(headers["content-type"].startswith("application/openmetrics-text; version=1.0.0; charset=utf-8"))
        defects, series = host.check_exposition.check(body, openmetrics=True)
        self.assertEqual(defects, [])
        _, _, text = self.curl("/metrics")
        defects, as_text = host.check_exposition.check(text)
        self.assertEqual(defects, [])
        self.assertEqual({name for name, _ in series}, {name for name, _ in as_text})

    def test_one_snapshot_is_the_same_for_everybody(self):
        self.assertEqual(self.curl("/metrics")[2], self.curl("/metrics")[2])

    def test_unknown_path_and_method(self):
        self.assertEqual(self.curl("/nothing")[0], 404)
        self.assertEqual(self.curl("/metrics/")[0], 404)
        status, headers, _ = self.curl("/metrics", "-X", "POST", "-d", "x")
        self.assertEqual(status, 405)
        self.assertIn("get", headers["allow"])

    def test_query_does_not_matter(self):
        self.assertEqual(self.curl("/metrics?x=1")[0], 200)

    def test_json(self):
        snapshot = json.loads(self.curl("/api/v1/snapshot")[2])
        self.assertEqual(set(snapshot["sample"]) >= {"sequence", "time", "interval_seconds"}, True)
        self.assertEqual(snapshot["sample"]["interval_seconds"], 60)
        self.assertIn("tcp_states", snapshot["tables"])
        for name, table in snapshot["tables"].items():
            self.assertEqual(set(table), {"help", "columns", "rows"}, name)
            for row in table["rows"]:
                self.assertEqual(len(row), len(table["columns"]), name)

    def test_page_is_well_formed(self):
        parser = Balanced()
        parser.feed(self.curl("/")[2].decode())
        parser.close()
        self.assertEqual((parser.defects, [tag for tag in parser.open if tag not in Balanced.OPTIONAL]), ([], []))

    def test_page_needs_nothing_from_elsewhere(self):
        page = self.curl("/")[2].decode()
        self.assertIsNone(re.search(r"""(?:src|href)=["']?(?:https?:)?//""", page))

    def test_control_socket_answers_too(self):
        for path in TYPES:
            self.assertEqual(self.agent.get(path, control=True).status, 200, path)

    def test_control_socket_is_for_its_group(self):
        self.assertEqual(host.run("stat", "-c", "%a", self.agent.control).stdout.strip(), "660")

    def test_telemetry_path(self):
        agent = self.things.agent("--web.telemetry-path=/m", namespace=self.namespace)
        self.assertEqual([agent.get(path).status for path in ("/m", "/metrics")], [200, 404])

    def test_idle_host_has_few_series(self):
        host_agent = self.things.agent(namespace=self.namespace)
        series = host_agent.next_metrics()
        self.assertLessEqual(len(series), 300)
        own = len(series.select("series")) + len(series.select("rows_folded_total"))  # it counts all but itself
        self.assertEqual(series.total("series"), len(series) - own)

    def test_metrics_command_prints_the_same_families(self):
        namespace = self.things.namespace()
        text = namespace.run(host.CHOKEPOINT, "metrics", text=False).stdout
        defects, series = host.check_exposition.check(text)
        self.assertEqual(defects, [])
        families = {name for name, _ in series}
        served = {name for name, _ in self.agent.metrics()}
        self.assertLessEqual(families - served, set())


if __name__ == "__main__":
    host.main(80)
