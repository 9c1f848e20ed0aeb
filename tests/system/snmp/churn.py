# SPDX-License-Identifier: Apache-2.0
"""Listens on ports that change all the time, so that rows of the tables come and go. Ends with who started it."""
import os
import socket
import time

FIRST, PORTS, AT_ONCE, PAUSE_SECONDS = 7000, 400, 60, 0.01

parent = os.getppid()
listeners = []
number = 0
while os.getppid() == parent:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", FIRST + number % PORTS))
    listener.listen()
    listeners.append(listener)
    number += 1
    if len(listeners) > AT_ONCE:
        listeners.pop(0).close()
    if number == AT_ONCE:
        print("ready", flush=True)
    time.sleep(PAUSE_SECONDS)
