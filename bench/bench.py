# SPDX-License-Identifier: Apache-2.0
"""Runs every part and writes the report. What started it has built everything: bench/run."""
import argparse
import os
import pathlib
import signal
import sys

import events_part
import mail_part
import measure
import report
import scrape_part
import snmp_part
import tcp_load_part
import tcp_part
from measure import host

LIMIT_SECONDS = 1700
FULL = {"sockets": (1_000, 10_000, 100_000), "rounds": 3, "samples": 8, "files": 100_000, "messages": 20_000,
        "requests": 30_000, "rest_seconds": 20, "connections": 100_000, "rate": 2_000, "minute_seconds": 60, "warm_up": 65,
        "walks": 8, "snmp_connections": 20_000, "processes": 500, "descriptors": 200, "walked_rates": (2_000, 20_000),
        "established": 1_000_000}
QUICK = {"sockets": (500, 1_000), "rounds": 1, "samples": 2, "files": 1_000, "messages": 50, "requests": 500,
         "rest_seconds": 3, "connections": 2_000, "rate": 200, "minute_seconds": 6, "warm_up": 2,
         "walks": 1, "snmp_connections": 500, "processes": 5, "descriptors": 20, "walked_rates": (200,), "established": 2_000}


def give_up(number, _):
    raise SystemExit(f"bench: stopped by {signal.Signals(number).name} (the limit is {LIMIT_SECONDS} s)")


class Bench:
    """The parts, in the order in which they run: 100,000 sockets anywhere on the machine make every later walk longer."""

    def __init__(self, result, size, tools):
        self.result, self.size, self.tools = result, size, tools

    def rest(self, things):
        self.result.rest(*tcp_part.at_rest(things, self.size["rest_seconds"]))

    def scrapes(self, things):
        self.result.scrapes(scrape_part.run(things, self.size["rounds"], self.size["requests"]))

    def mail(self, things):
        rounds = self.size["rounds"]
        for kind in mail_part.KINDS:
            self.result.mail(kind, mail_part.fake(things, self.tools, kind, self.size["files"], rounds),
                             mail_part.real(things, self.tools, kind, self.size["messages"], rounds))

    def snmp(self, things):
        self.result.snmp(*snmp_part.run(things, self.tools, self.size["snmp_connections"], self.size["rounds"],
                                        self.size["walks"]))

    def tcp(self, things):
        self.result.tcp(tcp_part.run(things, self.tools, self.size["sockets"], self.size["rounds"], self.size["samples"],
                                     events_part.available()))

    def events(self, things):
        if events_part.available():
            self.result.events(*events_part.run(things, self.tools, self.size["connections"], self.size["rate"],
                                                self.size["minute_seconds"], self.size["warm_up"]))

    def owners(self, things):
        self.result.owners(tcp_load_part.owners(things, self.tools, self.size["processes"], self.size["descriptors"]))

    def rates(self, things):
        for rate in self.size["walked_rates"]:
            self.result.rate(rate, tcp_load_part.rate(things, self.tools, rate, self.size["samples"]))

    def established(self, things):
        self.result.established(*tcp_load_part.established(things, self.tools, self.size["established"],
                                                           self.size["samples"]))


PARTS = ("rest", "scrapes", "mail", "snmp", "tcp", "events", "owners", "rates", "established")


def main():
    parser = argparse.ArgumentParser(prog="bench/run", allow_abbrev=False, description=
                                     "Measures chokepoint side by side with its peers and writes bench/results.md.")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: shows that it runs, measures nothing")
    parser.add_argument("--output", type=pathlib.Path, default=measure.ROOT / "bench/results.md", help="file to write")
    parser.add_argument("--part", action="append", choices=PARTS,
                        help="run this part only (may be repeated); the others stay in the file as they are")
    arguments = parser.parse_args()
    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, give_up)
    signal.alarm(LIMIT_SECONDS)
    host.sweep()
    result = report.Report("bench/run" + (" --quick" if arguments.quick else ""), arguments.quick)
    bench = Bench(result, QUICK if arguments.quick else FULL, pathlib.Path(os.environ["BENCH_TOOLS"]))
    for part in PARTS:
        if not arguments.part or part in arguments.part:
            with host.Things() as things:
                getattr(bench, part)(things)
    result.write(arguments.output, arguments.part)
    print(f"bench: wrote {arguments.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
