# SPDX-License-Identifier: Apache-2.0
"""What else walk mode has to bear: many processes with many descriptors, connections that come and go fast, and very many
that stay."""
import os
import pathlib
import resource
import time

import measure
from measure import host
from tcp_part import SYSCTLS

PORT = 900
ADDRESSES = [f"127.0.1.{number}" for number in range(1, 33)]
INTERVAL, LONG_INTERVAL = 0.5, 2
SETTLE_SECONDS = 15
CONNECTIONS_PER_PROCESS = min(50_000, resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 100)
# Both ends of a connection, with their descriptors and buffers, as slabinfo showed on Linux 6.18.
BYTES_PER_SOCKET = 6_000


class Stage:
    """A namespace with a server, and an agent once there is something to see."""

    def __init__(self, things, tools):
        self.things, self.tools = things, tools
        self.namespace = things.namespace()
        self.namespace.sysctl(*SYSCTLS)
        self.serve()

    def serve(self, port=PORT):
        """One more server, on a port of its own."""
        self.things.load("server", 4096, "0.0.0.0", port, namespace=self.namespace)

    def start_agent(self, interval=INTERVAL):
        return self.things.agent("--no-collector.mail", "--no-collector.tuning", "--collector.tcp.events=off",
                                 namespace=self.namespace, interval=f"{int(interval * 1000)}ms")

    def dump(self):
        return measure.bare(self.namespace.run(self.tools / "bare_dump", 5, int(INTERVAL * 1000), timeout=120).stdout)

    def active_opens(self):
        lines = self.namespace.run("cat", "/proc/net/snmp").stdout.splitlines()
        names, values = [line.split() for line in lines if line.startswith("Tcp:")]
        return int(values[names.index("ActiveOpens")])


def hold(stage, connections, port, others):
    """A process with so many connections and so many other descriptors."""
    process = stage.things.popen(host.LOAD, "hold", connections, port, *ADDRESSES, namespace=stage.namespace,
                                 stdout=host.subprocess.PIPE, pass_fds=others)
    if process.stdout.readline() != b"ready\n":
        raise RuntimeError(f"load hold: {process.wait()}")


def owners(things, tools, processes, descriptors):
    """Processes with so many descriptors each, a quarter of them connections: what it costs to learn whose they are, and
    what a sample costs then."""
    stage = Stage(things, tools)
    connections = descriptors // 4
    others = [os.open("/dev/null", os.O_RDONLY) for _ in range(descriptors - connections)]
    each_server = CONNECTIONS_PER_PROCESS // connections  # its descriptors are limited as everybody's are
    for number in range(processes):
        port = PORT + number // each_server
        if number > 0 and number % each_server == 0:
            stage.serve(port)
        hold(stage, connections, port, others)
    for other in others:
        os.close(other)
    agent = stage.start_agent()
    series = host.wait_for(lambda: known(agent, 2 * processes * connections), "every owner is known", seconds=120, pause=INTERVAL)
    learnt, samples = measure.cpu_seconds(agent.process.pid), agent.sequence()
    later = measure.cpu_per_sample(agent.process.pid, INTERVAL, 8)
    _, bare = stage.dump()
    return {"processes": processes, "descriptors": processes * (descriptors + connections), "sockets": 2 * processes * connections,
            "learn": learnt - samples * later, "later": later, "bare": bare,
            "memory": measure.rss_anon_bytes(agent.process.pid), "series": len(series)}


def known(agent, sockets):
    """The series, once all connections have a process."""
    series = agent.metrics()
    return series if series.total("tcp_process_sockets", process="load", state="established") >= sockets else None


def rate(things, tools, per_second, samples):
    """A sample, and its share of one core at an interval of five seconds, while so many connections a second come and go."""
    stage = Stage(things, tools)
    agent = stage.start_agent()
    clients = 2 if per_second > 5_000 else 1
    seconds = SETTLE_SECONDS + int(samples * INTERVAL) + 10
    for _ in range(clients):
        things.popen(host.PACE, "steady", per_second // clients, seconds, 0, PORT, *ADDRESSES, namespace=stage.namespace,
                     stdout=host.subprocess.PIPE)
    time.sleep(SETTLE_SECONDS)
    before, start = stage.active_opens(), time.monotonic()
    cost = measure.cpu_per_sample(agent.process.pid, INTERVAL, samples)
    opened = (stage.active_opens() - before) / (time.monotonic() - start)
    sockets, bare = stage.dump()
    return {"opened": opened, "sockets": sockets, "sample": cost, "bare": bare,
            "memory": measure.rss_anon_bytes(agent.process.pid)}


def memory_available():
    for line in pathlib.Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no MemAvailable")


def established(things, tools, sockets, samples):
    """(what was measured, why not): with so many established sockets, both ends on this host."""
    needed = sockets * BYTES_PER_SOCKET
    if memory_available() < 1.5 * needed:
        return None, f"{sockets:,} established sockets need about {needed / 2**30:.0f} GiB of kernel memory; there is too little"
    stage = Stage(things, tools)
    connections, port = sockets // 2, PORT
    while connections > 0:
        part = min(connections, CONNECTIONS_PER_PROCESS)
        things.load("hold", part, port, *ADDRESSES, namespace=stage.namespace)
        connections -= part
        if connections > 0:
            port += 1
            stage.serve(port)
    agent = stage.start_agent(LONG_INTERVAL)
    cost = measure.cpu_per_sample(agent.process.pid, LONG_INTERVAL, samples)
    count, bare = stage.dump()
    return {"sockets": count, "sample": cost, "bare": bare,
            "memory": measure.rss_anon_bytes(agent.process.pid)}, None
