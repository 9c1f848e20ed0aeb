# SPDX-License-Identifier: Apache-2.0
"""A real Sendmail in a root of its own, which queues everything."""
import os
import re
import signal

import host

EDITS = (
    (r"^O DeliveryMode=.*", "O DeliveryMode=queueonly"),
    (r"^#?O ServiceSwitchFile=.*", "O ServiceSwitchFile=/etc/mail/service.switch-nodns"),
    (r"^O DaemonPortOptions=.*submission.*\n", ""),
    (r"^O MaxDaemonChildren=.*", "O MaxDaemonChildren={children}"),
    (r"^O ConnectionRateThrottle=.*", "O ConnectionRateThrottle=50"),
    (r"^DS$", "DSesmtp:[127.0.0.1]"),
    (r"A=TCP \$h$", "A=TCP $h {port}"),
)


class Sendmail:
    PACKAGES = ("sendmail-bin", "sendmail-cf", "m4")
    MTA, QUEUE = "sendmail", "mqueue"
    RELAY_PORT = 2600  # of what takes its mail, if somebody runs the queue
    OTHERS = ("",)     # statuses of messages to others

    def __init__(self, things, root, namespace):
        self.things = things
        self.root = root
        self.namespace = namespace
        self.process = None
        root.path("/etc/hosts").write_text("127.0.0.1 mail.example.com mail localhost\n")
        self.original = root.path("/etc/mail/sendmail.cf").read_text()
        self.configure(12)

    def configure(self, children):
        text = self.original
        for pattern, line in EDITS:
            text = re.sub(pattern, line.format(children=children, port=self.RELAY_PORT), text, flags=re.MULTILINE)
        self.root.path("/etc/mail/sendmail.cf").write_text("Djmail.example.com\n" + text)

    def start(self):
        self.process = self.things.popen(*self.root.command("/usr/sbin/sendmail", "-bD", "-L", "sm-mta"), namespace=self.namespace)
        host.wait_for(lambda: self.namespace.run("timeout", "5", "bash", "-c",
                                                 "exec 3<>/dev/tcp/127.0.0.1/25 && head -c 3 <&3",
                                                 check=False).stdout == "220", "Sendmail answers", seconds=90)

    def reload(self):
        """SIGHUP: it executes itself, if it was called by its whole path."""
        os.kill(int(self.root.path("/run/sendmail/mta/sendmail.pid").read_text().split()[0]), signal.SIGHUP)

    def inject(self, count, recipient="b@example.net"):
        self.namespace.run("smtp-source", "-d", "-s", "2", "-m", str(count), "-l", "1000", "-f", "a@mail.example.com",
                           "-t", recipient, "127.0.0.1:25", timeout=90)

    def try_again(self, domain):
        self.namespace.run(*self.root.command("sendmail", f"-qR{domain}"), timeout=60)

    def quarantine(self, domain):
        self.namespace.run(*self.root.command("sendmail", "-Qheld", f"-qR{domain}"), timeout=60)

    def tool(self, *words):
        return self.namespace.run(*self.root.command("sendmail", "-bp", *words), check=False, timeout=90).stdout

    def count(self):
        """What mailq tells: envelopes, and those that are quarantined."""
        return sum(int(found) for words in ((), ("-qQ",)) for found in
                   re.findall(r"Total requests: (\d+)", self.tool(*words)))

    def spool(self):
        return self.root.path("/var/spool/mqueue")

    def set_limit(self, value):
        self.configure(value)

    LIMIT = {"limit": "inbound_connections", "native": "MaxDaemonChildren"}
