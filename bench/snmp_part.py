# SPDX-License-Identifier: Apache-2.0
"""A walk over all tables at their full limits, by net-snmp's own bulk walk through a real snmpd: CPU of the agent and of
snmpd for each variable. Where the kernel wakes the agent on another processor than snmpd's, that alone can cost several times
the answer, most of all in a virtual machine: so the walk is also measured on one processor, and beside both stands a program
that only reads and answers. Then what an NMS has without the agent: snmpd's own tcpConnectionTable of the same host, and the one
question that replaces it."""
import contextlib
import os
import pathlib
import sys
import time

import measure
from measure import Spread, host

sys.path.insert(0, str(measure.ROOT / "tests/system/snmp"))
import snmp_host  # noqa: E402  pylint: disable=wrong-import-position

LISTENERS, FIRST_PORT = 250, 2000
DESTINATIONS = [f"127.0.1.{number}" for number in range(1, 31)]
EACH = 160  # more than the ports from which a destination is shown
SPOOLS = 100
LOAD_PORT = 900
CONNECTIONS = ".1.3.6.1.2.1.6.19"
STATES = snmp_host.TABLES + ".1.1.3"
QUESTIONS = 20_000


class Walk:
    """One walk: its variables, its wall time, and the CPU of both."""

    def __init__(self, stage, where, *words):
        agent, master = measure.cpu_seconds(stage.agent.pid), measure.cpu_seconds(stage.snmpd.process.pid)
        start = time.monotonic()
        output = stage.manager.run("snmpbulkwalk", *words, "-On", "-t30", stage.manager.address, where, timeout=120).stdout
        self.wall = time.monotonic() - start
        self.agent = measure.cpu_seconds(stage.agent.pid) - agent
        self.master = measure.cpu_seconds(stage.snmpd.process.pid) - master
        self.variables = sum(line.startswith(".") for line in output.splitlines())


class Stage:
    def __init__(self, things):
        self.namespace = things.namespace()
        self.namespace.sysctl("net.ipv4.ip_local_port_range=10000 65535", "net.ipv4.tcp_tw_reuse=0",
                              "net.ipv4.tcp_max_tw_buckets=2000000")
        listening = [word for port in range(FIRST_PORT, FIRST_PORT + LISTENERS) for word in ("0.0.0.0", port)]
        things.load("server", 64, *listening, "0.0.0.0", LOAD_PORT, namespace=self.namespace)
        spools = []
        for number in range(SPOOLS):
            (things.directory / f"spool-{number}").mkdir()
            (things.directory / f"spool-{number}/message").write_text("x")
            spools.append(f"{{name: spool-{number}, path: {things.directory}/spool-{number}}}")
        config = things.write("snmp.yml", f"mail: {{detect: false, spool: [{', '.join(spools)}]}}\n")
        self.snmpd = snmp_host.Snmpd(things, self.namespace)
        self.manager = self.snmpd.manager()
        self.namespace.run(host.LOAD, "time_wait", EACH * len(DESTINATIONS), LOAD_PORT, *DESTINATIONS, timeout=60)
        self.agent = things.agent(f"--config.file={config}", *self.snmpd.agent_flags(), namespace=self.namespace,
                                  interval="1h").process
        host.wait_for(self.manager.serves, "the agent is served")

    def fill(self, count):
        """So many TIME_WAIT, and snmpd's cache forgotten: it is as old as snmpd."""
        self.namespace.run("ss", "-K", "state", "time-wait", timeout=60, check=False)
        self.namespace.run(host.LOAD, "time_wait", count, LOAD_PORT, *DESTINATIONS, timeout=60)
        self.snmpd.kill()
        self.snmpd.start()
        host.wait_for(self.manager.serves, "the agent is served again")


@contextlib.contextmanager
def on_one_processor(*processes):
    """These, and what this program starts meanwhile."""
    tasks = [int(task.name) for process in processes for task in pathlib.Path(f"/proc/{process.pid}/task").iterdir()]
    before = os.sched_getaffinity(0)
    for task in (0, *tasks):
        os.sched_setaffinity(task, {max(before)})
    try:
        yield
    finally:
        for task in (0, *tasks):
            os.sched_setaffinity(task, before)


def walk_all(stage, walks):
    """CPU of the agent, of snmpd and wall time for each variable, and how many variables one walk has."""
    done = [Walk(stage, snmp_host.ROOT, "-Cr50") for _ in range(walks)]
    variables = sum(walk.variables for walk in done)
    agent, master, wall = (sum(getattr(walk, name) for walk in done) / variables * 1e6 for name in ("agent", "master", "wall"))
    return agent, master, wall, done[0].variables


def bare(tools, asking, answering):
    return float(host.run(tools / "bare_answer", QUESTIONS, asking, answering, timeout=60).stdout)


def run(things, tools, sockets, rounds, walks):
    """{what: Spread}, and how many variables there were."""
    stage = Stage(things)
    Walk(stage, snmp_host.ROOT)  # the tables are put in order once for each sample
    names = ("agent_us", "one_us", "bare_us", "bare_apart_us", "master_us", "wall_us", "own_us", "own_wall_us", "own_total_ms",
             "states_ms", "scalars_us", "columns_us")
    found = {name: [] for name in names}
    processors = sorted(os.sched_getaffinity(0))
    for _ in range(rounds):
        *figures, rows = walk_all(stage, walks)
        for name, figure in zip(("agent_us", "master_us", "wall_us"), figures):
            found[name].append(figure)
        with on_one_processor(stage.agent, stage.snmpd.process):
            found["one_us"].append(walk_all(stage, walks)[0])
        found["bare_us"].append(bare(tools, processors[0], processors[0]))
        found["bare_apart_us"].append(bare(tools, processors[0], processors[-1]))
        found["scalars_us"].append(of_scalars(stage, walks))
        found["columns_us"].append(of_columns(stage, walks))
    for _ in range(rounds):
        stage.fill(sockets)
        own = Walk(stage, CONNECTIONS, "-Cr50")
        states = Walk(stage, STATES)
        if own.variables < 2 * sockets or states.variables != 11:
            raise RuntimeError(f"{sockets} sockets: {own.variables} variables, {states.variables} states")
        found["own_us"].append(own.master / own.variables * 1e6)
        found["own_wall_us"].append(own.wall / own.variables * 1e6)
        found["own_total_ms"].append(own.master * 1e3)
        found["states_ms"].append((states.agent + states.master) * 1e3)
    result = {name: Spread(values) for name, values in found.items()}
    print(f"snmp: {rows} variables, agent {result['agent_us'].median:.1f} us each, on one processor "
          f"{result['one_us'].median:.1f}, a bare answer {result['bare_us'].median:.1f}; snmpd's own connections "
          f"{result['own_us'].median:.1f} us each", flush=True)
    return result, rows, sockets


def of_scalars(stage, count):
    """CPU of the agent for each variable of a GET of all 16 scalars."""
    places = [f"{snmp_host.SCALARS}.{number}.0" for number in range(1, 17)]
    start = measure.cpu_seconds(stage.agent.pid)
    for _ in range(count):
        stage.manager.get(*places)
    return (measure.cpu_seconds(stage.agent.pid) - start) / (count * len(places)) * 1e6


def of_columns(stage, count):
    """The same of a GETBULK of all eight columns of a table, as managers ask that fetch rows: one AgentX request a row."""
    places = [f"{snmp_host.TABLES}.2.1.{column}" for column in range(1, 9)]
    start, variables = measure.cpu_seconds(stage.agent.pid), 0
    for _ in range(count):
        answer = stage.manager.run("snmpbulkget", "-Cn0", "-Cr20", "-On", stage.manager.address, *places)
        variables += len(answer.stdout.splitlines())
    return (measure.cpu_seconds(stage.agent.pid) - start) / variables * 1e6
