#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The life of the service: installed, started, asked over its pipe, told to read its configuration, stopped, removed."""
import unittest

import wine_host
from wine_host import host

PARAMCHANGE = 6  # SERVICE_CONTROL_PARAMCHANGE
LOG = "ProgramData/chokepoint/chokepoint.log"


class Service(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.wine = wine_host.WineHost(self.things)
        self.log = self.wine.drive(LOG)
        self.log.unlink(missing_ok=True)
        self.things.callback(self.service, "remove", check=False)
        self.config = self.things.write("chokepoint.yml", "sample: {interval: 500ms}\n")

    def service(self, *words, status=None, **more):
        answer = self.wine.chokepoint("service", *words, check=status is None and more.get("check", True))
        if status is not None:
            self.assertEqual(answer.returncode, status, (words, answer.stdout, answer.stderr))
        return answer

    def logged(self, words):
        return self.log.exists() and words in self.log.read_text()

    def test_it_lives_and_ends(self):
        self.assertIn("not installed", self.service("start", status=1).stderr)
        self.service("install", f"--web.listen-address={wine_host.ADDRESS}", f"--config.file=Z:{self.config}")
        self.assertIn("File exists", self.service("install", status=1).stderr)
        self.assertIn("started", self.service("start").stdout)
        self.wine.wait_until_ready(lambda: f"the service serves; its log: {self.log.read_text()}")
        self.assertGreater(self.wine.metrics().one("tcp_sockets", state="listen"), 0)
        check = self.wine.chokepoint("check", "--format=json")
        self.assertEqual(check.stderr, "")
        self.assertIn('"status"', check.stdout)
        self.assertTrue(self.logged("chokepoint started"))
        self.assertIn("stopped", self.service("stop").stdout)
        self.assertTrue(self.logged("chokepoint stopped"))
        self.assertIn("not running", self.service("stop", status=1).stderr)
        self.assertIn("removed", self.service("remove").stdout)
        self.assertIn("not installed", self.service("remove", status=1).stderr)

    def reload(self, text):
        """What `sc control chokepoint paramchange` does; Wine's sc knows no words for controls."""
        self.config.write_text(text)
        self.wine.run(self.things.directory / "control.exe", "chokepoint", str(PARAMCHANGE))

    def in_force(self, name):
        return self.wine.metrics().one(name)

    def test_it_reads_its_configuration_again(self):
        self.service("install", f"--web.listen-address={wine_host.ADDRESS}", f"--config.file=Z:{self.config}")
        self.service("start")
        self.wine.wait_until_ready(lambda: f"the service serves; its log: {self.log.read_text()}")
        host.wait_for(lambda: self.in_force("sample_interval_seconds") < 1, "the first configuration is in force")
        self.reload("sample: {interval: 2s}\n")
        host.wait_for(lambda: self.in_force("sample_interval_seconds") > 1.5, "the second is in force", seconds=20)
        self.assertTrue(self.logged("configuration is in force"))
        self.assertEqual(self.in_force("config_last_reload_successful"), 1)
        self.reload("sample: {intervall: 1s}\n")
        host.wait_for(lambda: self.logged("configuration is wrong; the one before stays in force"), "the third is refused")
        self.assertTrue(self.logged("intervall"), "it says which key")
        host.wait_for(lambda: self.in_force("config_last_reload_successful") == 0, "the metrics say so", seconds=20)
        self.assertGreater(self.in_force("sample_interval_seconds"), 1.5)
        self.reload("sample: {interval: 500ms}\n")
        host.wait_for(lambda: self.in_force("config_last_reload_successful") == 1, "a good one is taken again", seconds=20)
        host.wait_for(lambda: self.in_force("sample_interval_seconds") < 1, "it is in force", seconds=20)
        self.service("remove")
        self.assertTrue(self.logged("chokepoint stopped"), "to remove it stops it")

    def test_what_cannot_work_is_refused_at_once(self):
        self.assertIn("install [FLAG...], start, stop or remove", self.service("restart", status=2).stderr)
        self.assertIn("--no-such", self.service("install", "--no-such", status=2).stderr)
        self.assertIn("bogus", self.service("install", "bogus", status=2).stderr)
        self.assertIn("install [FLAG...]", self.service(status=2).stderr)
        self.service("start", "now", status=2)
        self.assertIn("service control manager", self.service("run", status=1).stderr)

    def test_a_start_that_fails_is_told(self):
        self.config.write_text("nonsense: 1\n")
        self.service("install", f"--config.file=Z:{self.config}")
        self.assertIn("chokepoint.log", self.service("start", status=1).stderr)


if __name__ == "__main__":
    host.main(220)
