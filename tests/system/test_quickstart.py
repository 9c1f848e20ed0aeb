#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""packaging/quickstart on a clean copy of the tree, by a user without rights: it builds, runs, says where to look."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import unittest

import host

sys.path.insert(0, str(host.SOURCE / "tests/structure"))
import checks  # noqa: E402  pylint: disable=wrong-import-position

NOBODY = 65534
BUILD_SECONDS = 200
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")


def tree_files():
    """What a clone would hold; without git, everything that no build has made."""
    listed = host.run("git", "-c", f"safe.directory={host.SOURCE}", "-C", host.SOURCE, "ls-files", "-z", "--cached",
                      "--others", "--exclude-standard", check=False).stdout
    names = [name for name in listed.split("\0") if name]
    return names or [str(path.relative_to(host.SOURCE)) for path in checks.files(host.SOURCE)]


class Quickstart(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.things = host.Things()
        cls.addClassCleanup(cls.things.close)
        cls.clone = cls.things.directory / "clone"
        for name in tree_files():
            source, target = host.SOURCE / name, cls.clone / name
            if source.exists() or source.is_symlink():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target, follow_symlinks=False)
        for path in [cls.clone, *cls.clone.rglob("*")]:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        cls.namespace = cls.things.namespace()
        cls.environment = {**os.environ, "TMPDIR": str(cls.things.directory), "HOME": "/nonexistent"}
        cls.environment.pop("XDG_RUNTIME_DIR", None)
        cls.things.directory.chmod(0o777)

    def start(self, *flags):
        """Starts it; the process and the file of all it says."""
        said = self.things.directory / f"said-{self.id()}"
        with said.open("wb") as file:
            process = self.things.popen(*AS_NOBODY, self.clone / "packaging/quickstart", *flags, namespace=self.namespace,
                                        stdout=file, stderr=subprocess.STDOUT, env=self.environment, cwd="/")
        return process, said

    def started(self, *flags):
        process, said = self.start(*flags)

        def answers():
            self.assertIsNone(process.poll(), said.read_text())
            return "Ctrl-C stops it." in said.read_text()
        host.wait_for(answers, said.read_text, seconds=BUILD_SECONDS, pause=0.2)
        return process, said.read_text()

    def curl(self, url):
        return self.namespace.run("curl", "-sS", "--max-time", "5", url).stdout

    def test_runs_and_says_where_to_look(self):
        process, said = self.started()
        for url in ("http://127.0.0.1:10421/", "http://127.0.0.1:10421/metrics"):
            self.assertIn(url, said)
        self.assertIn('targets: ["127.0.0.1:10421"]', said)
        self.assertIn("<html", self.curl("http://127.0.0.1:10421/"))
        self.assertIn("chokepoint_tcp_sockets{", self.curl("http://127.0.0.1:10421/metrics"))
        self.assertTrue((self.things.directory / f"chokepoint-{NOBODY}.sock").exists(), "its control socket")

        second, said = self.start()
        self.assertEqual(second.wait(20), 1)
        self.assertIn("something listens on 127.0.0.1:10421 already", said.read_text())

        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(5), 0)
        self.assertNotIn("chokepoint", self.namespace.run("ss", "-ltnpH").stdout, "the agent is gone too")

    def test_flags_go_to_the_agent(self):
        process, said = self.started("--web.listen-address=127.0.0.1:7777", "--no-collector.mail")
        self.assertIn("http://127.0.0.1:7777/", said)
        self.assertIn("chokepoint_tcp_sockets{", self.curl("http://127.0.0.1:7777/metrics"))
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(5), 0)

    def test_wrong_flag(self):
        process, said = self.start("--no-such-flag")
        self.assertEqual(process.wait(BUILD_SECONDS), 2, said.read_text())
        self.assertIn("--no-such-flag", said.read_text())


class InstallDependencies(unittest.TestCase):
    SCRIPT = pathlib.Path(host.SOURCE, "packaging/install-dependencies")

    def test_nothing_to_do(self):
        result = host.run(self.SCRIPT, "build", "test")
        self.assertEqual(result.stdout + result.stderr, "")

    def test_wrong_use(self):
        self.assertEqual(host.run(self.SCRIPT, check=False).returncode, 2)
        result = host.run(self.SCRIPT, "build", "nonsense", check=False)
        self.assertEqual(result.returncode, 2)
        self.assertIn("nonsense", result.stderr)


if __name__ == "__main__":
    host.main(280)
