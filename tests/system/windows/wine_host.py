# SPDX-License-Identifier: Apache-2.0
"""A Windows host, by Wine in a network namespace: the agent, `reg` and whatever else runs there, asked from Linux. Wine
shows the sockets of the namespace in which its server was started, so that one is ours alone."""
import email
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import host  # noqa: E402  pylint: disable=wrong-import-position

WINE = host.SOURCE / "packaging/windows/wine"
PREFIX = pathlib.Path(os.environ.get("CHOKEPOINT_WINEPREFIX", host.BUILD / "wine"))
ADDRESS = "127.0.0.1:10421"
TCP_PARAMETERS = r"HKLM\System\CurrentControlSet\Services\Tcpip\Parameters"
# What Wine's event log cannot do ends the process: the test's own says that it cannot be read.
PROGRAMS = ("chokepoint.exe", "tests/system/windows/wevtapi.dll", "tests/system/windows/control.exe")
START_SECONDS = 90  # Wine makes a prefix, on a machine that does other things too


class Answer:
    """What curl printed: the headers, then the body."""

    def __init__(self, printed):
        head, _, self.body = printed.partition(b"\r\n\r\n")
        status, _, fields = head.decode().partition("\r\n")
        self.status = int(status.split()[1])
        self.headers = email.message_from_string(fields)


class WineHost:
    def __init__(self, things):
        self.things = things
        self.namespace = things.namespace()
        self.environment = {**os.environ, "CHOKEPOINT_WINEPREFIX": str(PREFIX), "WINEPREFIX": str(PREFIX)}
        PREFIX.mkdir(parents=True, exist_ok=True)
        for program in PROGRAMS:
            shutil.copy(host.BUILD / program, things.directory)
        self.program = things.directory / "chokepoint.exe"
        self.forget_server()
        things.callback(self.forget_server)
        # Between two programs Wine would end its service manager, and start services anew with the next one. What the
        # first program starts keeps its outputs: a pipe would have no end.
        nothing = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.things.popen(WINE, "cmd", "/k", namespace=self.namespace, env=self.environment, stdin=subprocess.PIPE,
                          **nothing)
        self.run("cmd", "/c", "exit", **nothing)

    def forget_server(self):
        """The next program starts a Wine of its own, in its own namespace."""
        for server in ("/usr/lib/wine/wineserver64", "/usr/lib/wine/wineserver"):
            if pathlib.Path(server).exists():
                host.run(server, "-k", check=False, env=self.environment, timeout=60)
                host.run(server, "-w", check=False, env=self.environment, timeout=60)
                return

    def run(self, *words, check=True, timeout=START_SECONDS, **more):
        return self.namespace.run(WINE, *words, check=check, timeout=timeout, env=self.environment, **more)

    def chokepoint(self, *words, **more):
        return self.run(self.program, *words, **more)

    def agent(self, *flags):
        """Starts the agent as a program; it is stopped by its pid at the end. Its log is in self.log."""
        self.log = self.things.directory / "agent.log"
        with self.log.open("ab") as log:
            process = self.things.popen(WINE, self.program, f"--web.listen-address={ADDRESS}", "--sample.interval=500ms",
                                        *flags, namespace=self.namespace, env=self.environment, stdout=log, stderr=log)
        self.wait_until_ready(lambda: f"it is ready; its log: {self.log.read_text()}")
        return process

    def wait_until_ready(self, what):
        host.wait_for(self.is_ready, what, seconds=START_SECONDS, pause=0.2)

    def is_ready(self):
        printed = self.curl("/-/ready", check=False)
        return printed.returncode == 0 and Answer(printed.stdout).status == 200

    def curl(self, path, *words, check=True):
        return self.namespace.run("curl", "-s", "-i", "-m", "10", *words, f"http://{ADDRESS}{path}", check=check,
                                  text=False)

    def get(self, path, *words):
        return Answer(self.curl(path, *words).stdout)

    def metrics(self):
        """All series of the present snapshot, strictly checked."""
        return host.Series(host.checked(self.get("/metrics")))

    def set_registry(self, name, number):
        self.run("reg", "add", TCP_PARAMETERS, "/v", name, "/t", "REG_DWORD", "/d", str(number), "/f")
        self.things.callback(self.run, "reg", "delete", TCP_PARAMETERS, "/v", name, "/f", check=False)

    def drive(self, path):
        """A file of drive C:."""
        return PREFIX / "drive_c" / path
