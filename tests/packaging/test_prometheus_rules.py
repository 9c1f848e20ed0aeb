#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The shipped rules and the example for Alertmanager, as their own tools see them."""
import os
import pathlib
import subprocess
import unittest

SOURCE = pathlib.Path(os.environ.get("SOURCE", pathlib.Path(__file__).resolve().parents[2]))
FOLDER = SOURCE / "packaging/prometheus"


def run(*command):
    return subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          cwd=FOLDER, timeout=90, check=False)


class Rules(unittest.TestCase):
    def test_promtool_finds_nothing(self):
        result = run("promtool", "check", "rules", "--lint=all", "--lint-fatal", "chokepoint.rules.yml",
                     "chokepoint.recording.yml")
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_alerts_fire_are_silent_and_resolve(self):
        result = run("promtool", "test", "rules", "tests/chokepoint_test.yml")
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_a_test_of_promtool_can_fail(self):
        broken = (FOLDER / "tests/chokepoint_test.yml").read_text().replace("ports are taken.", "ports are gone.")
        path = FOLDER / "tests" / f"broken-{os.getpid()}.yml"
        try:
            path.write_text(broken)
            self.assertNotEqual(run("promtool", "test", "rules", path).returncode, 0)
        finally:
            path.unlink()


class Alertmanager(unittest.TestCase):
    def test_the_example_is_good(self):
        result = run("amtool", "check-config", "alertmanager.example.yml")
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_alerts_go_where_they_should(self):
        for labels, receiver in ((["alertname=Watchdog", "severity=none"], "dead-mans-switch"),
                                 (["alertname=EphemeralPortsFilling", "severity=critical"], "pager"),
                                 (["alertname=EphemeralPortsFilling", "severity=warning"], "tickets")):
            result = run("amtool", "config", "routes", "test", "--config.file=alertmanager.example.yml",
                         f"--verify.receivers={receiver}", *labels)
            self.assertEqual(result.returncode, 0, f"{labels}: {result.stdout}")


if __name__ == "__main__":
    unittest.main()
