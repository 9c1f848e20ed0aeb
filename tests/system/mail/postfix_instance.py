# SPDX-License-Identifier: Apache-2.0
"""A real Postfix of its own: configuration, queue and data in a temporary directory, in a network namespace."""
import contextlib
import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time

PORT = 2525
TIMEOUT_SECONDS = 60

MAIN_CF = """\
compatibility_level = 3.6
root = {root}
queue_directory = $root/queue
data_directory = ${{root}}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
enable_long_queue_ids = {long_ids}
myhostname = mail.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
# Nobody listens there: every message is deferred.
relayhost = [127.0.0.1]:1
disable_dns_lookups = yes
in_flow_delay = 0
smtpd_relay_restrictions = permit_mynetworks,
    reject
alias_maps =
alias_database =
maillog_file_prefixes = {root}
maillog_file = $root/log
{extra}
"""


def run(*command, check=True):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            stdin=subprocess.DEVNULL, timeout=TIMEOUT_SECONDS, check=False)
    if check and result.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {result.returncode}: {result.stdout}")
    return result.stdout


def wait_until(condition, what):
    end = time.monotonic() + TIMEOUT_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"timeout: {what}")
        time.sleep(0.2)


class Postfix:
    """Use as a context: it runs inside, and nothing of it is left afterwards."""

    def __init__(self, long_ids, extra="", port=PORT, processes="-", namespace=None, started=True):
        """extra: more lines of main.cf. processes: how many smtpd there may be. namespace: one that is there already, in
        which it listens on every address; without, it makes one of its own and listens on 127.0.0.1. started: else
        start() does that."""
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="chokepoint-postfix-"))
        self.given = namespace is not None
        self.netns = namespace.name if self.given else f"cp-mail-{os.getpid()}"
        self.config = self.root / "etc"
        self.long_ids = long_ids
        self.extra = extra
        self.port = port
        self.processes = processes
        self.started = started

    def __enter__(self):
        try:
            self._install()
            if self.started:
                self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _install(self):
        # Postfix's own user must get through.
        self.root.chmod(0o755)
        self.config.mkdir()
        for name in ("queue", "data"):
            (self.root / name).mkdir()
        os.chown(self.root / "data", pwd.getpwnam("postfix").pw_uid, -1)
        (self.config / "main.cf").write_text(self._main_cf())
        (self.config / "master.cf").write_text(self._master_cf())
        if not self.given:
            run("ip", "netns", "add", self.netns)
            self.inside("ip", "link", "set", "lo", "up")

    def start(self):
        self.inside("postfix", "-c", str(self.config), "start")
        wait_until(self._answers, "smtpd answers")

    def stop(self):
        self.inside("postfix", "-c", str(self.config), "stop", check=False)
        wait_until(lambda: self.given or not self._pids(), "Postfix stops")

    def reload(self):
        self.inside("postfix", "-c", str(self.config), "reload")

    def _main_cf(self):
        """What is set in `extra` is not set before: Postfix warns of it."""
        anew = set(re.findall(r"^(\w+) *=", self.extra, re.MULTILINE))
        text = MAIN_CF.format(root=self.root, long_ids="yes" if self.long_ids else "no", extra=self.extra)
        own, extra = text[:-len(self.extra) - 1], text[-len(self.extra) - 1:]
        return "".join(line for line in own.splitlines(keepends=True) if line.split(" ")[0] not in anew) + extra

    def _master_cf(self):
        """The package's services, none of them in a chroot, smtpd on a port of ours."""
        lines = []
        for line in pathlib.Path("/etc/postfix/master.cf.proto").read_text().splitlines():
            fields = line.split()
            if len(fields) >= 8 and not line.startswith(("#", " ")):
                fields[4] = "n"
                if fields[:2] == ["smtp", "inet"]:
                    fields[0] = f"{'0.0.0.0' if self.given else '127.0.0.1'}:{self.port}"
                    fields[6] = str(self.processes)
                line = " ".join(fields)
            lines.append(line)
        return "\n".join(lines) + "\n"

    def _answers(self):
        probe = f"exec 3<>/dev/tcp/127.0.0.1/{self.port} && head -c 3 <&3"
        return self.inside("timeout", "5", "bash", "-c", probe, check=False).startswith("220")

    def __exit__(self, *_):
        master = self.root / "queue/pid/master.pid"
        if master.exists() and self.given:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(int(master.read_text()), signal.SIGKILL)
        elif master.exists():
            self.stop()
        if not self.given:
            run("ip", "netns", "del", self.netns, check=False)
        shutil.rmtree(self.root, ignore_errors=True)

    def _pids(self):
        return run("ip", "netns", "pids", self.netns, check=False).split()

    def inside(self, *command, check=True):
        return run("ip", "netns", "exec", self.netns, *command, check=check)

    def inject(self, count, size, recipient="recipient@example.net"):
        self.inside("smtp-source", "-s", "4", "-m", str(count), "-l", str(size), "-f", "sender@mail.example",
                    "-t", recipient, f"127.0.0.1:{self.port}")

    def queue(self):
        """What postqueue says: a list of messages."""
        return [json.loads(line) for line in run("postqueue", "-c", str(self.config), "-j").splitlines()]

    def settle(self, count):
        """Waits until so many messages are deferred and none is on its way."""
        def settled():
            queues = [message["queue_name"] for message in self.queue()]
            return len(queues) == count and set(queues) <= {"deferred", "hold"}
        wait_until(settled, f"{count} messages deferred")

    def postsuper(self, option, ids):
        for queue_id in ids:
            run("postsuper", "-c", str(self.config), option, queue_id)


def samples(exposition):
    """Prometheus text to {name{labels}: value}, with labels as a frozenset of pairs."""
    found = {}
    for line in exposition.splitlines():
        match = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
        if match and not line.startswith("#"):
            labels = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match[2] or "")
            found[match[1], frozenset(labels)] = float(match[3])
    return found
