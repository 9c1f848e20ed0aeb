# SPDX-License-Identifier: Apache-2.0
"""Clients of which every connection is known, and how the agent's owners of TIME_WAIT are held against them."""
import array
import collections
import shutil
import signal
import time

import host

# name, mode, connections per second, life in microseconds, address, port. The first two share a destination.
CLIENTS = (
    ("cp-quick", "sequence", 130, 100, "127.0.0.1", 9001),
    ("cp-pooled", "pool", 100, 20_000, "127.0.0.1", 9001),
    ("cp-slow", "pool", 100, 1_000_000, "127.0.0.1", 9002),
    ("cp-forks", "forks", 60, 1_000, "127.0.0.1", 9003),
    ("cp-threads", "threads", 120, 2_000, "127.0.0.1", 9004),
    ("cp-served", "served", 100, 100, "127.0.0.1", 9005),
    ("cp-six", "sequence", 120, 500, "::1", 9006),
    ("cp-mapped", "sequence", 120, 500, "::ffff:127.0.0.1", 9007),
)
SERVER = "cp-server"
SETTLE_SECONDS = 0.3


class Crowd:
    """The clients at work in a namespace of their own, for so many seconds."""

    def __init__(self, things, namespace, seconds, factor=1.0, clients=CLIENTS):
        self.things, self.namespace = things, namespace
        self.ports = sorted({client[5] for client in clients})
        self.directory = things.directory / namespace.name
        self.directory.mkdir()
        self.logs, self.owners, self.read = {}, collections.defaultdict(dict), {}
        listening = [word for port in self.ports for word in ("0.0.0.0", port)]
        listening += [word for client in clients if client[4] == "::1" for word in client[4:6]]
        things.load("server", 4096, *listening, namespace=namespace, program=self.program(host.LOAD, SERVER))
        self.clients = []
        for name, mode, rate, life, address, port in clients:
            log = self.directory / f"{name}.log"
            program = self.program(host.LIVES, name)
            self.logs[name] = (log, port)
            self.clients.append(things.load(mode, int(rate * factor), life, seconds, log, address, port,
                                            namespace=namespace, program=program))

    def program(self, source, name):
        return shutil.copy(source, self.directory / name)

    def signal(self, number):
        for client in self.clients:
            if client.poll() is None:
                client.send_signal(number)

    def failed(self):
        return [client.args for client in self.clients if client.poll() not in (None, 0)]

    def learn(self):
        """Brings {port: {local port: (when, name)}} up to date with what the clients wrote down."""
        for name, (log, port) in self.logs.items():
            with log.open("rb") as file:
                file.seek(self.read.get(name, 0))
                text = file.read()
            whole = len(text) - len(text) % 16
            self.read[name] = self.read.get(name, 0) + whole
            numbers = array.array("Q", text[:whole])
            owners = self.owners[port]
            for when, local in zip(numbers[::2], numbers[1::2]):
                if local not in owners or owners[local][0] < when:
                    owners[local] = (when, name)

    def truth(self):
        """{(process, role, port): TIME_WAITs} of this moment, by the kernel's list and what the clients wrote."""
        lines = self.namespace.run("ss", "-tanH", "state", "time-wait").stdout.splitlines()
        self.learn()
        counts = collections.Counter()
        for line in lines:
            local, remote = (int(word.rpartition(":")[2]) for word in line.split()[2:4])
            if local in self.ports:
                counts[SERVER, "inbound", local] += 1
            else:
                counts[self.owners[remote][local][1], "outbound", remote] += 1
        return counts


def claimed(series, exact=False):
    """The same by the agent; exact leaves out what it marks as estimated."""
    counts = collections.Counter()
    for labels, value in series.select("tcp_process_sockets", state="time_wait"):
        counts[labels["process"], labels["role"], int(labels["port"])] += value
    if exact:
        for labels, value in series.select("tcp_process_estimated_sockets", state="time_wait"):
            counts[labels["process"], labels["role"], int(labels["port"])] -= value
    return counts


def next_of(agents):
    """The series of each agent's sample after its next one."""
    wanted = [agent.sequence() + 2 for agent in agents]
    host.wait_for(lambda: all(agent.sequence() >= number for agent, number in zip(agents, wanted)), "two more samples")
    return [agent.metrics() for agent in agents]


def standing_still(crowd, agents, tries=20):
    """While the clients are stopped: ([series of each agent], truth) of one moment. TIME_WAITs end in steps, so a
    moment is one at which each agent says the same before and after."""
    crowd.signal(signal.SIGSTOP)
    try:
        time.sleep(SETTLE_SECONDS)
        for _ in range(tries):
            before = next_of(agents)
            truth = crowd.truth()
            after = next_of(agents)
            if [claimed(series) for series in before] == [claimed(series) for series in after]:
                return after, truth
        raise AssertionError("the TIME_WAITs never stood still")
    finally:
        crowd.signal(signal.SIGCONT)


def shares(claims, truth):
    """(right, wrong): what part of the true TIME_WAITs has its true owner, and what part a false one."""
    total = sum(truth.values())
    right = sum(min(claims[key], count) for key, count in truth.items())
    wrong = sum(max(0, count - truth[key]) for key, count in claims.items() if key[0] not in ("unknown", "other"))
    return right / total, wrong / total


class Checks:
    """What must hold at one moment; mixed into a unittest.TestCase."""

    def check_events(self, series, truth, least_right=0.995):
        claims = claimed(series)
        right, wrong = shares(claims, truth)
        total, told = sum(truth.values()), series.one("tcp_sockets", state="time_wait")
        difference = abs(told - total) / total
        print(f"events: {total} TIME_WAIT: right {right:.4%}, wrong {wrong:.4%}, total off {difference:.4%}, "
              f"lost {series.one('events_lost_total'):.0f}", flush=True)
        self.assertEqual(series.one("tcp_events_active"), 1)
        self.assertGreaterEqual(right, least_right, (claims, truth))
        self.assertLessEqual(wrong, 0.001, (claims, truth))
        self.assertLessEqual(difference, 0.005)

    def check_walk(self, series, truth):
        claims = claimed(series, exact=True)
        _, wrong = shares(claims, truth)
        served = sum(count for (name, _, _), count in truth.items() if name == SERVER)
        named = sum(count for (name, role, _), count in claims.items() if (name, role) == (SERVER, "inbound"))
        print(f"walk: {named:.0f} of {served} of the server's side named; wrong {wrong:.4%}", flush=True)
        self.assertGreaterEqual(named, 0.99 * served)
        self.assertEqual(wrong, 0, (claims, truth))
