#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tidy.py clang-tidy|clang-format: the linters over all sources, as many at a time as there are processors.
clang-tidy reads the compile commands of BUILD; a source that is not built is a failure too, as it would go unseen."""
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

import checks

SOURCE = pathlib.Path(os.environ["SOURCE"])
BUILD = pathlib.Path(os.environ["BUILD"])
FORMAT = "clang-format-14"
# What gcc alone knows.
EXTRA = ["--extra-arg=-Wno-unknown-warning-option", "--extra-arg=-Wno-ignored-optimization-argument"]


def run(command):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=SOURCE,
                            stdin=subprocess.DEVNULL, check=False)
    if result.returncode == 0:
        return ""
    if command[0] == FORMAT:
        return f"{result.stderr.count('error:')} places; mend with: {FORMAT} -i {os.path.relpath(command[-1], SOURCE)}\n"
    return result.stdout + (result.stderr if "error:" in result.stderr or not result.stdout else "")


def clang_tidy():
    built = {entry["file"] for entry in json.loads((BUILD / "compile_commands.json").read_text())}
    sources = [path for path in checks.c_files(SOURCE, *checks.CODE, suffixes=(".c",))
               if "/windows/" not in str(path) and not path.name.endswith(".bpf.c")]  # compiled for other machines
    unseen = [path for path in sources if str(path) not in built]
    for path in unseen:
        print(f"{checks.name_of(path, SOURCE)}:1: not built, so not linted")
    commands = [["clang-tidy-14", "-quiet", "-p", str(BUILD), *EXTRA, str(path)] for path in sources if path not in unseen]
    return commands, len(unseen)


def clang_format():
    return [[FORMAT, "--dry-run", "-Werror", str(path)] for path in checks.c_files(SOURCE)], 0


def main():
    commands, failed = {"clang-tidy": clang_tidy, "clang-format": clang_format}[sys.argv[1]]()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for command, output in zip(commands, pool.map(run, commands)):
            if output:
                failed += 1
                print(f"{os.path.relpath(command[-1], SOURCE)}:\n{output}", flush=True)
    print(f"{sys.argv[1]}: {len(commands)} sources, {failed} with defects")
    return 1 if failed or not commands else 0


if __name__ == "__main__":
    sys.exit(main())
