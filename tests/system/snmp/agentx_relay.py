# SPDX-License-Identifier: Apache-2.0
"""Stands between an agent and a real snmpd, and lets some of what snmpd answers be late or lost (RFC 2741, 6.1)."""
import socket
import struct
import threading

REGISTER, RESPONSE = 3, 18
HEADER_BYTES = 20
NETWORK_BYTE_ORDER = 0x10


class Relay:
    """Answers to registrations come `late` seconds later, or never if that is None; `before` is called with each question of
    the kind. All else passes."""

    def __init__(self, things, snmpd, late=0, before=lambda: None):
        self.snmpd, self.late, self.before = snmpd, late, before
        self.path = snmpd.directory / "relay"
        self.sessions = self.registrations = 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen()
        things.callback(self.listener.close)
        threading.Thread(target=self.accept, daemon=True).start()

    def agent_flags(self):
        return (f"--snmp.agentx-socket={self.path}",)

    def accept(self):
        while True:
            try:
                agent, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(agent,), daemon=True).start()

    def serve(self, agent):
        """One session. The end of one side is the end of both."""
        with agent, socket.socket(socket.AF_UNIX) as master:
            try:
                master.connect(str(self.snmpd.socket))
            except OSError:
                return
            self.sessions += 1
            asked = set()
            other = threading.Thread(target=self.pump, args=(self.to_agent, agent, master, asked), daemon=True)
            other.start()
            self.pump(self.to_master, agent, master, asked)
            other.join()

    @staticmethod
    def pump(way, agent, master, asked):
        try:
            way(agent, master, asked)
        except OSError:
            pass
        for each in (agent, master):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def to_master(self, agent, master, asked):
        for kind, number, packet in packets(agent):
            if kind == REGISTER:
                asked.add(number)
                self.registrations += 1
                self.before()
            master.sendall(packet)

    def to_agent(self, agent, master, asked):
        for kind, number, packet in packets(master):
            if kind != RESPONSE or number not in asked:
                agent.sendall(packet)
            elif self.late is not None:
                threading.Timer(self.late, send, (agent, packet)).start()


def send(agent, packet):
    try:
        agent.sendall(packet)
    except OSError:
        pass  # the session ended meanwhile


def packets(stream):
    """(type, number, all octets) of each packet until the end."""
    while len(header := stream.recv(HEADER_BYTES, socket.MSG_WAITALL)) == HEADER_BYTES:
        _, kind, flags, _, _, _, number, length = struct.unpack((">" if header[2] & NETWORK_BYTE_ORDER else "<") + "4B4I", header)
        yield kind, number, header + stream.recv(length, socket.MSG_WAITALL)
