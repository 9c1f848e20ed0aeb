#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The PowerShell scripts of packaging/windows are PowerShell, and ask Exchange for what the agent reads. They cannot be
run here; a grammar from npm parses them."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["SOURCE"])
MODULES = pathlib.Path(os.environ["BUILD"]) / "powershell"
PARSER = "@vscode/tree-sitter-wasm@0.3.1"
SCRIPTS = sorted((SOURCE / "packaging/windows").glob("*.ps1"))
EXPORT = SOURCE / "packaging/windows/Export-ExchangeState.ps1"
READERS = SOURCE / "collectors/mail/servers/exchange"


def parse(*scripts):
    # Without the optimizing compiler, which takes far longer than the parsing.
    return subprocess.run(["node", "--liftoff-only", SOURCE / "tests/packaging/powershell.js", MODULES, *scripts], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=60, check=False)


class PowerShell(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not (MODULES / "node_modules/@vscode/tree-sitter-wasm").is_dir():
            subprocess.run(["npm", "install", "--prefix", MODULES, "--no-audit", "--no-fund", "--no-save", PARSER],
                           stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=100, check=True)

    def test_every_script_parses(self):
        self.assertIn(EXPORT, SCRIPTS)
        result = parse(*SCRIPTS)
        self.assertEqual((result.returncode, result.stdout), (0, ""))

    def test_a_mistake_is_found(self):
        text = EXPORT.read_text()
        with tempfile.TemporaryDirectory() as directory:
            broken = pathlib.Path(directory) / "broken.ps1"
            for old, new in (("$state = @{", "$state = @"), ("return $row\n}", "return $row\n")):
                self.assertIn(old, text)
                broken.write_text(text.replace(old, new, 1))
                self.assertEqual(parse(broken).returncode, 1, new)

    def test_what_the_agent_reads_is_asked_for(self):
        read = set(re.findall(r'^    \{"(\w+)", ', (READERS / "settings.c").read_text(), re.MULTILINE))
        self.assertGreater(len(read), 12)
        asked = set(re.findall(r"\w+", EXPORT.read_text()))
        self.assertEqual(read - asked, set())


if __name__ == "__main__":
    unittest.main(verbosity=2)
