#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The strict checker checked: every kind of defect, in a text that is otherwise good, must be found."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from check_exposition import check, is_openmetrics

GOOD = b"""# HELP a_bytes Some \\\\ help\\n with "quotes".
# TYPE a_bytes gauge
a_bytes{process="a\\"b\\\\c\\nd",port="25"} 1
a_bytes{process="b"} +Inf
# HELP b_total More.
# TYPE b_total counter
b_total 1.5e+06
"""

GOOD_OPENMETRICS = b"""# HELP a_bytes Some \\\\ help\\n with \\"quotes\\".
# TYPE a_bytes gauge
# UNIT a_bytes bytes
a_bytes{process="a"} 1
# HELP b More.
# TYPE b counter
b_total 2
# EOF
"""

# What is wrong: (part of the good text, what stands in its place, part of the message).
DEFECTS = [
    ("duplicate series", b'{process="b"}', b'{port="25",process="a\\"b\\\\c\\nd"}', "duplicate series"),
    ("split family", b"b_total 1.5e+06\n", b'b_total 1\na_bytes{process="c"} 3\n', "apart from its family"),
    ("family begun again", b"b_total 1.5e+06\n", b"b_total 1\n# HELP a_bytes x\n# TYPE a_bytes gauge\na_bytes 2\n", "split"),
    ("HELP missing", b"# HELP b_total More.\n", b"", "HELP of b_total is missing"),
    ("TYPE missing", b"# TYPE b_total counter\n", b"", "TYPE of b_total is missing"),
    ("no metadata", b"# HELP b_total More.\n# TYPE b_total counter\n", b"", "without HELP and TYPE"),
    ("HELP twice", b"# TYPE b_total", b"# HELP b_total More.\n# TYPE b_total", "HELP of b_total stands twice"),
    ("TYPE twice", b"# HELP b_total", b"# TYPE b_total counter\n# HELP b_total", "TYPE of b_total stands twice"),
    ("TYPE after samples", b"a_bytes{process=\"b\"}", b"# TYPE a_bytes gauge\na_bytes{process=\"b\"}", "after its samples"),
    ("metadata only", b"b_total 1.5e+06\n", b"", "no sample"),
    ("empty HELP", b"More.", b" ", "is empty"),
    ("bad family name", b"a_bytes", b"a-bytes", "bad name"),
    ("name begins with a digit", b"b_total 1.5", b"1b_total 1.5", "neither comment nor sample"),
    ("bad label name", b"port=", b"p-ort=", "bad label"),
    ("label without quotes", b'"25"', b"25", "bad label"),
    ("bad escape in a label", b"\\\\c", b"\\c", "bad escape"),
    ("bad escape in HELP", b"\\\\ help", b"\\t help", "bad escape"),
    ("escaped quote in HELP", b'"quotes"', b'\\"quotes\\"', "bad escape"),
    ("label without end", b'{process="b"}', b'{process="b}', "without end"),
    ("labels without brace", b'"25"} 1', b'"25" 1', "neither comma nor brace"),
    ("trailing comma", b'"25"}', b'"25",}', "bad label"),
    ("empty braces", b'{process="b"}', b"{}", "bad label"),
    ("invalid UTF-8", b'process="b"', b'process="\xff"', "invalid UTF-8"),
    ("surrogate", b'process="b"', b'process="\xed\xa0\x80"', "invalid UTF-8"),
    ("carriage return", b"+Inf\n", b"+Inf\r\n", "carriage return"),
    ("no final newline", b"1.5e+06\n", b"1.5e+06", "no newline"),
    ("EOF in plain text", b"1.5e+06\n", b"1.5e+06\n# EOF\n", "unknown comment"),
    ("UNIT in plain text", b"# HELP b_", b"# UNIT b_total x\n# HELP b_", "unknown comment"),
    ("comment", b"# HELP b_", b"# made by hand\n# HELP b_", "unknown comment"),
    ("blank line", b"# HELP b_", b"\n# HELP b_", "neither comment nor sample"),
    ("timestamp", b"1.5e+06", b"1.5e+06 1767225600000", "timestamp"),
    ("two blanks", b"b_total 1", b"b_total  1", "bad value"),
    ("blank at the end", b"+Inf\n", b"+Inf \n", "timestamp"),
    ("gauge called _total", b"b_total counter", b"b_total gauge", "end in _total"),
    ("counter without _total", b"a_bytes gauge", b"a_bytes counter", "end in _total"),
    ("unknown type", b"b_total counter", b"b_total histogram", "unknown type"),
    ("bad value", b"1.5e+06", b"1,5", "bad value"),
    ("no value", b"b_total 1.5e+06", b"b_total ", "bad value"),
    ("infinity spelled otherwise", b"+Inf", b"inf", "bad value"),
    ("negative counter", b"1.5e+06", b"-1", "counter b_total is"),
    ("counter not a number", b"1.5e+06", b"NaN", "counter b_total is"),
    ("label instance", b"port=", b"instance=", "belongs to Prometheus"),
    ("label job", b"port=", b"job=", "belongs to Prometheus"),
    ("reserved label", b"port=", b"__port=", "belongs to Prometheus"),
    ("label twice", b"port=", b"process=", "stands twice"),
    ("empty label", b'process="b"', b'process=""', "is empty"),
    ("empty exposition", GOOD, b"", "no series"),
]

OPENMETRICS_DEFECTS = [
    ("no EOF", b"# EOF\n", b"", "no # EOF"),
    ("EOF without newline", b"# EOF\n", b"# EOF", "no newline"),
    ("something after EOF", b"# EOF\n", b"# EOF\nc 1\n", "no # EOF"),
    ("EOF in between", b"# HELP b", b"# EOF\n# HELP b", "unknown comment"),
    ("family called _total", b" b ", b" b_total ", "_total"),
    ("counter's sample without _total", b"b_total 2", b"b 2", "end in _total"),
    ("gauge's sample with _total", b'a_bytes{process="a"}', b'a_bytes_total{process="a"}', "end in _total"),
    ("quote in HELP", b'\\"quotes\\"', b'"quotes"', "quote without escape"),
    ("unit not in the name", b"UNIT a_bytes bytes", b"UNIT a_bytes seconds", "unit"),
    ("family of a gauge and a counter", b" b ", b" a_bytes ", "after its samples"),
]


class Defects(unittest.TestCase):
    def test_good_texts_pass(self):
        self.assertEqual(check(GOOD)[0], [])
        self.assertEqual(check(GOOD_OPENMETRICS, openmetrics=True)[0], [])
        self.assertEqual(check(GOOD)[1][("a_bytes", frozenset({("process", 'a"b\\c\nd'), ("port", "25")}))], 1)

    def find(self, good, openmetrics, name, old, new, message):
        with self.subTest(name):
            self.assertIn(old, good, "the part to spoil is not there")
            defects, _ = check(good.replace(old, new), openmetrics)
            self.assertTrue(any(message in what for _, what in defects), f"{message!r} is not among {defects}")

    def test_every_defect_of_text_is_found(self):
        for defect in DEFECTS:
            self.find(GOOD, False, *defect)

    def test_every_defect_of_openmetrics_is_found(self):
        for defect in OPENMETRICS_DEFECTS:
            self.find(GOOD_OPENMETRICS, True, *defect)

    def test_one_format_is_not_the_other(self):
        self.assertTrue(check(GOOD, openmetrics=True)[0])
        self.assertTrue(check(GOOD_OPENMETRICS, openmetrics=False)[0])

    def test_defects_carry_their_line(self):
        defects, _ = check(GOOD.replace(b"+Inf", b"inf"))
        self.assertEqual([line for line, _ in defects], [4])

    def test_content_types(self):
        self.assertFalse(is_openmetrics("text/plain; version=0.0.4; charset=utf-8"))
        self.assertTrue(is_openmetrics("application/openmetrics-text; version=1.0.0; charset=utf-8"))
        for wrong in ("", "text/plain", "text/html; charset=utf-8", "application/openmetrics-text; version=0.0.1"):
            with self.assertRaises(ValueError):
                is_openmetrics(wrong)


class CommandLine(unittest.TestCase):
    def run_checker(self, data, *arguments):
        script = Path(__file__).with_name("check_exposition.py")
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            return subprocess.run([sys.executable, script, *arguments, file.name], capture_output=True, timeout=30, check=False)

    def test_exit_status(self):
        self.assertEqual(self.run_checker(GOOD).returncode, 0)
        self.assertEqual(self.run_checker(GOOD_OPENMETRICS, "--openmetrics").returncode, 0)
        self.assertEqual(self.run_checker(GOOD, "--content-type", "text/plain; version=0.0.4; charset=utf-8").returncode, 0)
        self.assertEqual(self.run_checker(GOOD, "--content-type", "text/html").returncode, 1)
        self.assertEqual(self.run_checker(GOOD, "--openmetrics").returncode, 1)
        self.assertEqual(self.run_checker(GOOD, "--unknown").returncode, 2)
        failed = self.run_checker(GOOD + b"b_total 1\n")
        self.assertEqual(failed.returncode, 1)
        self.assertIn(b":8: duplicate series b_total", failed.stdout)

    def test_standard_input(self):
        script = Path(__file__).with_name("check_exposition.py")
        done = subprocess.run([sys.executable, script, "-"], input=GOOD, capture_output=True, timeout=30, check=False)
        self.assertEqual(done.returncode, 0)


if __name__ == "__main__":
    unittest.main()
