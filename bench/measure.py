# SPDX-License-Identifier: Apache-2.0
"""How things are measured: CPU of processes to the nanosecond, from outside and alike for everybody."""
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/system"))
import host  # noqa: E402  pylint: disable=wrong-import-position

QUIET_SECONDS = 0.15
POLL_SECONDS = 0.02
BUSY_SECONDS = 0.0002  # less than this is the timer's own wake-up


def cpu_seconds(pid):
    """CPU time of all threads so far."""
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except FileNotFoundError:
            pass
    return total / 1e9


def rss_anon_bytes(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"no RssAnon of {pid}")


def after_a_burst(pid, limit_seconds):
    """Waits until the process has worked and rests again: the middle of a pause between two samples."""
    end = time.monotonic() + limit_seconds
    start = last = cpu_seconds(pid)
    quiet = 0
    while time.monotonic() < end and not (last - start > BUSY_SECONDS and quiet >= QUIET_SECONDS):
        time.sleep(POLL_SECONDS)
        now = cpu_seconds(pid)
        quiet = quiet + POLL_SECONDS if now == last else 0
        last = now


def cpu_per_sample(pid, interval_seconds, samples):
    """Mean CPU of one sample of a process that samples at this interval. The window begins between two samples, so it
    holds exactly so many."""
    after_a_burst(pid, 3 * interval_seconds)
    end = time.monotonic() + interval_seconds * samples
    start = cpu_seconds(pid)
    time.sleep(end - time.monotonic())
    return (cpu_seconds(pid) - start) / samples


def cpu_of(command):
    """(CPU, output) of a program that runs and ends."""
    with subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as process:
        output = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{command}: {process.returncode}")
    return usage.ru_utime + usage.ru_stime, output


def bare(output):
    """(items, median CPU) of the lines that bare_dump and bare_walk print."""
    rows = [line.split() for line in output.splitlines()]
    return int(rows[-1][0]), statistics.median(float(cpu) for _, cpu in rows)


class Spread:
    """Values of several rounds."""

    def __init__(self, values):
        self.values = list(values)

    def __truediv__(self, other):
        """Round by round: a disturbance of the machine hits both."""
        return Spread(mine / theirs for mine, theirs in zip(self.values, other.values))

    def __mul__(self, factor):
        return Spread(value * factor for value in self.values)

    @property
    def median(self):
        return statistics.median(self.values)

    def text(self, form="{:.3g}"):
        low, high = min(self.values), max(self.values)
        return " / ".join(form.format(value) for value in (low, self.median, high))
