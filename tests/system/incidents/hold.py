# SPDX-License-Identifier: Apache-2.0
"""Opens connections from addresses of our choice, some from each, and holds them until it is stopped.

    hold.py ADDRESS PORT {COUNT SOURCE}...
"""
import resource
import socket
import sys

_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
server = (sys.argv[1], int(sys.argv[2]))
held = []
for count, source in zip(sys.argv[3::2], sys.argv[4::2]):
    for _ in range(int(count)):
        connection = socket.socket()
        connection.setsockopt(socket.IPPROTO_IP, socket.IP_BIND_ADDRESS_NO_PORT, 1)
        connection.bind((source, 0))
        connection.connect(server)
        held.append(connection)
print("ready", flush=True)
sys.stdin.read()
