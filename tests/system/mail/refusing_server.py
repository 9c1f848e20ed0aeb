# SPDX-License-Identifier: Apache-2.0
"""An SMTP server that takes no mail: it greets each connection with its second argument, and hangs up; with a third one,
it listens and answers that to each recipient. Prints "ready"."""
import socket
import sys

PATIENCE_SECONDS = 5


def converse(connection, answer):
    for line in connection.makefile("rb"):
        verb = line[:4].upper()
        reply = {b"RCPT": answer, b"DATA": "503 5.5.1 no recipients", b"QUIT": "221 2.0.0 bye"}.get(verb, "250 2.0.0 ok")
        connection.sendall(reply.encode() + b"\r\n")
        if verb == b"QUIT":
            return


def main():
    port, greeting, *answer = sys.argv[1:]
    with socket.create_server(("127.0.0.1", int(port))) as listener:
        print("ready", flush=True)
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(PATIENCE_SECONDS)
                try:
                    connection.sendall(greeting.encode() + b"\r\n")
                    if answer:
                        converse(connection, answer[0])
                except OSError:
                    pass  # the client has gone


if __name__ == "__main__":
    main()
