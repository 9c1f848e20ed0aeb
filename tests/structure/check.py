#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check.py NAME [ROOT]: one check of checks.py over the tree; prints its defects and fails when there are any."""
import os
import pathlib
import sys

import checks


def main():
    name = sys.argv[1]
    root = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else os.environ["SOURCE"])
    looked_at = len(checks.c_files(root, *checks.CODE))
    defects = list(checks.CHECKS[name](root))
    for defect in defects:
        print(defect)
    if looked_at == 0:
        print(f"{root} holds no source: nothing was checked")
        return 1
    print(f"{name}: {len(defects)} defects in a tree of {looked_at} sources")
    return 1 if defects else 0


if __name__ == "__main__":
    sys.exit(main())
