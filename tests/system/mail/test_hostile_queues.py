#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Queue directories that are too large, that turn in circles, that hold what is no message, and that come and go: the
agent stays quick, alive and true. In a tmpfs of a mount namespace of its own."""
import os
import pathlib
import stat
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import host  # noqa: E402  pylint: disable=wrong-import-position
from other_root import enter_mount_namespace  # noqa: E402  pylint: disable=wrong-import-position

QUEUES = ("maildrop", "incoming", "active", "deferred", "hold", "corrupt")
MILLION = 1_000_000
SHARDS = "0123456789ABCDEF"
SAMPLE_SECONDS = 12  # of one sample of a million names, on a machine that has other work
ID = "4dhRkq00MFz1v3"
NAMES = (b"new\nline", b'quote"s', b"back\\slash", b"bad\xff\xc0utf8", b"<script>", b" ", b"-rf", b"x" * 255, b"%s%n")


class HostileQueues(unittest.TestCase):
    def setUp(self):
        self.things = host.Things()
        self.addCleanup(self.things.close)
        self.root = self.things.directory / "spool"
        self.root.mkdir()
        host.run("mount", "-t", "tmpfs", "-o", "size=900m,nr_inodes=0", "tmpfs", self.root)
        self.things.callback(host.run, "umount", "--lazy", self.root)
        for queue in QUEUES:
            (self.root / "postfix" / queue).mkdir(parents=True)
        self.deferred = self.root / "postfix/deferred"
        (self.root / "etc").mkdir()
        (self.root / "etc/main.cf").write_text(f"queue_directory = {self.root}/postfix\n")
        self.config = self.things.write("chokepoint.yml", "mail:\n  detect: false\n  content: top\n  postfix:\n"
                                        f"    - {{name: big, config_directory: {self.root}/etc}}\n"
                                        f"  spool:\n    - {{name: drop, path: {self.root}/drop}}\n")
        (self.root / "drop").mkdir()

    def agent(self, interval="300ms"):
        return self.things.agent("--no-collector.tcp", "--no-collector.tuning", f"--config.file={self.config}",
                                 interval=interval)

    @staticmethod
    def reads(metrics, source="postfix:big"):
        return metrics.one("collector_source_success", source=source)

    def test_a_million_messages(self):
        first = self.root / "postfix/message"
        first.touch()
        for number in range(MILLION):  # links of one file: a million files would need a gigabyte
            shard = SHARDS[number % 16]
            if number < 16:
                (self.deferred / shard).mkdir()
            os.link(first, f"{self.deferred}/{shard}/4dhRkq00MFz{number}")
        agent = self.agent(interval="60s")
        metrics = agent.metrics()
        self.assertEqual(self.reads(metrics), 1)
        self.assertEqual(metrics.one("mail_queue_messages", queue="deferred"), MILLION)
        self.assertLess(metrics.one("collector_duration_seconds", collector="mail"), SAMPLE_SECONDS)
        # Opening them is bounded, and what is not opened is told.
        self.assertEqual(metrics.total("mail_queue_destination_messages", queue="deferred"), MILLION)
        self.assertEqual(agent.stop()[0], 0)

    def test_circles_and_things_that_are_no_messages(self):
        shard = self.deferred / "0"
        shard.mkdir()
        (shard / ID).write_text("x")
        for name, target in (("A", "."), ("B", "../deferred"), ("C", "/"), ("D", "D"), ("E", "0")):
            (self.deferred / name).symlink_to(target)
        for number, kind in enumerate((stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK)):
            os.mknod(shard / f"4dhRkq00MFz1v{4 + number}", kind | 0o600, os.makedev(1, 5))
        (shard / "4dhRkq00MFz1vB").symlink_to("/dev/zero")
        (shard / "4dhRkq00MFz1vC").mkdir()
        (self.root / "postfix/defer").symlink_to("deferred")
        for name in NAMES:
            (pathlib.Path(os.fsdecode(os.fsencode(self.root / "drop") + b"/" + name))).write_text("x")
        os.mkfifo(self.root / "drop/fifo")
        agent = self.agent()
        start = time.monotonic()
        metrics = agent.next_metrics()
        self.assertLess(time.monotonic() - start, 10)
        self.assertEqual(self.reads(metrics), 1)
        self.assertEqual(metrics.one("mail_queue_messages", queue="deferred"), 1)
        self.assertEqual(metrics.one("mail_queue_destination_messages", queue="deferred", domain="unknown"), 1)
        self.assertEqual(self.reads(metrics, "spool:drop"), 1)
        self.assertEqual(metrics.one("mail_queue_messages", server="drop"), len(NAMES))

    def test_too_deep_is_told(self):
        (self.deferred / "0/1/2/3/4/5").mkdir(parents=True)
        metrics = self.agent().next_metrics()
        self.assertEqual(self.reads(metrics), 0)
        self.assertEqual(metrics.select("mail_queue_messages", mta="postfix"), [])

    def test_directories_that_come_and_go(self):
        done = threading.Event()

        def churn():
            while not done.is_set():
                for shard in "0123":
                    (self.deferred / shard).mkdir()
                    for number in range(20):
                        (self.deferred / shard / f"4dhRkq00MGz1v{number}").touch()
                for shard in "0123":
                    (self.deferred / shard).rename(self.root / f"away-{shard}")
                    host.shutil.rmtree(self.root / f"away-{shard}")
        thread = threading.Thread(target=churn)
        agent = self.agent(interval="100ms")
        thread.start()
        try:
            for _ in range(20):
                metrics = agent.next_metrics()
                depths = metrics.select("mail_queue_messages", queue="deferred")
                self.assertEqual(len(depths), self.reads(metrics))
                self.assertTrue(all(0 <= depth <= 80 for _, depth in depths), depths)
        finally:
            done.set()
            thread.join()
        metrics = agent.next_metrics()
        self.assertEqual(self.reads(metrics), 1)
        self.assertEqual(metrics.one("mail_queue_messages", queue="deferred"), 0)
        (self.root / "postfix/hold").rename(self.root / "hold")
        self.assertEqual(self.reads(agent.next_metrics()), 0)


if __name__ == "__main__":
    enter_mount_namespace()
    host.main(230)
