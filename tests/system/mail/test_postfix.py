# SPDX-License-Identifier: Apache-2.0
"""Depth and oldest age of a real Postfix's queues, as the agent sees them and as postqueue does."""
import os
import shutil
import subprocess
import sys
import time

from postfix_instance import Postfix, samples

QUEUES = ("maildrop", "incoming", "active", "deferred", "hold", "corrupt")
MESSAGES = 200
HELD = 15
DELETED = 25
SIZE = 2000
AGE_TOLERANCE_SECONDS = 2


def metrics(postfix, *prefix):
    config = postfix.root / "chokepoint.yml"
    config.write_text("mail:\n  detect: false\n  postfix:\n"
                      f"    - name: relay\n      config_directory: {postfix.config}\n")
    result = subprocess.run([*prefix, os.environ["CHOKEPOINT"], "metrics", f"--config.file={config}"],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    return samples(result.stdout)


def value(found, name, queue):
    labels = frozenset({("mta", "postfix"), ("server", "relay"), ("queue", queue)})
    return found.get((f"chokepoint_mail_queue_{name}", labels))


def source_success(found):
    labels = frozenset({("collector", "mail"), ("source", "postfix:relay")})
    return found.get(("chokepoint_collector_source_success", labels))


def check_queues(postfix, expected):
    """expected: depth by queue; others are empty."""
    now = time.time()
    found = metrics(postfix)
    messages = postfix.queue()
    assert source_success(found) == 1
    for queue in QUEUES:
        arrivals = [message["arrival_time"] for message in messages if message["queue_name"] == queue]
        assert len(arrivals) == expected.get(queue, 0), f"postqueue: {queue}: {len(arrivals)}"
        assert value(found, "messages", queue) == len(arrivals), f"{queue}: {value(found, 'messages', queue)}"
        age = now - min(arrivals) if arrivals else 0
        oldest = value(found, "oldest_message_age_seconds", queue)
        assert abs(oldest - age) <= AGE_TOLERANCE_SECONDS, f"{queue}: age {oldest}, postqueue {age}"
        size = sum(message["message_size"] for message in messages if message["queue_name"] == queue)
        assert size <= value(found, "bytes", queue) <= 2 * size, f"{queue}: {value(found, 'bytes', queue)}, {size}"
    assert value(found, "due_messages", "hold") is None
    assert 0 <= value(found, "due_messages", "deferred") <= expected["deferred"]


def check_unreadable(postfix):
    found = metrics(postfix, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    assert source_success(found) == 0
    for queue in QUEUES:
        assert value(found, "messages", queue) is None, f"{queue} is unreadable and has a depth"


def check_server(long_ids):
    with Postfix(long_ids) as postfix:
        check_queues(postfix, {"deferred": 0})
        postfix.inject(MESSAGES, SIZE)
        # So that an age of another queue file's time stamps (retry, last change) would be told from the true one.
        time.sleep(AGE_TOLERANCE_SECONDS + 2)
        postfix.settle(MESSAGES)
        ids = [message["queue_id"] for message in postfix.queue()]
        assert any("z" in queue_id for queue_id in ids) == long_ids
        postfix.postsuper("-h", ids[:HELD])
        check_queues(postfix, {"deferred": MESSAGES - HELD, "hold": HELD})
        postfix.postsuper("-d", ids[HELD:HELD + DELETED])
        check_queues(postfix, {"deferred": MESSAGES - HELD - DELETED, "hold": HELD})
        check_unreadable(postfix)
    assert not postfix.root.exists()


def main():
    if os.geteuid() != 0:
        print("needs root: a network namespace and a mail server")
        return 77
    missing = [tool for tool in ("postfix", "smtp-source", "ip", "setpriv") if not shutil.which(tool)]
    if missing:
        print(f"not installed: {' '.join(missing)}; see packaging/install-dependencies test")
        return 1
    for long_ids in (True, False):
        check_server(long_ids)
        print(f"enable_long_queue_ids={'yes' if long_ids else 'no'}: agrees with postqueue")
    return 0


if __name__ == "__main__":
    sys.exit(main())
