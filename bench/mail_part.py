# SPDX-License-Identifier: Apache-2.0
"""Depth and age of Postfix queues: many fake deferred messages with real ids against a bare walk; then a queue that a real
Postfix made, against prometheus-postfix-exporter too, which asks its showq. Long ids tell when a message arrived; for
short ones, Postfix's default, each file is asked once."""
import sys
import time

import measure
from measure import Spread, host

sys.path.insert(0, str(measure.ROOT / "tests/system/mail"))
import postfix_instance  # noqa: E402  pylint: disable=wrong-import-position

DIGITS = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"
QUEUES = ("maildrop", "incoming", "active", "deferred", "hold", "corrupt")
KINDS = ("long ids", "short ids")
EXPORTER_PORT = 9154
MESSAGE_SIZE = 500
BATCH = 2000
SIZES_SECONDS = 120


def digits(number, base, width):
    text = ""
    while number or len(text) < width:
        number, digit = divmod(number, base)
        text = DIGITS[digit] + text
    return text


def long_id(seconds, microseconds, inode):
    return f"{digits(seconds, 52, 6)}{digits(microseconds, 52, 4)}z{digits(inode, 51, 1)}"


def short_id(microseconds, inode):
    return f"{microseconds:05X}{inode:X}"


def fake_queue(things, kind, count):
    """A configuration directory whose queue holds so many deferred messages, spread over the last five days."""
    root = things.directory / f"postfix-{kind.split()[0]}-{count}"
    if root.exists():
        return root
    for queue in QUEUES:
        for digit in "0123456789ABCDEF" if queue == "deferred" else [""]:
            (root / "queue" / queue / digit).mkdir(parents=True)
    now = int(time.time())
    for number in range(count):
        microseconds, inode = number * 7919 % 1000000, 1000 + number
        name = long_id(now - number % 432000, microseconds, inode) if kind == "long ids" else short_id(microseconds, inode)
        (root / "queue/deferred" / f"{number % 16:X}" / name).touch()
    (root / "main.cf").write_text(f"queue_directory = {root}/queue\n")
    return root


def agent_config(things, config_directory):
    return things.write(f"chokepoint-{config_directory.parent.name}-{config_directory.name}.yml",
                        "mail:\n  detect: false\n  postfix:\n"
                        f"    - {{name: bench, config_directory: {config_directory}}}\n")


ONLY_MAIL = ("--no-collector.tcp", "--no-collector.tuning", "--log.level=error")


def one_look(config, prefix=()):
    """CPU of a start, one sample and the end; and the depth that it saw. prefix: what to run it under."""
    cpu, output = measure.cpu_of([*prefix, host.CHOKEPOINT, "metrics", f"--config.file={config}", "--sample.interval=60s",
                                   *ONLY_MAIL])
    series = host.Series(host.check_exposition.check(output.encode())[1])
    return cpu, series.total("mail_queue_messages", queue="deferred")


def first_walk(config, empty, expected, prefix=()):
    """CPU of a first sample: that of a whole run less that of a run with an empty queue."""
    cpu, depth = one_look(config, prefix)
    if depth != expected:
        raise RuntimeError(f"the agent sees {depth} messages of {expected}")
    return cpu - min(one_look(empty, prefix)[0] for _ in range(3))


def walks(tools, queue, config, empty, rounds, prefix):
    """Files, bare walks, first samples of root, and those under the prefix, in turns: what disturbs one disturbs all."""
    bare, first, other = [], [], []
    for _ in range(rounds):
        output = host.run(tools / "bare_walk", 3, *[queue / name for name in QUEUES], timeout=60).stdout
        files, cpu = measure.bare(output)
        bare.append(cpu)
        first.append(first_walk(config, empty, files))
        if prefix:
            other.append(first_walk(config, empty, files, prefix))
    return files, Spread(bare), Spread(first), Spread(other)


def later_samples(things, config, rounds):
    """CPU of one more sample of a queue that nobody touches, and the memory held."""
    agent = things.agent(f"--config.file={config}", *ONLY_MAIL, interval="500ms")
    # Sizes and retry times are read bit by bit after the first sample; on a busy machine for long.
    end = time.monotonic() + SIZES_SECONDS
    while time.monotonic() < end and not agent.metrics().select("mail_queue_bytes", queue="deferred"):
        time.sleep(1)
    values = [measure.cpu_per_sample(agent.process.pid, 0.5, 6) for _ in range(rounds)]
    memory = measure.rss_anon_bytes(agent.process.pid)
    agent.stop()
    return Spread(values), memory


def fake(things, tools, kind, count, rounds):
    root, empty = fake_queue(things, kind, count), fake_queue(things, kind, 0)
    config, prefix = agent_config(things, root), host.unprivileged(things, "dac_read_search")
    (root / "queue/deferred").chmod(0o700)  # as Postfix has it: nobody may read it without that capability
    files, bare, first, capable = walks(tools, root / "queue", config, agent_config(things, empty), rounds, prefix)
    later, memory = later_samples(things, config, rounds)
    none, _ = later_samples(things, agent_config(things, empty), rounds)
    idle = Spread(max(mine - without, 0) for mine, without in zip(later.values, none.values))
    print(f"mail, {kind}: {files} files: bare walk {bare.median * 1000:.1f} ms, first sample {first.median * 1000:.1f} ms, "
          f"as nobody with CAP_DAC_READ_SEARCH {capable.median * 1000:.1f} ms, later {later.median * 1000:.3f} ms, of an empty "
          f"queue {none.median * 1000:.3f} ms", flush=True)
    return {"files": files, "bare": bare, "first": first, "capable": capable, "later": later, "none": none, "idle": idle,
            "memory": memory}


def scrapes(things, postfix, rounds):
    """CPU of the exporter and of showq, which it makes work, for each scrape."""
    logfile = things.write("mail.log", "")
    exporter = things.popen("prometheus-postfix-exporter", f"--web.listen-address=127.0.0.1:{EXPORTER_PORT}",
                            f"--postfix.showq_path={postfix.root}/queue/public/showq",
                            f"--postfix.logfile_path={logfile}", stdout=host.subprocess.DEVNULL,
                            stderr=host.subprocess.DEVNULL, namespace=NamespaceOf(postfix))

    def scrape():
        return postfix.inside("curl", "-sSf", f"http://127.0.0.1:{EXPORTER_PORT}/metrics", check=False)
    try:
        host.wait_for(lambda: "postfix_up" in scrape(), "prometheus-postfix-exporter answers")
        return scrape_rounds(postfix, exporter.pid, scrape, rounds)
    finally:
        host.stop(exporter)  # Postfix ends when its namespace is empty


def scrape_rounds(postfix, pid, scrape, rounds):
    own, showq = [], []
    for _ in range(rounds):
        start, start_showq = measure.cpu_seconds(pid), showq_seconds(postfix)
        answer = scrape()
        if "postfix_showq_message_age_seconds_count" not in answer:
            raise RuntimeError("prometheus-postfix-exporter did not read the queue")
        own.append(measure.cpu_seconds(pid) - start)
        showq.append(showq_seconds(postfix) - start_showq)
    return Spread(own), Spread(showq)


class NamespaceOf:
    def __init__(self, postfix):
        self.name = postfix.netns


def showq_seconds(postfix):
    """CPU so far of the instance's showq, which lives on between requests."""
    total = 0
    for pid in host.run("ip", "netns", "pids", postfix.netns).stdout.split():
        try:
            if (host.pathlib.Path(f"/proc/{pid}/comm")).read_text().strip() == "showq":
                total += measure.cpu_seconds(pid)
        except FileNotFoundError:
            pass
    return total


def deferred(postfix):
    return sum(1 for path in (postfix.root / "queue/deferred").rglob("*") if path.is_file())


def real(things, tools, kind, count, rounds):
    with (postfix_instance.Postfix(long_ids=kind == "long ids") as postfix,
          postfix_instance.Postfix(long_ids=kind == "long ids", namespace=things.namespace()) as idle):
        # Straight into deferred, without an attempt at delivery.
        host.run("postconf", "-c", postfix.config, "-e", "defer_transports=smtp", "hash_queue_depth=1")
        postfix.reload()
        for sent in range(0, count, BATCH):
            postfix.inside("smtp-source", "-s", "20", "-m", str(min(BATCH, count - sent)), "-l", str(MESSAGE_SIZE),
                           "-f", "a@mail.example", "-t", "b@example.net", f"127.0.0.1:{postfix_instance.PORT}")
        host.wait_for(lambda: deferred(postfix) >= count, lambda: f"{deferred(postfix)} of {count} messages deferred",
                      seconds=180, pause=0.5)
        # The same server without messages: what there is to read of a real one's state is not the queue's.
        empty = agent_config(things, idle.config)
        files, bare, first, _ = walks(tools, postfix.root / "queue", agent_config(things, postfix.config), empty, rounds, ())
        own, showq = scrapes(things, postfix, rounds)
    exporter = Spread(mine + its for mine, its in zip(own.values, showq.values))
    print(f"mail, {kind}: {files} real messages: bare walk {bare.median * 1000:.1f} ms, first sample "
          f"{first.median * 1000:.1f} ms, exporter {own.median * 1000:.0f} ms and its showq {showq.median * 1000:.0f} ms",
          flush=True)
    return {"files": files, "bare": bare, "first": first, "exporter": exporter, "exporter_alone": own}
