#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Wrong flags, wrong configurations, signals, and what cannot be read: a clear line and the right exit status, and
whatever was in force stays in force."""
import os
import signal
import socket
import time
import unittest

import host

GOOD = "sample:\n  interval: 200ms\n"
USAGE, FAILURE = 2, 1
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


class Starts(unittest.TestCase):
    """Each of these must end at once, with one line and no port opened."""

    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.socket = self.things.directory / "agent.sock"

    def refused(self, *flags, status=USAGE, lines=1, seconds=2):
        """The words that it says."""
        start = time.monotonic()
        result = host.run(host.CHOKEPOINT, *flags, f"--web.listen-address=unix:{self.socket}",
                          f"--control.socket={self.things.directory}/control.sock", check=False)
        self.assertEqual(result.returncode, status, result.stderr)
        self.assertEqual(result.stderr.count("\n"), lines, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertFalse(self.socket.exists(), "it opened its socket")
        self.assertLess(time.monotonic() - start, seconds)
        return result.stderr

    def refused_file(self, text, lines=1):
        path = self.things.write("config.yml", text)
        words = self.refused(f"--config.file={path}", lines=lines)
        self.assertIn(f"{path}:", words)
        return words

    def test_unknown_flag(self):
        self.assertIn("--no-such-flag", self.refused("--no-such-flag"))

    def test_no_abbreviations(self):
        self.assertIn("--sample.inter", self.refused("--sample.inter=5s"))

    def test_wrong_value(self):
        self.assertIn("soon", self.refused("--sample.interval=soon"))

    def test_unexpected_argument(self):
        self.assertIn("now", self.refused("--log.level=info", "now"))

    def test_features_of_later_versions_are_refused(self):
        for flag in ("--web.config.file=x", "--web.systemd-socket"):
            self.assertIn(flag.split("=", maxsplit=1)[0], self.refused(flag))

    def test_snmp_is_checked_before_anything_is_opened(self):
        self.assertIn("agentx-socket", self.refused("--snmp.agentx-socket=tcp:127.0.0.1:705"))
        for text, what in (("snmp: {mode: master}", "agentx or standalone"), ("snmp: {base_oid: enterprises.1}", "object identifier"),
                           ("snmp: {base_oid: 1.3.6.1.4.1.8072.9999.9999.421.1}", "at most 10 numbers"),
                           ("snmp: {listen: 127.0.0.1}", "udp:ADDRESS:PORT"), ("snmp: {config_file: relative}", "an absolute path")):
            self.assertIn(what, self.refused_file(text + "\n"))
        path = self.things.write("config.yml", "snmp: {mode: standalone}\n")
        self.assertIn("snmp.config_file", self.refused(f"--config.file={path}"))

    def test_every_value_is_checked_before_anything_is_opened(self):
        for text, where, what in (
                ('tcp: {process_names: [{match: "(((", name: x}]}', "tcp.process_names[1].match", "regular expression"),
                ('tcp: {process_names: [{match: "a{9}{9}", name: x}]}', "tcp.process_names[1].match", "without {}"),
                ('tcp: {process_names: [{match: x, name: ""}]}', "tcp.process_names[1].name", "a name"),
                ("tuning: {advice: {net.ipv4.tcp_tw_reuse: foo}}", "tuning.advice.net.ipv4.tcp_tw_reuse", "at least 1"),
                ('tuning: {advice: {"../../etc/passwd": 1}}', "tuning.advice.../../etc/passwd", "the name of a sysctl"),
                ('web: {listen_addresses: ["bogus"]}', "web.listen_addresses", "HOST:PORT"),
                ("web: {telemetry_path: /status.txt}", "web.telemetry_path", "begins with /"),
                ("web: {telemetry_path: /check/json}", "web.telemetry_path", "begins with /"),
                ("web: {telemetry_path: /runbooks/watchdog}", "web.telemetry_path", "begins with /"),
                (f"control: {{socket: /{'x' * 300}}}", "control.socket", "107 octets"),
                ("mail: {spool: [{name: a, path: relative}]}", "mail.spool[1].path", "an absolute path"),
                ("mail: {postfix: [{config_directory: relative}]}", "mail.postfix[1].config_directory", "an absolute path")):
            words = self.refused_file(text + "\n")
            self.assertIn(where, words)
            self.assertIn(what, words)
        for flag in ("--web.listen-address=127.0.0.1:99999", "--web.listen-address=", "--web.listen-address=unix:",
                     "--web.telemetry-path=metrics", "--path.procfs=/nonexistent", "--path.rootfs=/etc/passwd"):
            self.assertIn(flag.split("=", maxsplit=1)[0], self.refused(flag))

    def test_unknown_key(self):
        self.assertIn(":2:", self.refused_file("sample:\n  intervall: 5s\n"))

    def test_unknown_section(self):
        self.assertIn("sampel", self.refused_file("sampel: {interval: 5s}\n"))

    def test_duplicate_key(self):
        self.assertIn(":3:", self.refused_file("sample:\n  interval: 5s\n  interval: 6s\n"))

    def test_malformed_yaml(self):
        self.refused_file("sample: {interval: 5s\n")

    def test_every_error_is_told(self):
        words = self.refused_file("sample:\n  interval: never\nwep: 1\n", lines=2)
        self.assertIn(":2:", words)
        self.assertIn(":3:", words)

    def test_missing_file(self):
        path = str(self.things.directory / "missing.yml")
        self.assertIn(path, self.refused(f"--config.file={path}"))

    def test_directory_for_a_file(self):
        self.assertIn(str(self.things.directory), self.refused(f"--config.file={self.things.directory}"))

    def test_huge_file(self):
        path = self.things.directory / "huge.yml"
        with path.open("w") as file:
            for _ in range(50):
                file.write("# " + "x" * (1 << 20) + "\n")
        self.assertIn(str(path), self.refused(f"--config.file={path}", seconds=1))

    def test_config_check(self):
        good, bad = self.things.write("good.yml", GOOD), self.things.write("bad.yml", "a: 1\n")
        self.assertEqual(host.run(host.CHOKEPOINT, "config", "check", good).returncode, 0)
        result = host.run(host.CHOKEPOINT, "config", "check", bad, check=False)
        self.assertEqual(result.returncode, USAGE)
        self.assertIn(f"{bad}:1:", result.stdout + result.stderr)

    def test_port_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            words = self.refused(f"--web.listen-address=127.0.0.1:{port}", status=FAILURE)
        self.assertIn(f"127.0.0.1:{port}", words)
        self.assertIn("in use", words)

    def test_address_that_is_not_ours(self):
        self.assertIn("192.0.2.1", self.refused("--web.listen-address=192.0.2.1:9999", status=FAILURE))


class Signals(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.namespace = self.things.namespace()

    def reload(self, agent, text):
        self.config.write_text(text)
        agent.process.send_signal(signal.SIGHUP)

    def test_reload(self):
        self.config = self.things.write("config.yml", GOOD)
        agent = self.things.agent(f"--config.file={self.config}", "--log.level=info", namespace=self.namespace)
        self.assertEqual(agent.metrics().one("config_last_reload_successful"), 1)

        self.reload(agent, "sample:\n  interval: 200ms\nno_such_section: 1\n")
        host.wait_for(lambda: agent.metrics().one("config_last_reload_successful") == 0, "the reload failed")
        self.assertIn("no_such_section", agent.log.read_text())
        self.assertTrue(agent.next_metrics().select("tuning_value"), "the configuration before stays in force")

        self.reload(agent, "tuning:\n  detail: true\n")
        host.wait_for(lambda: agent.metrics().one("config_last_reload_successful") == 1, "the reload succeeded")
        host.wait_for(lambda: agent.metrics().select("tuning_default_value"), "what the new configuration asks for")

    def test_flags_win_over_the_file(self):
        config = self.things.write("config.yml", "sample:\n  interval: 50s\n")
        agent = self.things.agent(f"--config.file={config}", namespace=self.namespace, interval="400ms")
        self.assertAlmostEqual(agent.metrics().one("sample_interval_seconds"), 0.4)

    def test_ends_when_told(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            agent = self.things.agent(namespace=self.namespace, interval="1h")
            start = time.monotonic()
            agent.process.send_signal(number)
            self.assertEqual(agent.process.wait(10), 0)
            self.assertLess(time.monotonic() - start, 2)
            self.assertFalse(os.path.exists(agent.socket), "its socket is gone")
            self.assertFalse(os.path.exists(agent.control), "its control socket is gone")

    def test_ends_in_time_with_a_slow_client(self):
        agent = self.things.agent(namespace=self.namespace)
        with socket.socket(socket.AF_UNIX) as slow:
            slow.connect(agent.socket)
            slow.sendall(b"GET /metrics HT")
            status, seconds = agent.stop()
        self.assertEqual(status, 0)
        self.assertLess(seconds, 2)

    def test_a_second_agent_does_not_take_the_first_ones_socket(self):
        agent = self.things.agent(namespace=self.namespace)
        result = host.run(host.CHOKEPOINT, f"--web.listen-address=unix:{agent.socket}",
                          f"--control.socket={self.things.directory}/other.sock", check=False)
        self.assertEqual(result.returncode, FAILURE, result.stderr)
        self.assertEqual(agent.get("/-/healthy").status, 200)


class Unreadable(unittest.TestCase):
    """What the agent may not read is told as a failed source and has no row: never 0."""

    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.namespace = self.things.namespace()
        self.things.directory.chmod(0o777)
        for name in ("open", "closed"):
            spool = self.things.directory / name
            spool.mkdir()
            (spool / "message").write_text("x" * 100)
        self.config = self.things.write("config.yml", "mail:\n  detect: false\n  spool:\n" + "".join(
            f"    - {{name: {name}, path: {self.things.directory / name}}}\n" for name in ("open", "closed")))

    def test_queue_directory(self):
        closed = self.things.directory / "closed"
        closed.chmod(0o700)
        agent = self.things.agent(f"--config.file={self.config}", namespace=self.namespace, prefix=NOBODY)
        series = agent.metrics()
        self.assertEqual(series.one("collector_source_success", source="spool:open"), 1)
        self.assertEqual(series.one("collector_source_success", source="spool:closed"), 0)
        self.assertEqual(series.one("mail_queue_messages", server="open"), 1)
        self.assertEqual(series.select("mail_queue_messages", server="closed"), [])
        self.assertEqual(agent.log.read_text().count(str(closed)), 1, "told once, with its path")
        self.assertIn("closed", agent.get("/").text)

        closed.chmod(0o755)
        host.wait_for(lambda: agent.metrics().select("mail_queue_messages", server="closed"), "it is read again")
        self.assertEqual(agent.metrics().one("collector_source_success", source="spool:closed"), 1)

    def test_directory_that_goes_away(self):
        agent = self.things.agent(f"--config.file={self.config}", namespace=self.namespace)
        self.assertEqual(agent.metrics().one("mail_queue_messages", server="closed"), 1)
        (self.things.directory / "closed").rename(self.things.directory / "moved")
        host.wait_for(lambda: not agent.metrics().select("mail_queue_messages", server="closed"), "its row is gone")
        self.assertEqual(agent.metrics().one("collector_source_success", source="spool:closed"), 0)

    def test_a_sysctl_that_this_kernel_does_not_have(self):
        """A name that could be one is no error of the configuration, and no other value is missing for it."""
        self.config.write_text("tuning: {advice: {net.ipv4.no_such_setting: 1, kernel.pid_max: at least 1}}\n")
        self.assertEqual(host.run(host.CHOKEPOINT, "config", "check", self.config).returncode, 0)
        agent = self.things.agent(f"--config.file={self.config}", namespace=self.namespace)
        series = agent.next_metrics()
        self.assertEqual({source: series.one("collector_source_success", source=source) for source in (
            "sysctl", "sysctl:kernel.pid_max", "sysctl:net.ipv4.no_such_setting")}, {
                "sysctl": 1, "sysctl:kernel.pid_max": 1, "sysctl:net.ipv4.no_such_setting": 0})
        self.assertEqual(series.one("tuning_ok", key="kernel.pid_max"), 1)
        self.assertEqual(series.select("tuning_value", key="net.ipv4.no_such_setting"), [])
        path = "tuning.advice: /proc/sys/net/ipv4/no_such_setting: No such file or directory"
        self.assertEqual(agent.log.read_text().count(path), 1, "told once")
        self.assertIn(path, agent.get("/").text)

    def test_without_rights_sockets_are_still_counted(self):
        self.things.load("server", 5, "127.0.0.1", 8025, namespace=self.namespace)
        self.things.load("hold", 3, 8025, "127.0.0.1", namespace=self.namespace)
        agent = self.things.agent("--no-collector.mail", namespace=self.namespace, prefix=NOBODY)
        series = agent.metrics()
        self.assertEqual(series.one("tcp_sockets", state="established"), 6)
        self.assertEqual(series.by("process", "tcp_process_sockets", state="established"), {"unknown": 6})


if __name__ == "__main__":
    host.main(100)
