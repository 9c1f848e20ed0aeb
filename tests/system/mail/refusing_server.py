# SPDX-License-Identifier: Apache-2.0
"""An SMTP server that takes no mail: it greets each connection with its second argument, and hangs up. Prints "ready"."""
import socket
import sys


def main():
    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
        print("ready", flush=True)
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(sys.argv[2].encode() + b"\r\n")


if __name__ == "__main__":
    main()
