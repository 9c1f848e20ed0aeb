# SPDX-License-Identifier: Apache-2.0
"""The modules that CHOKEPOINT-MIB imports, as Debian's erlang-snmp and libsnmp-base have them, under the names that
libsmi and net-snmp look for."""
import glob
import pathlib
import shutil

NAMES = ("SNMPv2-SMI", "SNMPv2-TC", "SNMPv2-CONF", "SNMPv2-MIB", "SNMP-FRAMEWORK-MIB", "INET-ADDRESS-MIB")
NET_SNMP = ("NET-SNMP-MIB",)


def collect(directory):
    """Copies them into the directory."""
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        found = glob.glob(f"/usr/lib/erlang/lib/snmp-*/mibs/{name}.mib")
        if not found:
            raise FileNotFoundError(f"{name}.mib of erlang-snmp")
        shutil.copy(found[0], directory / name)
    for name in NET_SNMP:
        shutil.copy(f"/usr/share/snmp/mibs/{name}.txt", directory / name)
    return directory
