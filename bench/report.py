# SPDX-License-Identifier: Apache-2.0
"""results.md: the figures, their ratios, and which budgets they meet."""
import datetime
import os
import pathlib
import platform

import measure
import merge
import plot

MIB = 1 << 20
BUDGETS_HEAD = ["budget (all of them: budgets.md)", "bound", "median", ""]
MAIL_BOUNDS = {"long ids": (1.5, 100), "short ids": (6, 25)}  # most × the bare walk, least × less than the exporter


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def versions():
    listed = measure.host.run("dpkg-query", "-W", "-f", "${Package} ${Version}, ", "collectd-core", "prometheus-node-exporter",
                              "prometheus-postfix-exporter", "postfix", "apache2-utils", "snmpd", check=False).stdout
    return listed.rstrip(", ")


class Report:
    def __init__(self, command, quick):
        system = pathlib.Path("/etc/os-release").read_text().split('PRETTY_NAME="')[1].split('"')[0]
        revision = measure.host.run("git", "-C", measure.ROOT, "rev-parse", "--short=12", "HEAD", check=False).stdout.strip()
        self.lines = [
            "# Results", "",
            f"- {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC, `{command}`, revision {revision or 'unknown'}",
            f"- {system}, Linux {platform.release()}, {os.cpu_count()} processors ({processor()})",
            f"- {versions()}",
            "- A figure is lowest / median / highest over the rounds; a ratio is taken round by round. CPU is that of the "
            "program and of the kernel for it. Trust ratios, not figures, on another machine.",
        ]
        if quick:
            self.lines += ["- **A quick run: it shows that the benchmark works and measures nothing.**"]
        self.budgets = []
        self.ratios = {}
        self.quick = quick

    def table(self, title, head, rows):
        self.lines += ["", f"## {title}", "", f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
        self.lines += [f"| {' | '.join(row)} |" for row in rows]

    def budget(self, what, value, bound, at_most=True):
        """A budget and whether the value meets it."""
        met = value <= bound if at_most else value >= bound
        self.budgets.append((what, f"{'≤' if at_most else '≥'} {bound:g}", f"{value:.3g}", "met" if met else "**missed**"))

    def tcp(self, results):
        self.ratios = {count: {name: (spread / cpu["chokepoint"]).median for name, spread in cpu.items()}
                       for count, (cpu, _) in results.items()}
        for count, (cpu, memory) in results.items():
            ours = cpu["chokepoint"]
            self.table(f"One sample of {count:,} standing TIME_WAIT", ["program", "CPU, ms", "chokepoint takes", "RssAnon, MiB"],
                       [[name, (spread * 1000).text(),
                         (ours / spread).text() + " ×" if not name.startswith("chokepoint") else "",
                         f"{memory[name] / MIB:.1f}" if name in memory else ""] for name, spread in cpu.items()])
        most = max(results)
        cpu, memory = results[most]
        for peer, bound in (("bare dump", 1.15), ("collectd tcpconns", 1.05), ("node_exporter tcpstat", 0.4)):
            self.budget(f"walk mode, {most:,} sockets: one sample × {peer}", (cpu["chokepoint"] / cpu[peer]).median, bound)
        for peer in ("bare dump", "collectd tcpconns") if "chokepoint, events" in cpu else ():
            self.budget(f"event mode, {most:,} sockets: one sample × {peer}",
                        (cpu["chokepoint, events"] / cpu[peer]).median, 0.02)
        if "chokepoint, events" in memory:
            self.budget(f"RssAnon with events at {most:,} sockets, MiB", memory["chokepoint, events"] / MIB, 14)
        self.budget(f"RssAnon at {most:,} sockets, MiB", memory["chokepoint"] / MIB, 6)
        least = min(results)
        self.budget(f"memory per standing socket, bytes (from {least:,} to {most:,})",
                    (memory["chokepoint"] - results[least][1]["chokepoint"]) / (most - least), 1)

    def events(self, connection, minute):
        kernel = minute["kernel"] - minute["statistics"]
        ours = minute["agent"] + kernel
        self.table(f"A minute at {minute['rate']:,} connections a second, 5 s interval, the other ends on another host",
                   ["program", "CPU, ms a minute"], [
                       ["chokepoint with events", f"{minute['agent'] * 1000:.0f}"],
                       ["its program in the kernel", f"{kernel * 1000:.0f}"],
                       ["what measuring it costs (an empty program at the same place), not counted",
                        f"{minute['statistics'] * 1000:.0f}"],
                       ["collectd tcpconns", f"{minute['collectd'] * 1000:.0f}"]])
        self.lines += ["", f"{minute['standing']:,.0f} TIME_WAIT stand meanwhile. One connection, one end (the mean of both): {connection * 1e6:.2f} µs in the kernel, with what "
                       "measuring it costs. Where both ends are on one host, the program does up to twice as much. Of the "
                       f"minute's connections {minute['lost']:.0f} lost their place in the tables."]
        self.budget("events: one connection, one end, µs", connection * 1e6, 2)
        self.budget("events: that minute × collectd", ours / minute["collectd"], 0.5)
        self.budget("RssAnon with events in that minute, MiB", minute["memory"] / MIB, 14)

    def owners(self, found):
        each = found["learn"] / found["descriptors"]
        self.table(f"{found['processes']} processes, {found['descriptors']:,} descriptors, {found['sockets']:,} sockets among them",
                   ["work", "CPU", ""], [
            ["to learn every owner, once", f"{found['learn'] * 1000:.1f} ms", f"{each * 1e6:.2f} µs a descriptor"],
            ["a sample then", f"{found['later'] * 1000:.2f} ms", f"{found['later'] / found['bare']:.3g} × a bare dump"],
            ["RssAnon", f"{found['memory'] / MIB:.1f} MiB", f"{found['series']} series"]])
        self.budget("owners of new sockets, µs a descriptor", each * 1e6, 4)

    def rate(self, per_second, found):
        self.table(f"{per_second:,} connections a second asked for, {found['opened']:,.0f} opened; walk mode", ["work", "CPU", ""], [
            ["a sample", f"{found['sample'] * 1000:.2f} ms", f"{found['sample'] / found['bare']:.3g} × a bare dump of {found['sockets']:,} sockets"],
            ["a minute at the default interval of 5 s", f"{found['sample'] * 12000:.0f} ms", f"{found['sample'] / 5 * 100:.2g} % of one core"],
            ["a connection", f"{found['sample'] / 5 / found['opened'] * 1e6:.3g} µs", "a minute's samples over its connections"],
            ["RssAnon", f"{found['memory'] / MIB:.1f} MiB", ""]])

    def established(self, found, why_not):
        if not found:
            self.lines += ["", f"Not measured: {why_not}."]
            return
        self.table(f"{found['sockets']:,} established sockets, both ends on the host", ["work", "CPU", ""], [
            ["a sample", f"{found['sample'] * 1000:.0f} ms", f"{found['sample'] / found['bare']:.3g} × a bare dump"],
            ["RssAnon", f"{found['memory'] / MIB:.1f} MiB", ""]])
        self.budget(f"RssAnon at {found['sockets']:,} established sockets, MiB", found["memory"] / MIB, 6)

    def mail(self, kind, fake, real):
        self.table(f"Postfix queue of {fake['files']:,} deferred messages, {kind}", ["work", "CPU, ms", "ratio"], [
            ["bare getdents64 walk", (fake["bare"] * 1000).text(), ""],
            ["chokepoint, first sample", (fake["first"] * 1000).text(), (fake["first"] / fake["bare"]).text() + " × the walk"],
            ["the same as nobody with CAP_DAC_READ_SEARCH", (fake["capable"] * 1000).text(),
             (fake["capable"] / fake["first"]).text() + " × that of root"],
            ["chokepoint, one more sample, queue untouched", (fake["later"] * 1000).text(), ""],
            ["the same with an empty queue", (fake["none"] * 1000).text(), ""],
            ["the difference: what the queue costs", (fake["idle"] * 1000).text(),
             (fake["idle"] / fake["first"]).text() + " × the first"]])
        self.lines += ["", f"RssAnon of the agent with that queue: {fake['memory'] / MIB:.1f} MiB."]
        per = 1e6 / real["files"]
        self.table(f"The same of {real['files']:,} messages that a real Postfix queued, {kind}, for each message",
                   ["work", "CPU, µs a message", "chokepoint takes less by"], [
                       ["bare getdents64 walk", (real["bare"] * per).text(), ""],
                       ["chokepoint, first sample", (real["first"] * per).text(), ""],
                       ["prometheus-postfix-exporter's scrape, with its showq", (real["exporter"] * per).text(),
                        (real["exporter"] / real["first"]).text() + " ×"],
                       ["prometheus-postfix-exporter alone", (real["exporter_alone"] * per).text(),
                        (real["exporter_alone"] / real["first"]).text() + " ×"]])
        self.lines += ["", "The exporter needs a living showq, so its queue is a real one, of fewer messages: compare per message. "
                       "The agent reads a touched queue anew and an untouched one not at all; the exporter reads all of it at each scrape."]
        walk, exporter = MAIL_BOUNDS[kind]
        self.budget(f"Postfix, {kind}: first sample × bare walk", (fake["first"] / fake["bare"]).median, walk)
        self.budget(f"Postfix, {kind}: an untouched queue × the first sample", (fake["idle"] / fake["first"]).median, 0.01)
        self.budget(f"Postfix, {kind}: prometheus-postfix-exporter × first sample",
                    (real["exporter"] / real["first"]).median, exporter, False)

    def scrapes(self, found):
        ours, theirs = found["chokepoint"], found["node_exporter tcpstat"]
        self.table("Scrapes (`ab -k`)", ["program", "a second, 4 clients", "p99 with 100 clients, ms"],
                   [[name, rate.text("{:.0f}"), p99.text("{:.0f}")] for name, (rate, p99) in found.items()])
        self.lines += ["", f"chokepoint serves {(ours[0] / theirs[0]).text()} × the scrapes. ab takes one of the processors itself."]
        self.budget("scrapes a second × node_exporter", (ours[0] / theirs[0]).median, 15, False)
        self.budget("p99 of a scrape with 100 clients, ms", ours[1].median, 5)

    def snmp(self, found, variables, sockets):
        self.table(f"SNMP: bulk walks over all tables at their limits, {variables:,} variables, through snmpd", ["CPU, µs a variable", ""], [
            ["chokepoint, column by column, agent and snmpd on one processor", found["one_us"].text()],
            ["a program that only reads and answers, on the processor of who asks", found["bare_us"].text()],
            ["chokepoint, column by column, wherever the kernel puts it", found["agent_us"].text()],
            ["a program that only reads and answers, on another processor than who asks", found["bare_apart_us"].text()],
            ["chokepoint, eight columns in one request", found["columns_us"].text()], ["snmpd, beside it", found["master_us"].text()],
            ["chokepoint, GET of all scalars in one request", found["scalars_us"].text()],
            ["(wall time)", found["wall_us"].text()]])
        self.lines += ["", "snmpd asks for one variable at a time, and either waits for the other: what is over a bare answer is the "
                       "agent's, and what a bare answer costs more on another processor is the machine's way to wake that."]
        self.table(f"SNMP: what an NMS asks of {sockets:,} TIME_WAIT", ["", "CPU", "wall, µs a variable"], [
            ["snmpd's own tcpConnectionTable, 2 variables a socket",
             f"{found['own_us'].text()} µs a variable, {found['own_total_ms'].text()} ms in all", found["own_wall_us"].text()],
            ["chokepointTcpStateSockets, 11 variables: the sums, agent and snmpd", f"{found['states_ms'].text()} ms in all", ""]])
        waking = found["bare_apart_us"].median - found["bare_us"].median
        self.budget("SNMP: agent CPU, µs a variable, column by column, agent and snmpd on one processor", found["one_us"].median, 20)
        self.budget("SNMP: the same on two processors, less what a bare answer costs more there",
                    found["agent_us"].median - waking, 20)
        self.budget("SNMP: agent CPU, µs a variable, eight columns in one request", found["columns_us"].median, 20)

    def rest(self, share, memory):
        self.table("At rest: defaults, idle host, 5 s interval", ["", ""], [
            ["CPU, share of one core", f"{share * 100:.3f} %"], ["RssAnon, MiB", f"{memory / MIB:.1f}"]])
        self.budget("CPU at rest, % of one core", share * 100, 0.2)

    def write(self, path, parts=None):
        """parts: what of it was measured, None for all; the rest stays what the file has."""
        if not self.quick:
            self.table("Budgets", BUDGETS_HEAD, self.budgets)
        path.parent.mkdir(parents=True, exist_ok=True)
        plot_path = path.with_suffix(".svg")
        if self.ratios:
            plot_path.write_text(plot.bars("CPU of one sample of all TCP sockets, chokepoint = 1", self.ratios))
        self.lines[2:2] = [f"![CPU of one sample]({plot_path.name})", ""]
        text = "\n".join(self.lines) + "\n"
        if parts and path.exists():
            text = merge.merged(path.read_text(), text, ", ".join(parts))
        path.write_text(text)
