#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`chokepoint check`: of a running agent, without one, and where nothing may be read."""
import json
import re
import unittest

import host

OK, WARNING, CRITICAL, UNKNOWN = range(4)
FIGURE = re.compile(r"[a-z_]+=[0-9.]+[%sB]?(;[0-9.]*){0,4}$")


class Check(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.namespace = self.things.namespace()

    def check(self, *flags, prefix=()):
        return self.namespace.run(*prefix, host.CHOKEPOINT, "check", "--no-collector.mail", "--interval=100ms", *flags,
                                  check=False)

    def expect_plugin(self, text):
        first = text.split("\n")[0]
        words, figures = first.split(" | ")
        self.assertRegex(words, r"^CHOKEPOINT (OK|WARNING|CRITICAL|UNKNOWN) - \S")
        for figure in figures.split():
            self.assertRegex(figure, FIGURE)

    def test_the_running_agent_is_asked(self):
        agent = self.things.agent("--no-collector.mail", namespace=self.namespace)
        agent.next_metrics()
        control = f"--control.socket={agent.control}"
        text = self.check(control)
        self.assertEqual((text.returncode, text.stderr), (OK, ""))
        self.assertTrue(text.stdout.startswith("OK  "), text.stdout)
        self.assertLessEqual(max(map(len, text.stdout.split("\n"))), 80)
        verdict = json.loads(self.check(control, "--format=json").stdout)
        self.assertEqual((verdict["status"], verdict["code"]), ("ok", OK))
        self.expect_plugin(self.check(control, "--format=nagios").stdout)

    def test_without_an_agent_it_takes_samples_of_its_own(self):
        result = self.check(f"--control.socket={self.things.directory}/none", "--samples=3", "--format=nagios")
        self.assertEqual(result.returncode, OK, result.stderr)
        self.assertIn("3 samples of my own", result.stderr)
        self.expect_plugin(result.stdout)

    def test_where_nothing_may_be_read_it_is_unknown(self):
        locked = self.things.directory / "locked"
        locked.mkdir(mode=0o700)
        flags = ["--control.socket=", *(f"--path.{name}={locked}" for name in ("procfs", "sysfs", "rootfs"))]
        for more, form in (([], "text"), (["--format=nagios"], "nagios"), (["--format=json"], "json")):
            result = self.check(*flags, *more, prefix=host.unprivileged(self.things))
            self.assertEqual(result.returncode, UNKNOWN, f"{form}: {result.stdout}")
            said = " ".join(result.stdout.split())
            self.assertIn("Nothing can be read: tcp: ", said)
            self.assertIn("; tuning: ", said)
            self.assertIn("Permission denied", said)


if __name__ == "__main__":
    host.main(60)
