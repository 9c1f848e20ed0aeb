# SPDX-License-Identifier: Apache-2.0
"""Opens connections at a steady rate and closes each one first, as a relay agent does; or binds before it connects, as
a monitoring engine does. It is "ready" once it holds some, begins at a line on standard input, and says on standard
output when that was and when the first one failed; it goes on then.

    steady.py RATE PORT DESTINATIONS keep|bind
"""
import errno
import json
import socket
import sys
import time

KEPT = 5  # connections that stay open: what shows whose the others were


def destination(number, count):
    """One of so many addresses of 127/8, the first of them 127.0.0.1."""
    number %= count
    return "127.0.0.1" if count == 1 else f"127.1.{number // 250}.{number % 250 + 1}"


def connect(address, port, binds):
    connection = socket.socket()
    try:
        if binds:
            connection.bind(("127.0.0.1", 0))
        connection.connect((address, port))
    except OSError:
        connection.close()
        raise
    return connection


def main():
    rate, port, count, binds = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "bind"
    kept = [connect(destination(number, count), port, binds) for number in range(KEPT)]
    print(json.dumps({"ready": len(kept)}), flush=True)
    sys.stdin.readline()
    print(json.dumps({"started": time.monotonic(), "began": time.time()}), flush=True)
    start, opened, failed = time.monotonic(), 0, 0
    while True:
        opened += 1
        try:
            connection = connect(destination(opened, count), port, binds)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(1)
            connection.close()
        except OSError as error:
            failed += 1
            if failed == 1:
                print(json.dumps({"failed": time.monotonic(), "errno": errno.errorcode[error.errno],
                                  "opened": opened}), flush=True)
        ahead = start + opened / rate - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)


if __name__ == "__main__":
    main()
