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


def main():
    parser = argparse.ArgumentParser(prog="bench/run", allow_abbrev=False, description=
                                     "Measures chokepoint side by side with its peers and writes bench/results.md.")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: shows that it runs, measures nothing")
    parser.add_argument("--output", type=pathlib.Path, default=measure.ROOT / "bench/results.md", help="file to write")
    arguments = parser.parse_args()
    size = QUICK if arguments.quick else FULL
    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, give_up)
    signal.alarm(LIMIT_SECONDS)
    host.sweep()
    tools = pathlib.Path(os.environ["BENCH_TOOLS"])
    with_events = events_part.available()
    result = report.Report("bench/run" + (" --quick" if arguments.quick else ""), arguments.quick)
    with host.Things() as things:
        # First, since 100,000 sockets anywhere on the machine make every later walk longer.
        result.rest(*tcp_part.at_rest(things, size["rest_seconds"]))
        result.scrapes(scrape_part.run(things, size["rounds"], size["requests"]))
        result.mail(mail_part.fake(things, tools, size["files"], size["rounds"]),
                    mail_part.real(things, tools, size["messages"], size["rounds"]))
    with host.Things() as things:
        result.snmp(*snmp_part.run(things, size["snmp_connections"], size["rounds"], size["walks"]))
    with host.Things() as things:
        result.tcp(tcp_part.run(things, tools, size["sockets"], size["rounds"], size["samples"], with_events))
    if with_events:
        with host.Things() as things:
            result.events(*events_part.run(things, size["connections"], size["rate"], size["minute_seconds"],
                                           size["warm_up"]))
    with host.Things() as things:
        result.owners(tcp_load_part.owners(things, tools, size["processes"], size["descriptors"]))
    for rate in size["walked_rates"]:
        with host.Things() as things:
            result.rate(rate, tcp_load_part.rate(things, tools, rate, size["samples"]))
    with host.Things() as things:
        result.established(*tcp_load_part.established(things, tools, size["established"], size["samples"]))
    result.write(arguments.output)
    print(f"bench: wrote {arguments.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
