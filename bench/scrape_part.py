# SPDX-License-Identifier: Apache-2.0
"""Scrapes per second and the slowest of a hundred, by ab, of the agent and of node_exporter with nothing but tcpstat."""
import re

from measure import Spread, host

AGENT_PORT, NODE_EXPORTER_PORT = 10421, 9101
FEW = 4
# The agent takes 32 connections from one address, so the hundred come from four.
SOURCES = [f"127.0.0.{number}" for number in range(2, 6)]
MANY = 100


def start_ab(things, namespace, source, port, clients, requests):
    return things.popen("ab", "-q", "-k", "-B", source, "-c", clients, "-n", requests, f"http://127.0.0.1:{port}/metrics",
                        namespace=namespace, stdout=host.subprocess.PIPE)


def finish_ab(process):
    """(requests per second, milliseconds that 99 % stay under)"""
    output = process.stdout.read().decode()
    if process.wait() != 0:
        raise RuntimeError(output)
    failed = int(re.search(r"Failed requests:\s+(\d+)", output)[1])
    # An answer of another length than the first counts as failed for ab; node_exporter's vary.
    lengths = int((re.search(r"Length: (\d+)", output) or [0, 0])[1])
    if failed > lengths or "Non-2xx" in output:
        raise RuntimeError(output)
    return float(re.search(r"Requests per second:\s+([\d.]+)", output)[1]), float(re.search(r"99%\s+(\d+)", output)[1])


def rate(things, namespace, port, requests):
    """Scrapes per second with few clients."""
    return finish_ab(start_ab(things, namespace, SOURCES[0], port, FEW, requests))[0]


def p99(things, namespace, port, requests):
    """The worst p99 of the addresses that the many clients come from."""
    running = [start_ab(things, namespace, source, port, MANY // len(SOURCES), requests // len(SOURCES))
               for source in SOURCES]
    return max(finish_ab(process)[1] for process in running)


def run(things, rounds, requests):
    """{program: (Spread of scrapes per second with few clients, Spread of p99 in ms with many)}"""
    namespace = things.namespace()
    agent = things.agent(f"--web.listen-address=127.0.0.1:{AGENT_PORT}", namespace=namespace, interval="5s")
    with (things.directory / "node_exporter.log").open("wb") as log:
        things.popen("prometheus-node-exporter", "--collector.disable-defaults", "--collector.tcpstat",
                     "--web.max-requests=0", f"--web.listen-address=127.0.0.1:{NODE_EXPORTER_PORT}",
                     namespace=namespace, stdout=log, stderr=log)
    programs = {"chokepoint": (AGENT_PORT, requests), "node_exporter tcpstat": (NODE_EXPORTER_PORT, max(200, requests // 10))}
    for port, _ in programs.values():
        host.wait_for(lambda port=port: namespace.run("curl", "-sSf", f"http://127.0.0.1:{port}/metrics",
                                                      check=False).returncode == 0, f"port {port} answers")
    found = {name: ([], []) for name in programs}
    for _ in range(rounds):
        for name, (port, number) in programs.items():
            found[name][0].append(rate(things, namespace, port, number))
            found[name][1].append(p99(things, namespace, port, number))
    agent.stop()
    for name, (rates, slowest) in found.items():
        print(f"scrapes: {name}: {Spread(rates).median:.0f}/s, p99 {Spread(slowest).median:.0f} ms with {MANY} clients",
              flush=True)
    return {name: (Spread(rates), Spread(slowest)) for name, (rates, slowest) in found.items()}
