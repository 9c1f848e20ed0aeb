#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The zip: what is in it, that its program needs nothing beside Windows, and that it takes the configuration it comes with."""
import re
import subprocess
import unittest
import zipfile

import wine_host
from wine_host import host

CONTENTS = {"CHOKEPOINT-MIB.txt", "Export-ExchangeState.ps1", "Install-Chokepoint.ps1", "LICENSE",
            "chokepoint-exchange-task.xml", "chokepoint.example.yml", "chokepoint.exe", "windows.md"}
OF_WINDOWS = {"advapi32.dll", "iphlpapi.dll", "kernel32.dll", "msvcrt.dll", "pdh.dll", "shell32.dll", "shlwapi.dll", "wevtapi.dll",
              "ws2_32.dll"}


class Package(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)

    def test_the_zip(self):
        made = host.run("cmake", "--build", host.BUILD, "--target", "package", timeout=200)
        archive = host.BUILD / re.search(r"chokepoint-[0-9.]+-windows-x86_64\.zip", made.stdout)[0]
        with zipfile.ZipFile(archive) as packed:
            self.assertEqual(set(packed.namelist()), CONTENTS)
            unpacked = self.things.directory / "unpacked"
            packed.extractall(unpacked)
        program = unpacked / "chokepoint.exe"
        listed = subprocess.run(["x86_64-w64-mingw32-objdump", "-p", program], stdout=subprocess.PIPE, text=True, check=True).stdout
        self.assertIn("pei-x86-64", listed)
        self.assertEqual({name.lower() for name in re.findall(r"DLL Name: (\S+)", listed)} - OF_WINDOWS, set())
        wine = wine_host.WineHost(self.things)
        checked = wine.run(program, "config", "check", f"Z:{unpacked / 'chokepoint.example.yml'}")
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))
        self.assertIn("0.1.0", wine.run(program, "--version").stdout)


if __name__ == "__main__":
    host.main(220)
