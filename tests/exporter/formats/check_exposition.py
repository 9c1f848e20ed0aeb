#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what the agent serves at /metrics, more strictly than promtool, which lets duplicate series, split families
and sample timestamps pass.

    check_exposition.py [--openmetrics | --content-type TYPE] FILE|-

Reads text 0.0.4, or OpenMetrics 1.0 by flag or content type. Prints every defect with its line; exit 0, 1, or 2 for
wrong usage. Importable: check(data, openmetrics) returns the defects and the series.
"""
import argparse
import re
import sys

NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
VALUE = re.compile(r"[+-]?(\d+(\.\d+)?([eE][+-]?\d+)?|Inf)|NaN")
TYPES = ("counter", "gauge")  # the agent has no others
UNITS = ("seconds", "bytes", "ratio")
TARGET_LABELS = ("instance", "job")  # Prometheus sets them itself and would rename ours


class Defect(Exception):
    """A line that cannot be read on."""


class Family:
    def __init__(self, name):
        self.name = name
        self.help = self.type = self.unit = None
        self.samples = 0


class Checker:
    def __init__(self, openmetrics):
        self.openmetrics = openmetrics
        self.defects = []
        self.families = {}
        self.current = None
        self.series = {}
        self.line = 0

    def defect(self, what):
        self.defects.append((self.line, what))

    def unescape(self, text, escapes):
        """text with its escapes resolved; a backslash before anything else is a defect."""
        result, at = [], 0
        while at < len(text):
            if text[at] == "\\":
                at += 1
                if text[at:at + 1] not in escapes or at == len(text):
                    raise Defect(f"bad escape in {text!r}")
                result.append("\n" if text[at] == "n" else text[at])
            else:
                result.append(text[at])
            at += 1
        return "".join(result)

    def family(self, name):
        """The family that a line of metadata speaks of, which must be the current one or a new one."""
        if self.current is not None and self.current.name == name:
            if self.current.samples:
                self.defect(f"metadata of {name} after its samples")
            return self.current
        self.end_family()
        if name in self.families:
            self.defect(f"family {name} is split or its metadata stands twice")
        if not NAME.fullmatch(name):
            self.defect(f"bad name {name!r}")
        self.current = self.families.setdefault(name, Family(name))
        return self.current

    def end_family(self):
        if self.current is not None and self.current.samples == 0:
            self.defect(f"family {self.current.name} has metadata but no sample")

    def metadata(self, line):
        parts = line.split(" ", 3)
        if len(parts) < 4 or parts[1] not in ("HELP", "TYPE", "UNIT") or (parts[1] == "UNIT" and not self.openmetrics):
            raise Defect(f"unknown comment {line!r}")
        kind, name, value = parts[1:]
        family = self.family(name)
        if getattr(family, kind.lower()) is not None:
            self.defect(f"{kind} of {name} stands twice")
        setattr(family, kind.lower(), value)
        getattr(self, "check_" + kind.lower())(name, value)

    def check_help(self, name, value):
        if not value.strip():
            self.defect(f"HELP of {name} is empty")
        if self.openmetrics and re.search(r'(?<!\\)(\\\\)*"', value):
            self.defect(f"quote without escape in HELP of {name}")
        self.unescape(value, 'n\\"' if self.openmetrics else "n\\")

    def check_type(self, name, value):
        total = name.endswith("_total")
        if value not in TYPES:
            self.defect(f"unknown type {value!r} of {name}")
        elif self.openmetrics and total:
            self.defect(f"family {name} ends in _total, which is for samples only")
        elif not self.openmetrics and total != (value == "counter"):
            self.defect(f"{name} is a {value}: counters, and only they, end in _total")

    def check_unit(self, name, value):
        if value not in UNITS or not name.endswith("_" + value):
            self.defect(f"unit {value!r} does not fit the name {name}")

    def labels(self, line, at):
        """The labels that begin at line[at], just after the brace, and where they end."""
        labels = {}
        while True:
            name = NAME.match(line, at)
            if not name or line[name.end():name.end() + 2] != '="':
                raise Defect(f"bad label at column {at + 1}")
            at = name.end() + 2
            end = at
            while end < len(line) and line[end] != '"':
                end += 2 if line[end] == "\\" else 1
            if end >= len(line):
                raise Defect("label value without end")
            self.label(labels, name.group(), self.unescape(line[at:end], 'n\\"'))
            at = end + 1
            if line[at:at + 1] == "}":
                return labels, at + 1
            if line[at:at + 1] != ",":
                raise Defect(f"neither comma nor brace at column {at + 1}")
            at += 1

    def label(self, labels, name, value):
        if name in labels:
            self.defect(f"label {name} stands twice")
        if name in TARGET_LABELS or name.startswith("__"):
            self.defect(f"label {name} belongs to Prometheus")
        if not value:
            self.defect(f"label {name} is empty")
        labels[name] = value

    def sample(self, line):
        name = NAME.match(line)
        if not name:
            raise Defect(f"neither comment nor sample: {line!r}")
        labels, at = ({}, name.end())
        if line[at:at + 1] == "{":
            labels, at = self.labels(line, at + 1)
        if line[at:at + 1] != " ":
            raise Defect(f"bad sample {line!r}")
        value, *more = line[at + 1:].split(" ")
        if more:
            self.defect("timestamp, or blanks, after the value")
        if not VALUE.fullmatch(value):
            raise Defect(f"bad value {value!r}")
        self.check_family(name.group(), float(value))
        self.check_series(name.group(), labels, float(value))

    def check_family(self, name, value):
        family = name[:-len("_total")] if self.openmetrics and name.endswith("_total") else name
        if self.current is None or self.current.name != family:
            known = family in self.families
            self.defect(f"sample of {name} apart from its family" if known else f"sample of {name} without HELP and TYPE")
            self.end_family()
            self.current = self.families.setdefault(family, Family(family))
        elif self.current.samples == 0:
            for kind in ("help", "type"):
                if getattr(self.current, kind) is None:
                    self.defect(f"{kind.upper()} of {family} is missing")
        self.current.samples += 1
        if self.openmetrics and (self.current.type == "counter") != name.endswith("_total"):
            self.defect(f"{name} is a {self.current.type}: samples of counters, and only they, end in _total")
        if self.current.type == "counter" and not 0 <= value < float("inf"):
            self.defect(f"counter {name} is {value}")

    def check_series(self, name, labels, value):
        key = (name, frozenset(labels.items()))
        if key in self.series:
            self.defect(f"duplicate series {name}{labels}")
        self.series[key] = value

    def lines(self, text):
        lines = text.split("\n")
        if lines.pop() != "":
            self.line = len(lines) + 1
            self.defect("no newline at the end")
        if self.openmetrics and (not lines or lines.pop() != "# EOF"):
            self.line = len(lines) + 1
            self.defect("no # EOF at the end")
        return lines

    def run(self, data):
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            self.line = data.count(b"\n", 0, error.start) + 1
            self.defect(f"invalid UTF-8 at octet {error.start}")
            text = data.decode("utf-8", "replace")
        lines = self.lines(text)
        for self.line, line in enumerate(lines, 1):
            if "\r" in line or "\0" in line:
                self.defect("carriage return or zero octet")
            try:
                self.metadata(line) if line.startswith("#") else self.sample(line)
            except Defect as error:
                self.defect(str(error))
        self.end_family()
        if not self.series:
            self.defect("no series at all")


def check(data, openmetrics=False):
    """Returns [(line, defect)] and {(name, frozenset of labels): value}."""
    checker = Checker(openmetrics)
    checker.run(data)
    return checker.defects, checker.series


def is_openmetrics(content_type):
    """Which format a Content-Type names; ValueError for one that the agent must not send."""
    media, *parameters = [part.strip() for part in content_type.split(";")]
    if media == "text/plain" and "version=0.0.4" in parameters and "charset=utf-8" in parameters:
        return False
    if media == "application/openmetrics-text" and "version=1.0.0" in parameters and "charset=utf-8" in parameters:
        return True
    raise ValueError(f"content type {content_type!r}")


def main():
    parser = argparse.ArgumentParser(description="Checks an exposition strictly.", allow_abbrev=False)
    parser.add_argument("--openmetrics", action="store_true")
    parser.add_argument("--content-type")
    parser.add_argument("file")
    arguments = parser.parse_args()
    if arguments.content_type is not None:
        try:
            arguments.openmetrics = is_openmetrics(arguments.content_type)
        except ValueError as error:
            sys.exit(f"{arguments.file}: {error}")
    if arguments.file == "-":
        data = sys.stdin.buffer.read()
    else:
        with open(arguments.file, "rb") as file:
            data = file.read()
    defects, series = check(data, arguments.openmetrics)
    for line, what in defects:
        print(f"{arguments.file}:{line}: {what}")
    if not defects:
        print(f"{arguments.file}: {len(series)} series, no defect")
    sys.exit(1 if defects else 0)


if __name__ == "__main__":
    main()
