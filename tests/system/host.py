# SPDX-License-Identifier: Apache-2.0
"""What the system tests stand on: network namespaces, the real agent in them, loads, and HTTP over any socket.
Everything that is made here is gone when the test ends, also when it fails, hangs or is interrupted."""
import atexit
import contextlib
import http.client
import itertools
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = pathlib.Path(os.environ.get("SOURCE", HERE.parents[1]))
BUILD = pathlib.Path(os.environ.get("BUILD", SOURCE / "build"))
CHOKEPOINT = os.environ.get("CHOKEPOINT", str(BUILD / "chokepoint"))
LOAD = str(BUILD / "tests/load")
PACE = str(BUILD / "tests/pace")
LIVES = str(BUILD / "tests/lives")
WAIT_SECONDS = 20
NETNS_PREFIX = "cp-"

sys.path.insert(0, str(SOURCE / "tests/exporter/formats"))
import check_exposition  # noqa: E402  pylint: disable=wrong-import-position

numbers = itertools.count()


def main(limit_seconds):
    """Runs the tests of the calling file within the limit, which is below its ctest TIMEOUT: what ctest kills cannot
    clean up after itself."""
    if os.geteuid() != 0:
        sys.exit("needs root: it makes network namespaces")

    def give_up(number, _):
        raise SystemExit(f"stopped by {signal.Signals(number).name} (the limit is {limit_seconds} s)")
    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, give_up)
    signal.alarm(limit_seconds)
    sweep()
    unittest.main(verbosity=2)


def sweep():
    """Removes namespaces whose test was killed."""
    for name in re.findall(r"^cp-\d+-\d+", run("ip", "netns", "list").stdout, re.MULTILINE):
        if not pathlib.Path(f"/proc/{name.split('-')[1]}").exists():
            run("ip", "netns", "del", name, check=False)


def run(*command, check=True, timeout=WAIT_SECONDS, **more):
    more = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **more}
    if "input" not in more:
        more["stdin"] = subprocess.DEVNULL
    result = subprocess.run([str(word) for word in command], timeout=timeout, check=False, **more)
    if check and result.returncode != 0:
        raise RuntimeError(f"{command}: {result.returncode}: {result.stdout}{result.stderr}")
    return result


def wait_for(condition, what, seconds=WAIT_SECONDS, pause=0.05):
    """The condition's first true answer."""
    end = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(pause)
    return answer


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Things(contextlib.ExitStack):
    """Makes what a test needs and takes it away again."""

    def __init__(self):
        super().__init__()
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="chokepoint-system-"))
        self.directory.chmod(0o755)
        self.callback(shutil.rmtree, self.directory, ignore_errors=True)
        atexit.register(self.close)

    def namespace(self):
        return self.enter_context(Namespace())

    def popen(self, *command, namespace=None, **more):
        """Starts a program; it is stopped by its own pid at the end."""
        words = [str(word) for word in command]
        if namespace:
            words = ["ip", "netns", "exec", namespace.name, *words]  # this execs: the pid stays
        process = subprocess.Popen(words, **{"stdin": subprocess.DEVNULL, **more})
        self.callback(stop, process)
        return process

    def load(self, *words, namespace=None, program=LOAD):
        """Starts tests/system/load and waits until it has made its sockets."""
        process = self.popen(program, *words, namespace=namespace, stdout=subprocess.PIPE)
        if process.stdout.readline() != b"ready\n":
            raise RuntimeError(f"load {words}: {process.wait()}")
        return process

    def agent(self, *flags, **more):
        return self.enter_context(Agent(self, *flags, **more))

    def write(self, name, text):
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


def unprivileged(things, *capabilities):
    """What to put before a command that shall run as nobody, able to write to the test's directory, with no capability
    but these."""
    things.directory.chmod(0o777)
    only = ",".join(["-all", *(f"+{capability}" for capability in capabilities)])
    return ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", f"--inh-caps={only}",
            f"--ambient-caps={only}", f"--bounding-set={only}")


def stop(process, seconds=5):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            pipe.close()


class Namespace:
    """A network namespace with its loopback up. tcp_rfc1337 keeps late resets from ending a TIME_WAIT early."""

    def __init__(self):
        self.name = f"{NETNS_PREFIX}{os.getpid()}-{next(numbers)}"

    def __enter__(self):
        run("ip", "netns", "add", self.name)
        try:
            self.run("ip", "link", "set", "lo", "up")
            self.sysctl("net.ipv4.tcp_rfc1337=1")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for pid in run("ip", "netns", "pids", self.name, check=False).stdout.split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)  # all in here is ours
        run("ip", "netns", "del", self.name, check=False)

    def run(self, *command, **more):
        return run("ip", "netns", "exec", self.name, *command, **more)

    def sysctl(self, *settings):
        for setting in settings:
            self.run("sysctl", "-qw", setting)

    def silent_peer(self):
        """An address at the end of a cable to nobody: who is asked there does not answer."""
        for command in ("link add silent0 type veth peer name silent1", "addr add 10.99.0.1/24 dev silent0",
                        "link set silent0 up", "link set silent1 up",
                        "neigh add 10.99.0.2 lladdr 02:00:00:00:00:99 dev silent0"):
            self.run("ip", *command.split())
        return "10.99.0.2"


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket, which reaches into every network namespace and is no TCP socket to be counted."""

    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def text(self):
        return self.body.decode()

    def json(self):
        return json.loads(self.body)


class Agent:
    """The agent under test, in a namespace or in ours, served on a Unix socket. Its log is in the file `log`."""

    def __init__(self, things, *flags, namespace=None, prefix=(), interval="300ms"):
        number = next(numbers)
        self.socket = str(things.directory / f"agent-{number}.sock")
        self.control = str(things.directory / f"control-{number}.sock")
        self.log = things.directory / f"agent-{number}.log"
        if not any(str(flag).startswith(("--snmp", "--no-snmp")) for flag in flags):
            flags = (f"--snmp.agentx-socket={things.directory}/no-master", *flags)  # not the machine's own snmpd
        command = [*prefix, CHOKEPOINT, f"--web.listen-address=unix:{self.socket}", f"--control.socket={self.control}",
                   f"--sample.interval={interval}", *flags]
        with self.log.open("wb") as log:
            self.process = things.popen(*command, namespace=namespace, stdout=log, stderr=log)

    def __enter__(self):
        wait_for(self.ready, lambda: f"the agent is ready; its log: {self.log.read_text()}")
        return self

    def __exit__(self, *_):
        stop(self.process)

    def ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the agent ended with {self.process.returncode}: {self.log.read_text()}")
        try:
            return self.get("/-/ready").status == 200
        except OSError:
            return False

    def get(self, path, headers=None, method="GET", control=False):
        connection = UnixConnection(self.control if control else self.socket, timeout=10)
        try:
            connection.request(method, path, headers=headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def metrics(self, **more):
        """All series of the present snapshot, strictly checked."""
        return Series(checked(self.get("/metrics", **more)))

    def next_metrics(self, **more):
        """The series of the sample after the next one: it was begun after this call."""
        start = self.sequence()
        wait_for(lambda: self.sequence() >= start + 2, "two more samples")
        return self.metrics(**more)

    def sequence(self):
        return self.get("/api/v1/snapshot").json()["sample"]["sequence"]

    def stop(self):
        """SIGTERM; its exit status and the seconds it took."""
        start = time.monotonic()
        self.process.terminate()
        status = self.process.wait(10)
        return status, time.monotonic() - start


def checked(answer):
    if answer.status != 200:
        raise AssertionError(f"status {answer.status}: {answer.body[:200]}")
    defects, series = check_exposition.check(
        answer.body, check_exposition.is_openmetrics(answer.headers["Content-Type"]))
    if defects:
        raise AssertionError(f"the exposition has defects: {defects[:10]}")
    return series


class Series(dict):
    """{(name, frozenset of labels): value} with questions that tests ask. Names without the prefix."""

    def select(self, name, **labels):
        """[(labels, value)] of the series of this name that have at least these labels."""
        wanted = labels.items()
        return [(dict(found), value) for (family, found), value in self.items()
                if family == "chokepoint_" + name and wanted <= dict(found).items()]

    def one(self, name, **labels):
        found = self.select(name, **labels)
        if len(found) != 1:
            raise AssertionError(f"{name}{labels}: {len(found)} series, not one: {found} of {self.select(name)}")
        return found[0][1]

    def total(self, name, **labels):
        return sum(value for _, value in self.select(name, **labels))

    def by(self, label, name, **labels):
        """{value of the label: sum of the series}."""
        sums = {}
        for found, value in self.select(name, **labels):
            sums[found.get(label, "")] = sums.get(found.get(label, ""), 0) + value
        return sums
