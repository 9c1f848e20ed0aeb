# SPDX-License-Identifier: Apache-2.0
"""What kernel events cost: each connection, and a minute of them at a steady rate beside collectd at the same interval.
The CPU that the event program takes in the kernel is the kernel's own figure (kernel.bpf_stats_enabled)."""
import pathlib
import time

import measure
import tcp_part
from measure import host

LIVES = host.LIVES
PORT = 900
INTERVAL = 5
STATISTICS = pathlib.Path("/proc/sys/kernel/bpf_stats_enabled")
TRACING = 26  # BPF_PROG_TYPE_TRACING


def available():
    """Whether this build has events and this machine lets it watch them."""
    said = host.run(host.CHOKEPOINT, "metrics", *tcp_part.EVENTS_ONLY).stdout
    return "chokepoint_tcp_events_active 1" in said


class Statistics:
    """Turns the kernel's count of program run time on, which itself costs about 50 ns a run, and off again."""

    def __enter__(self):
        self.before = STATISTICS.read_text()
        STATISTICS.write_text("1")
        return self

    def __exit__(self, *_):
        STATISTICS.write_text(self.before)


def program_seconds(pid):
    """CPU that the event program of this agent has taken while statistics were on: what its descriptors tell of it."""
    total = 0
    for path in pathlib.Path(f"/proc/{pid}/fdinfo").iterdir():
        try:
            text = path.read_text()
        except FileNotFoundError:
            continue  # closed since it was listed
        lines = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
        if int(lines.get("prog_type", 0)) == TRACING:
            total += int(lines["run_time_ns"])
    return total / 1e9


def per_connection(things, connections):
    """CPU seconds of the event program for one end of one connection."""
    namespace = things.namespace()
    namespace.sysctl(*tcp_part.SYSCTLS)
    things.load("server", 4096, "0.0.0.0", PORT, namespace=namespace)
    agent = things.agent(*tcp_part.EVENTS_ONLY, namespace=namespace, interval="1s")
    with Statistics():
        start = program_seconds(agent.process.pid)
        namespace.run(host.LOAD, "time_wait", connections, PORT, *tcp_part.DESTINATIONS, timeout=120)
        spent = program_seconds(agent.process.pid) - start
    if spent <= 0:
        raise RuntimeError("the kernel counted no run of the event program")
    return spent / (2 * connections)


def other_host(things, tools, namespace):
    """Another host at the end of a cable, which accepts all connections; its addresses. Its kernel is none that we
    measure: sockets there would be counted as ours, since the kernel keeps one account of the event program."""
    far = things.namespace()
    addresses = [f"10.99.0.{number}" for number in range(2, 6)]
    namespace.run("ip", "link", "add", "near0", "type", "veth", "peer", "name", "far0", "netns", far.name)
    namespace.run("ip", "addr", "add", "10.99.0.1/24", "dev", "near0")
    for place, link in ((namespace, "near0"), (far, "far0")):
        place.run("ip", "link", "set", link, "up")
    hardware = far.run("cat", "/sys/class/net/far0/address").stdout.strip()
    for address in addresses:
        namespace.run("ip", "neigh", "add", address, "lladdr", hardware, "dev", "near0", "nud", "permanent")
    things.popen(tools / "far_host", "far0", namespace=far)
    return addresses


def minute(things, tools, rate, seconds, warm_up):
    """CPU seconds for a minute's work at this rate of connections to another host, as a host sees them: one end each.
    Seconds of the agent, of its program in the kernel, of the statistics that tell these (an empty program at the same
    place takes no other time) and of collectd; how many TIME_WAITs stood."""
    namespace = things.namespace()
    namespace.sysctl(*tcp_part.SYSCTLS)
    destinations = other_host(things, tools, namespace)
    for number, destination in enumerate(destinations):
        things.load("sequence", rate // len(destinations), 100, warm_up + seconds + 30,
                    things.directory / f"lives-{number}", destination, PORT, namespace=namespace, program=LIVES)
    agent = things.agent(*tcp_part.EVENTS_ONLY, namespace=namespace, interval=f"{INTERVAL}s")
    collectd = tcp_part.start_collectd(things, namespace, INTERVAL)
    time.sleep(warm_up)
    empty = things.load(tools / "empty.bpf.o", program=tools / "empty_program")
    with Statistics():
        pids = {"agent": agent.process.pid, "collectd": collectd.pid}
        programs = {"kernel": agent.process.pid, "statistics": empty.pid}

        def taken():
            return {**{name: measure.cpu_seconds(pid) for name, pid in pids.items()},
                    **{name: program_seconds(pid) for name, pid in programs.items()}}
        start = taken()
        time.sleep(seconds)
        spent = {name: (value - start[name]) * 60 / seconds for name, value in taken().items()}
    series = agent.metrics()
    if series.one("tcp_events_active") != 1:
        raise RuntimeError("events were given up during the minute")
    return {**spent, "standing": series.one("tcp_sockets", state="time_wait"), "lost": series.one("events_lost_total"),
            "memory": measure.rss_anon_bytes(agent.process.pid), "rate": rate}


def run(things, tools, connections, rate, seconds, warm_up):
    return per_connection(things, connections), minute(things, tools, rate, seconds, warm_up)
