# SPDX-License-Identifier: Apache-2.0
"""pysnmp_walk.py ADDRESS PORT ROOT: a GETBULK walk by pysnmp. Prints a line for each instance: its place, and its number or
the hexadecimal of its octets."""
import sys

from pysnmp.hlapi import (CommunityData, ContextData, ObjectIdentity, ObjectType, SnmpEngine, UdpTransportTarget, bulkCmd)
from pysnmp.proto.rfc1905 import EndOfMibView


def main():
    address, port, root = sys.argv[1:]
    for error, status, _, bindings in bulkCmd(
            SnmpEngine(), CommunityData("public"), UdpTransportTarget((address, int(port)), timeout=5), ContextData(),
            0, 25, ObjectType(ObjectIdentity(root)), lookupMib=False, lexicographicMode=False):
        if error or status:
            sys.exit(f"{error or status.prettyPrint()}")
        for place, value in bindings:
            if isinstance(value, EndOfMibView):  # where the root ends with a full answer
                continue
            shown = bytes(value).hex() if hasattr(value, "asOctets") else int(value)
            print(".".join(map(str, tuple(place))), shown)


if __name__ == "__main__":
    main()
