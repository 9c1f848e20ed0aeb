#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A disk that fails under a queue (EIO): a file system in a file that loses its blocks while it is mounted. In a mount
namespace of its own."""
import pathlib
import re
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import host  # noqa: E402  pylint: disable=wrong-import-position
from other_root import enter_mount_namespace  # noqa: E402  pylint: disable=wrong-import-position

QUEUES = ("maildrop", "incoming", "active", "deferred", "hold", "corrupt")
IMAGE_BYTES = 16 << 20


class Disk:
    """An ext4 on a file, with an empty Postfix queue directory, mounted at `root`."""

    def __init__(self, things):
        self.image = things.directory / "disk"
        self.root = things.directory / "spool"
        self.whole = None
        self.mounted = False
        self.root.mkdir()
        things.callback(self.unmount)
        with self.image.open("wb") as image:
            image.truncate(IMAGE_BYTES)
        host.run("mkfs.ext4", "-q", "-O", "^has_journal", self.image)
        self.mount("rw")
        for queue in QUEUES:
            (self.root / queue).mkdir()

    def mount(self, mode):
        host.run("mount", "-o", f"loop,{mode}", self.image, self.root)
        self.mounted = True

    def unmount(self):
        if self.mounted:  # busy while the agent looks at it
            host.wait_for(lambda: host.run("umount", self.root, check=False).returncode == 0, "umount")
            self.mounted = False

    def put(self, queue, name):
        (self.root / queue / name).write_text("0123456789")

    def lose(self, reader):
        """From now on no block can be read that was not read yet; where the queues are is known. The process `reader`
        reads nothing meanwhile."""
        self.unmount()
        reader.send_signal(signal.SIGSTOP)
        self.whole = self.image.read_bytes()
        self.mount("ro")
        for queue in QUEUES:
            (self.root / queue).stat()
        with self.image.open("r+b") as image:
            image.truncate(0)
        reader.send_signal(signal.SIGCONT)

    def mend(self):
        with self.image.open("r+b") as image:
            image.write(self.whole)


class DiskError(unittest.TestCase):
    def test_the_queue_is_unreadable_and_comes_back(self):
        things = host.Things()
        self.addCleanup(things.close)
        disk = Disk(things)
        things.write("etc/main.cf", f"queue_directory = {disk.root}\n")
        config = things.write("chokepoint.yml", "mail:\n  detect: false\n  postfix:\n"
                              f"    - {{name: relay, config_directory: {things.directory}/etc}}\n")
        disk.put("hold", "4dhRkq00MFz1v3")
        agent = things.agent("--no-collector.tcp", "--no-collector.tuning", f"--config.file={config}")

        def reads(expected):
            found = {}

            def look():
                found["metrics"] = agent.next_metrics()
                return found["metrics"].one("collector_source_success", source="postfix:relay") == expected
            host.wait_for(look, lambda: found["metrics"].select("collector_source_success"))
            return found["metrics"]
        self.assertEqual(reads(1).total("mail_queue_messages"), 1)
        # A message comes, and then the disk fails: the directory that changed cannot be read, and nothing is made up.
        disk.put("hold", "4dhRkq00MFz1v4")
        disk.lose(agent.process)
        host.wait_for(lambda: re.search(rf"{disk.root}/\w+: Input/output error", agent.get("/status.txt").text),
                      lambda: agent.get("/status.txt").text)
        self.assertEqual(reads(0).select("mail_queue_messages"), [])
        disk.mend()
        self.assertEqual(reads(1).total("mail_queue_messages"), 2)


if __name__ == "__main__":
    enter_mount_namespace()
    host.main(60)
