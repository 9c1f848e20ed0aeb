#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who may watch events, and what is told when somebody may not; owners in containers, and owners that are gone."""
import contextlib
import hashlib
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import host  # noqa: E402  pylint: disable=wrong-import-position

PORT = 9001
FLAGS = ("--no-collector.mail", "--no-collector.tuning")
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs")


def cgroup2():
    """Where the unified hierarchy is mounted."""
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        found = re.match(r"\S+ \S+ \S+ \S+ (\S+) .* - cgroup2 ", line)
        if found:
            return pathlib.Path(found[1])
    raise AssertionError("no cgroup2 is mounted")


class EventOwners(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.namespace = self.things.namespace()
        self.inside = ("nsenter", f"--net=/run/netns/{self.namespace.name}")
        self.things.load("server", 256, "127.0.0.1", PORT, namespace=self.namespace)
        self.things.directory.chmod(0o777)  # nobody makes the agent's sockets there

    def agent(self, *flags, events="on", prefix=()):
        return self.things.agent(*FLAGS, f"--collector.tcp.events={events}", *flags, prefix=(*self.inside, *prefix))

    def error_of_events(self, agent):
        table = agent.get("/api/v1/snapshot").json()["tables"]["sources"]
        names = [column["name"] for column in table["columns"]]
        rows = [dict(zip(names, row)) for row in table["rows"]]
        return next((row["error"] for row in rows if row["source"] == "events"), None)

    def leave(self, count, program=host.LOAD):
        self.namespace.run(program, "time_wait", count, PORT, "127.0.0.1")

    def check_counts(self, agent):
        self.leave(30)
        self.assertEqual(agent.next_metrics().one("tcp_sockets", state="time_wait"), 30)
        self.assertEqual(agent.metrics().one("collector_success", collector="tcp"), 1)

    def test_nobody_is_told_what_is_missing(self):
        agent = self.agent(prefix=NOBODY)
        self.assertEqual(agent.metrics().one("collector_source_success", source="events"), 0)
        self.assertEqual(self.error_of_events(agent), "events need CAP_BPF and CAP_PERFMON: Operation not permitted")
        self.assertIn("CAP_BPF and CAP_PERFMON", agent.log.read_text())
        self.assertEqual(agent.metrics().one("tcp_events_active"), 0)
        self.check_counts(agent)

    def test_half_the_rights_are_not_enough(self):
        agent = self.agent(prefix=(*NOBODY, "--inh-caps=+bpf", "--ambient-caps=+bpf"))
        self.assertEqual(self.error_of_events(agent), "events need CAP_PERFMON: Operation not permitted")
        self.check_counts(agent)

    def test_two_rights_are_enough(self):
        rights = "+bpf,+perfmon"
        agent = self.agent(prefix=(*NOBODY, f"--inh-caps={rights}", f"--ambient-caps={rights}"))
        self.assertEqual(agent.next_metrics().one("tcp_events_active"), 1)
        self.check_counts(agent)
        self.assertEqual(agent.metrics().by("method", "tcp_attributed_sockets", state="time_wait"), {"event": 30})

    def test_what_auto_does_not_get_is_no_failure(self):
        agent = self.agent(events="auto", prefix=NOBODY)
        self.assertEqual(agent.metrics().select("collector_source_success", source="events"), [])
        self.assertEqual(agent.metrics().one("tcp_events_active"), 0)
        self.check_counts(agent)

    def test_one_program_sees_all_namespaces(self):
        other = self.things.namespace()
        self.things.load("server", 256, "127.0.0.1", PORT, namespace=other)
        config = self.things.write("all.yml", "tcp: {netns: all}\n")
        agent = self.agent(f"--config.file={config}")
        client = shutil.copy(host.LOAD, self.things.directory / "cp-other")
        host.wait_for(lambda: agent.metrics().select("tcp_process_sockets", netns=other.name, state="listen"),
                      "the other namespace is watched")
        agent.next_metrics()
        other.run(client, "time_wait", 25, PORT, "127.0.0.1")
        series = agent.next_metrics()
        self.assertEqual(series.by("process", "tcp_process_sockets", netns=other.name, state="time_wait"),
                         {"cp-other": 25})
        self.assertEqual(series.by("method", "tcp_attributed_sockets", netns=other.name, state="time_wait"),
                         {"event": 25})
        self.assertEqual(series.one("tcp_connects_total", netns=other.name, process="cp-other"), 25)
        self.assertEqual(series.select("tcp_process_sockets", netns="", process="cp-other"), [])

    @contextlib.contextmanager
    def container(self, digits):
        """A cgroup such as Docker makes."""
        path = cgroup2() / "docker" / digits
        path.mkdir(parents=True)
        try:
            yield path
        finally:
            path.rmdir()
            with contextlib.suppress(OSError):  # another test's may be in there
                path.parent.rmdir()

    def test_owners_in_a_container_and_gone(self):
        agent = self.agent()
        host.wait_for(lambda: agent.metrics().one("tcp_events_active") == 1, "events are counted")
        agent.next_metrics()
        client = shutil.copy(host.LOAD, self.things.directory / "cp-contained")
        digits = hashlib.sha256(self.namespace.name.encode()).hexdigest()
        with self.container(digits) as cgroup:
            command = f'echo $$ > {cgroup}/cgroup.procs; exec {client} time_wait 25 {PORT} 127.0.0.1'
            subprocess.run([*self.inside, "sh", "-c", command], check=True, timeout=20, stdout=subprocess.DEVNULL)
            series = agent.next_metrics()
        client.unlink()
        labels = {"process": "cp-contained", "state": "time_wait"}
        expected = {f"docker:{digits[:12]}": 25}
        self.assertEqual(series.by("unit", "tcp_process_sockets", **labels), expected)
        # The process, its file and its cgroup are gone by now.
        self.assertEqual(agent.next_metrics().by("unit", "tcp_process_sockets", **labels), expected)
        self.assertEqual(agent.metrics().by("unit", "tcp_connects_total", process="cp-contained"), expected)


if __name__ == "__main__":
    host.main(60)
