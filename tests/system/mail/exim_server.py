# SPDX-License-Identifier: Apache-2.0
"""A real Exim in a root of its own, whose queue nobody runs."""
import os
import pathlib
import re
import signal

import host

CONFIG = """\
primary_hostname = mail.example
local_interfaces = <; 127.0.0.1
daemon_smtp_ports = 25
split_spool_directory = true
smtp_accept_max = {accept_max}
smtp_accept_max_per_host = 4
smtp_accept_queue_per_connection = 0
smtp_receive_timeout = 77s
smtp_connect_backlog = 50
check_spool_space = 20M
queue_only = true
acl_smtp_rcpt = acl_rcpt
acl_not_smtp = acl_local
.include_if_exists /etc/exim4/more.conf
begin acl
acl_rcpt:
  accept senders = named@mail.example
         queue = named
  accept
acl_local:
  accept
begin routers
remote:
  driver = manualroute
  route_list = * 127.0.0.1 byname
  transport = remote_smtp
  self = send
begin transports
remote_smtp:
  driver = smtp
  port = 1
  allow_localhost
  connection_max_messages = 7
begin retry
* * F,2h,15m
"""


class Exim:
    PACKAGES = ("exim4-daemon-light",)
    SPOOL = "/var/spool/exim4"

    def __init__(self, things, root, namespace):
        self.things = things
        self.root = root
        self.namespace = namespace
        self.process = None
        self.configure(12)

    def configure(self, accept_max):
        self.root.path("/etc/exim4/exim4.conf").write_text(CONFIG.format(accept_max=accept_max))

    def start(self):
        self.process = self.things.popen(*self.root.command("exim4", "-bdf"), namespace=self.namespace)
        host.wait_for(lambda: self.namespace.run("timeout", "2", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/25 && head -c 3 <&3",
                                                 check=False).stdout == "220", "Exim answers")

    def reload(self):
        os.kill(int(self.root.path("/run/exim4/exim.pid").read_text()), signal.SIGHUP)

    def stop(self):
        host.stop(self.process)

    def tool(self, *words, check=True):
        return self.namespace.run(*self.root.command("exim4", *words), check=check).stdout

    def inject(self, count, sender="sender@mail.example", size=1000, recipient="recipient@example.net"):
        self.namespace.run("smtp-source", "-d", "-s", "2", "-m", str(count), "-l", str(size), "-f", sender,
                           "-t", recipient, "127.0.0.1:25", timeout=60)

    def count(self, queue=None):
        return int(self.tool(*([f"-qG{queue}"] if queue else []), "-bpc"))

    def ids(self):
        return re.findall(r"^\s*\S+\s+\S+\s+(\w{6}-\w+-\w+) <", self.tool("-bp"), re.MULTILINE)

    def frozen(self):
        return self.tool("-bp").count("*** frozen ***")

    def spool(self):
        return pathlib.Path(self.root.path(self.SPOOL))
