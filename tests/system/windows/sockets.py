#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes sockets in known states, says "ready" and keeps them until its standard input ends: PORT has one listener, 3
connections with both ends here, 2 whose one end was shut (FIN_WAIT2 and CLOSE_WAIT), and 4 TIME_WAITs of clients."""
import socket
import sys
import time

PORT = int(sys.argv[1])


def pair(listener):
    client = socket.create_connection(("127.0.0.1", PORT))
    server, _ = listener.accept()
    return client, server


def main():
    with socket.create_server(("127.0.0.1", PORT)) as listener:
        kept = [pair(listener) for _ in range(3)]
        for client, server in [pair(listener) for _ in range(2)]:
            client.shutdown(socket.SHUT_WR)
            kept.append((client, server))
        for client, server in [pair(listener) for _ in range(4)]:
            client.close()
            server.recv(1)
            server.close()
        time.sleep(0.2)
        print("ready", flush=True)
        sys.stdin.read()
        for client, server in kept:
            client.close()
            server.close()


main()
