# SPDX-License-Identifier: Apache-2.0
"""Connections to a mail server in a network namespace, from addresses of our choice, that stay open."""
import subprocess
import sys

CLIENT = """
import socket, sys
address, count, timeout, port = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
sockets = []
for _ in range(count):
    s = socket.socket()
    s.bind((address, 0))
    s.settimeout(timeout)
    s.connect(("127.0.0.1", port))
    try:
        print(s.recv(3).decode(), flush=True)
    except TimeoutError:
        print("none", flush=True)
    sockets.append(s)
print("ready", flush=True)
sys.stdin.read()
"""


def connect(namespace, address, count, timeout=5, port=25):
    """The process that holds so many connections until it is stopped, and what the server said to each."""
    client = subprocess.Popen(["ip", "netns", "exec", namespace.name, sys.executable, "-c", CLIENT, address, str(count),
                               str(timeout), str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    greetings = []
    while (line := client.stdout.readline().strip()) != "ready":
        if not line:
            raise RuntimeError(f"the client ended after {greetings}")
        greetings.append(line)
    return client, greetings
