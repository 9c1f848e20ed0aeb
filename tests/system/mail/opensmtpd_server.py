# SPDX-License-Identifier: Apache-2.0
"""A real OpenSMTPD in a root of its own, which can deliver nowhere. It gives up an address with all its ports at once:
the relay of tried.example has another one."""
import host

CONFIG = """\
listen on 127.0.0.1
smtp limit max-mails {mails}
mta limit max-conn-per-host 3
action "out" relay host smtp://127.0.0.9:1
action "tried" relay host smtp://127.0.0.1:{port}
match from any for domain "tried.example" action "tried"
match from any for any action "out"
"""


class OpenSmtpd:
    PACKAGES = ("opensmtpd",)
    MTA, QUEUE = "opensmtpd", "queue"
    RELAY_PORT = 2600  # of what takes its mail to tried.example
    OTHERS = ("4.0.0", "")  # statuses of messages to others: it tries them bit by bit, some at least

    def __init__(self, things, root, namespace):
        self.things = things
        self.root = root
        self.namespace = namespace
        self.process = None
        root.path("/etc/hosts").write_text("127.0.0.1 mail.example.com mail localhost\n")
        root.path("/etc/mailname").write_text("mail.example.com\n")
        self.configure(50)

    def configure(self, mails):
        self.root.path("/etc/smtpd.conf").write_text(CONFIG.format(mails=mails, port=self.RELAY_PORT))

    def start(self):
        self.process = self.things.popen(*self.root.command("smtpd", "-d"), namespace=self.namespace,
                                         stdout=host.subprocess.DEVNULL, stderr=host.subprocess.DEVNULL)
        host.wait_for(lambda: self.namespace.run("timeout", "5", "bash", "-c",
                                                 "exec 3<>/dev/tcp/127.0.0.1/25 && head -c 3 <&3",
                                                 check=False).stdout == "220", "OpenSMTPD answers", seconds=30)

    def reload(self):
        """It has none."""
        host.stop(self.process)
        self.start()

    def inject(self, count, recipient="b@example.net"):
        self.namespace.run("smtp-source", "-s", "2", "-m", str(count), "-l", "1000", "-f", "a@mail.example.com",
                           "-t", recipient, "127.0.0.1:25", timeout=90)

    def try_again(self, domain):
        """It does so when a message arrives."""

    def count(self):
        return len(self.namespace.run(*self.root.command("smtpctl", "show", "queue"), timeout=60).stdout.splitlines())

    def spool(self):
        return self.root.path("/var/spool/smtpd/queue")

    def set_limit(self, value):
        self.configure(value)

    LIMIT = {"limit": "messages_per_connection", "native": "max-mails"}
