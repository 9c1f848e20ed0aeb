# SPDX-License-Identifier: Apache-2.0
"""One sample of all TCP sockets at a standing number of TIME_WAIT, by the agent and by its peers, in rounds: each round
fills the namespace anew, since a TIME_WAIT lasts a minute, and measures one after the other."""
import time

import measure
from measure import Spread, host

DESTINATIONS = [f"127.0.0.{number}" for number in range(1, 9)]
LOAD_PORT, NODE_EXPORTER_PORT = 900, 9101
LIFE_SECONDS = 58
AGENT_INTERVAL, COLLECTD_INTERVAL = 0.5, 1
SYSCTLS = ("net.ipv4.ip_local_port_range=1024 65535", "net.ipv4.tcp_tw_reuse=0", "net.ipv4.tcp_max_tw_buckets=2000000")
COLLECTD = """
BaseDir "{directory}/collectd"
PIDFile "{directory}/collectd.pid"
PluginDir "/usr/lib/collectd"
Interval {interval}
LoadPlugin csv
<Plugin csv>
  DataDir "{directory}/csv"
</Plugin>
LoadPlugin tcpconns
<Plugin tcpconns>
  AllPortsSummary true
</Plugin>
"""


EVENTS_ONLY = ("--no-collector.mail", "--no-collector.tuning", "--collector.tcp.events=on")


def start_collectd(things, namespace, interval):
    config = things.write(f"collectd-{interval}.conf", COLLECTD.format(directory=things.directory, interval=interval))
    with (things.directory / "collectd.log").open("ab") as log:
        return things.popen("collectd", "-f", "-C", config, namespace=namespace, stdout=log, stderr=log)


class Stage:
    """A namespace with a server to load and the three that sample; only one of them works at a time."""

    def __init__(self, things, tools, with_events):
        self.things, self.tools, self.with_events = things, tools, with_events
        self.namespace = things.namespace()
        self.namespace.sysctl(*SYSCTLS)
        self.load = host.LOAD
        things.load("server", 4096, "0.0.0.0", LOAD_PORT, namespace=self.namespace, program=self.load)
        self.agent, self.events = (
            things.agent("--no-collector.mail", "--no-collector.tuning", f"--collector.tcp.events={events}",
                         namespace=self.namespace, interval=f"{int(AGENT_INTERVAL * 1000)}ms").process
            for events in ("off", "on"))
        self.collectd = start_collectd(things, self.namespace, COLLECTD_INTERVAL)
        with (things.directory / "peers.log").open("wb") as log:
            self.node_exporter = things.popen(
                "prometheus-node-exporter", "--collector.disable-defaults", "--collector.tcpstat",
                f"--web.listen-address=127.0.0.1:{NODE_EXPORTER_PORT}", namespace=self.namespace, stdout=log, stderr=log)
        host.wait_for(self.scrape, "node_exporter answers")
        for process in (self.agent, self.events, self.collectd):
            process.send_signal(host.signal.SIGSTOP)
        things.callback(self.resume)

    def resume(self):
        """A stopped process would not hear that it shall end."""
        for process in (self.agent, self.events, self.collectd):
            process.send_signal(host.signal.SIGCONT)

    def scrape(self):
        answer = self.namespace.run("curl", "-sSf", f"http://127.0.0.1:{NODE_EXPORTER_PORT}/metrics", check=False)
        return "node_tcp_connection_states" in answer.stdout

    def fill(self, count):
        self.namespace.run("ss", "-K", "state", "time-wait", timeout=60, check=False)
        self.filled = time.monotonic()
        self.namespace.run(self.load, "time_wait", count, LOAD_PORT, *DESTINATIONS, timeout=60)

    def still_standing(self):
        return time.monotonic() - self.filled < LIFE_SECONDS

    def dump(self):
        return measure.bare(self.namespace.run(self.tools / "bare_dump", 5, int(AGENT_INTERVAL * 1000)).stdout)

    def sampled(self, process, interval, samples, settle=0):
        process.send_signal(host.signal.SIGCONT)
        time.sleep(settle * interval)
        try:
            return measure.cpu_per_sample(process.pid, interval, samples)
        finally:
            process.send_signal(host.signal.SIGSTOP)

    def scraped(self, scrapes):
        start = measure.cpu_seconds(self.node_exporter.pid)
        for _ in range(scrapes):
            if not self.scrape():
                raise RuntimeError("node_exporter gave no tcpstat")
        return (measure.cpu_seconds(self.node_exporter.pid) - start) / scrapes

    def ss(self):
        """What somebody does by hand: every socket as text, with its process."""
        return measure.cpu_of(["ip", "netns", "exec", self.namespace.name, "ss", "-tanp"])[0]

    def round(self, count, samples):
        """CPU seconds by program, and how many sockets stood before and after."""
        self.fill(count)
        before, bare_before = self.dump()
        result = {
            "chokepoint": self.sampled(self.agent, AGENT_INTERVAL, samples),
            "collectd tcpconns": self.sampled(self.collectd, COLLECTD_INTERVAL, max(2, samples // 2)),
            "node_exporter tcpstat": self.scraped(max(2, samples // 2)),
            "ss -tanp": self.ss(),
        }
        if self.with_events:
            # It stood still while the sockets came and went, so its first samples walk.
            result["chokepoint, events"] = self.sampled(self.events, AGENT_INTERVAL, samples, settle=4)
        after, bare_after = self.dump()
        result["bare dump"] = (bare_before + bare_after) / 2
        if not self.still_standing() or min(before, after) < count:
            raise RuntimeError(f"{count} sockets did not stand for the whole round: {before}, {after}")
        memory = {"chokepoint": measure.rss_anon_bytes(self.agent.pid),
                  "collectd tcpconns": measure.rss_anon_bytes(self.collectd.pid),
                  "node_exporter tcpstat": measure.rss_anon_bytes(self.node_exporter.pid)}
        if self.with_events:
            memory["chokepoint, events"] = measure.rss_anon_bytes(self.events.pid)
        return result, memory


def run(things, tools, counts, rounds, samples, with_events):
    """{count: ({program: Spread of CPU seconds}, {program: bytes})}"""
    stage = Stage(things, tools, with_events)
    results = {}
    for count in counts:
        found = [stage.round(count, samples) for _ in range(rounds)]
        cpu = {name: Spread(each[name] for each, _ in found) for name in found[0][0]}
        memory = {name: max(each[name] for _, each in found) for name in found[0][1]}
        results[count] = (cpu, memory)
        print(f"tcp: {count}: " + ", ".join(f"{name} {spread.median * 1000:.2f} ms" for name, spread in cpu.items()), flush=True)
    return results


def at_rest(things, seconds):
    """Share of one core that the agent takes with its defaults on an idle host."""
    agent = things.agent(namespace=things.namespace(), interval="5s").process
    time.sleep(1)  # its first sample is not rest
    start = measure.cpu_seconds(agent.pid)
    time.sleep(seconds)
    share = (measure.cpu_seconds(agent.pid) - start) / seconds
    return share, measure.rss_anon_bytes(agent.pid)
