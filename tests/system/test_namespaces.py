#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tcp.netns: all. Namespaces of this test stand beside whatever else there is on the machine, so each question names
the one it is about."""
import os
import pathlib
import unittest

import host

PORT = 8025


def cgroup_root():
    """Where cgroup2 is mounted."""
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        if " - cgroup2 " in line:
            return pathlib.Path(line.split()[4])
    raise RuntimeError("no cgroup2 is mounted")


class Namespaces(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.config = self.things.write("all.yml", "tcp: {netns: all}\n")

    def agent(self, **more):
        return self.things.agent("--no-collector.mail", "--no-collector.tuning", f"--config.file={self.config}", **more)

    def load(self, namespace, count, low, high):
        namespace.sysctl(f"net.ipv4.ip_local_port_range={low} {high}", "net.ipv4.tcp_tw_reuse=0")
        self.things.load("server", 50, "127.0.0.1", PORT, namespace=namespace)
        self.things.load("time_wait", count, PORT, "127.0.0.1", namespace=namespace)

    def cgroup(self, name):
        path = cgroup_root() / name
        path.mkdir()
        self.things.callback(path.rmdir)
        return path

    def in_cgroup(self, cgroup, *command):
        """Starts a program in a cgroup, which is left before it is removed."""
        def enter():
            (cgroup / "cgroup.procs").write_text(str(os.getpid()))
        process = self.things.popen(*command, preexec_fn=enter, stdout=host.subprocess.PIPE)
        self.assertEqual(process.stdout.readline(), b"ready\n")
        return process

    @staticmethod
    def with_owners(agent, count, **labels):
        """The series, once so many listeners have their process: on a busy machine that takes more than one sample."""
        def attempt():
            series = agent.next_metrics()
            return series if series.total("tcp_listeners", process="load", **labels) == count else None
        return host.wait_for(attempt, "owners are found")

    @staticmethod
    def only_net(namespace):
        """Not ip netns exec, which hides the host's cgroups behind a /sys of its own."""
        return ("nsenter", f"--net=/run/netns/{namespace.name}")

    def test_each_has_its_own_range_rows_and_counters(self):
        first, second = self.things.namespace(), self.things.namespace()
        self.load(first, 100, 20000, 20999)
        self.load(second, 200, 30000, 30399)
        agent = self.agent(namespace=first)
        series = self.with_owners(agent, 1, netns=second.name)
        # The agent's own namespace has no name.
        self.assertEqual(series.select("tcp_sockets", netns=first.name), [])
        own = [value for labels, value in series.select("tcp_sockets", state="time_wait") if "netns" not in labels]
        self.assertEqual(own, [100])
        self.assertEqual(series.one("tcp_sockets", state="time_wait", netns=second.name), 200)
        self.assertEqual(series.one("tcp_sockets", state="listen", netns=second.name), 1)
        self.assertEqual(series.one("ephemeral_ports_usable", netns=second.name), 400)
        self.assertEqual(series.one("ephemeral_ports_used_ratio", netns=second.name), 0.5)
        self.assertEqual(series.one("tcp_listeners", netns=second.name, process="load", port=str(PORT)), 1)
        for name, expected in (("tcp_active_opens_total", 200), ("tcp_passive_opens_total", 200)):
            self.assertEqual(series.one(name, netns=second.name), expected)
        self.assertEqual(series.one("collector_source_success", source=f"netns:{second.name}"), 1)
        for name in ("tcp_process_sockets", "tcp_attributed_sockets"):
            self.assertEqual(series.total(name, netns=second.name), 201, name)

    def test_one_that_vanishes_costs_only_its_rows(self):
        stays = self.things.namespace()
        self.load(stays, 10, 20000, 20999)
        with host.Namespace() as goes:
            self.load(goes, 10, 20000, 20999)
            agent = self.agent(namespace=self.things.namespace())
            for namespace in (stays, goes):
                host.wait_for(lambda name=namespace.name: agent.metrics().total("tcp_sockets", state="time_wait", netns=name)
                              == 10, "both are found")
        host.wait_for(lambda: not agent.metrics().select("tcp_sockets", netns=goes.name), "its rows are gone")
        series = agent.next_metrics()
        self.assertEqual(series.one("tcp_sockets", state="time_wait", netns=stays.name), 10)
        self.assertEqual(series.one("collector_success", collector="tcp"), 1)
        self.assertEqual(series.select("collector_source_success", source=f"netns:{goes.name}"), [])

    def test_unnamed_ones_have_the_name_of_their_container_or_unit(self):
        container = self.cgroup(f"docker-{os.getpid():064x}.scope")
        unit = self.cgroup(f"cp-{os.getpid()}.service")
        for cgroup in (container, unit):
            self.in_cgroup(cgroup, "unshare", "--net", "sh", "-c",
                           f"ip link set lo up; exec {host.LOAD} server 5 127.0.0.1 {PORT}")
        agent = self.agent(prefix=self.only_net(self.things.namespace()))
        series = self.with_owners(agent, 1, netns=unit.name)
        series = self.with_owners(agent, 1, netns=f"docker:{os.getpid():064x}"[:19])
        for name in (f"docker:{os.getpid():064x}"[:19], unit.name):
            self.assertEqual(series.one("tcp_sockets", state="listen", netns=name), 1)
            self.assertEqual(series.one("tcp_listeners", netns=name, unit=name, process="load"), 1)

    def test_containers_sockets_have_their_unit_without_any_right(self):
        """The unit comes with each socket: it needs no look into the container."""
        namespace = self.things.namespace()
        cgroup = self.cgroup(f"docker-{os.getpid():064x}.scope")
        self.in_cgroup(cgroup, "ip", "netns", "exec", namespace.name, host.LOAD, "server", 5, "127.0.0.1", PORT)
        agent = self.things.agent("--no-collector.mail",
                                  prefix=(*self.only_net(namespace), *host.unprivileged(self.things)))
        self.assertEqual(agent.metrics().one("tcp_listeners", port=str(PORT), unit=f"docker:{os.getpid():064x}"[:19],
                                             process="unknown"), 1)

    def test_without_the_right_it_is_told_and_our_own_is_watched(self):
        namespace = self.things.namespace()
        self.load(namespace, 10, 20000, 20999)
        self.load(self.things.namespace(), 10, 20000, 20999)
        agent = self.agent(namespace=namespace, prefix=("setpriv", "--bounding-set=-sys_admin"))
        series = agent.next_metrics()
        self.assertEqual(series.by("netns", "tcp_sockets", state="time_wait"), {"": 10})
        self.assertEqual(series.one("collector_source_success", source="namespaces"), 0)
        self.assertEqual(series.one("collector_success", collector="tcp"), 1)
        self.assertIn("CAP_SYS_ADMIN", agent.get("/status.txt").text)


if __name__ == "__main__":
    host.main(110)
