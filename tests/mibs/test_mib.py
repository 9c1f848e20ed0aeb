#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CHOKEPOINT-MIB against smilint, and against the declarations of the tables, column by column."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

import base_modules

SOURCE = pathlib.Path(os.environ["SOURCE"])
DECLARED = pathlib.Path(os.environ["BUILD"]) / "tests/mibs/declared"
MIB = SOURCE / "mibs/CHOKEPOINT-MIB.txt"
PREFIX = "chokepoint"
ROOT = "1.3.6.1.4.1.8072.9999.9999.421"
FIRST_INDEX_COLUMN = 100

# In the MIB, and nothing fills them yet. Whoever declares such a table or column takes its name from here: the test fails
# for a name that is declared, and for one that the MIB does not have.
LATER_TABLES = set()
LATER_COLUMNS = set()

SIZES = {"InetAddressType": 1, "InetPortNumber": 1, "Unsigned32": 1, "TruthValue": 1}


class Syntax:
    """SYNTAX of an object: name of its type, range of its size, named numbers."""

    def __init__(self, element, types):
        named = element.find("type")
        own = element.find("typedef")
        if named is not None:
            self.name, self.range = named.get("name"), None
            self.numbers = types.get(self.name, {})
        else:
            parent = own.find("parent")
            self.name = parent.get("name") if parent is not None else own.get("basetype")
            limits = own.find("range")
            self.range = (int(limits.get("min")), int(limits.get("max"))) if limits is not None else None
            self.numbers = {number.get("name"): int(number.get("number")) for number in own.findall("namednumber")}

    def text(self):
        """As tests/mibs/declared.c prints it."""
        if self.numbers:
            ordered = sorted(self.numbers.items(), key=lambda item: item[1])
            return "INTEGER " + " ".join(f"{name}={number}" for name, number in ordered)
        return f"{self.name} {self.range[0]}..{self.range[1]}" if self.range else self.name

    def worst_case(self):
        """Most sub-identifiers of an index object of this type."""
        if self.numbers:
            return 1
        if self.name == "SnmpAdminString":
            return 1 + self.range[1]
        return SIZES[self.name]


class Mib:
    def __init__(self, document):
        self.types = {entry.get("name"): {number.get("name"): int(number.get("number"))
                                          for number in entry.findall("namednumber")}
                      for entry in document.iter("typedef") if entry.get("name")}
        self.bases = {entry.get("name"): entry.get("basetype") for entry in document.iter("typedef") if entry.get("name")}
        self.scalars = {int(entry.get("oid").rsplit(".", 1)[1]): Syntax(entry.find("syntax"), self.types)
                        for entry in document.iter("scalar") if entry.get("oid").startswith(f"{ROOT}.1.")}
        self.tables = {int(entry.get("oid").rsplit(".", 1)[1]): entry for entry in document.iter("table")}

    def columns(self, number):
        """{number: (name without the table's, access, Syntax)}"""
        table = self.tables[number]
        prefix = table.get("name").removesuffix("Table")
        return {int(column.get("oid").rsplit(".", 1)[1]):
                (column.get("name").removeprefix(prefix), column.findtext("access"), Syntax(column.find("syntax"), self.types))
                for column in table.iter("column")}

    def index(self, number):
        """Names of the index objects without the table's."""
        table = self.tables[number]
        prefix = table.get("name").removesuffix("Table")
        return [entry.get("name").removeprefix(prefix) for entry in table.iter("index")]


def ordered_words(text):
    """The declared numbers in their order, as Syntax.text() has them."""
    words = text.split()
    return " ".join([words[0], *sorted(words[1:], key=lambda word: int(word.split("=")[1]))]) if words[0] == "INTEGER" else text


class TheMib(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        modules = base_modules.collect(pathlib.Path(directory.name) / "mibs")
        cls.config = pathlib.Path(directory.name) / "smi.conf"
        cls.config.write_text(f"path {modules}\n")
        cls.modules = modules
        dumped = cls.smi("smidump", "-f", "xml", MIB).stdout
        cls.mib = Mib(xml.etree.ElementTree.fromstring(dumped))
        printed = subprocess.run([DECLARED], stdout=subprocess.PIPE, text=True, check=True).stdout
        cls.declared = [line.split("\t") for line in printed.splitlines()]

    @classmethod
    def smi(cls, tool, *words):
        return subprocess.run([tool, "-c", str(cls.config), *map(str, words)], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, check=False)

    def lines(self, kind):
        return [line[1:] for line in self.declared if line[0] == kind]

    def tables(self):
        """{number of a declared table in the MIB: (name, "row" or "keys", most sub-identifiers)}"""
        return {int(number): (name, index, int(bound)) for number, name, index, bound in self.lines("table")}

    def test_smilint_says_nothing(self):
        # It exits with 0 whatever it finds.
        lint = self.smi("smilint", "-m", "-s", "-l", "6", MIB)
        self.assertEqual(lint.stdout + lint.stderr, "")

    def test_smilint_would_say_something(self):
        broken = pathlib.Path(self.config.parent) / "BROKEN-MIB"
        broken.write_text(MIB.read_text().replace("SYNTAX      Gauge32", "SYNTAX      Gauge33", 1))
        lint = self.smi("smilint", "-m", "-s", "-l", "6", broken)
        self.assertIn("Gauge33", lint.stdout + lint.stderr)

    def test_every_table_is_decided(self):
        self.assertEqual(self.lines("undecided"), [])

    def test_tables(self):
        names = {number: entry.get("name") for number, entry in self.mib.tables.items()}
        self.assertEqual(LATER_TABLES - set(names.values()), set(), "listed for later, but not in the MIB")
        declared = self.tables()
        self.assertEqual({names[number] for number in declared if names.get(number) in LATER_TABLES}, set(),
                         "declared now: take them off LATER_TABLES")
        self.assertEqual(set(names) - set(declared), {number for number, name in names.items() if name in LATER_TABLES})
        self.assertEqual(set(declared) - set(names), set(), "declared, but not in the MIB")
        self.assertGreaterEqual(len(declared), 8)

    def test_columns(self):
        seen_later = set()
        for number in self.tables():
            table = self.mib.tables[number].get("name").removesuffix("Table")
            wanted = {int(column): (name, syntax) for at, column, name, _, syntax in self.lines("column") if int(at) == number}
            self.assertEqual(len(wanted), sum(int(line[0]) == number for line in self.lines("column")),
                             f"{table}: two columns have one number")
            found = {at: column for at, column in self.mib.columns(number).items() if at < FIRST_INDEX_COLUMN}
            for at, (name, access, syntax) in sorted(found.items()):
                self.assertEqual(access, "readonly", table + name)
                if table + name in LATER_COLUMNS:
                    seen_later.add(table + name)
                    self.assertNotIn(at, wanted, f"{table}{name} is declared now: take it off LATER_COLUMNS")
                    continue
                self.assertIn(at, wanted, f"{table}{name} ({at}) is not declared")
                wanted_name, wanted_syntax = wanted[at][0], ordered_words(wanted[at][1])
                self.assertEqual(name, wanted_name, f"{table} column {at}")
                self.assertIn(wanted_syntax, (syntax.text(), syntax.text().replace(" other=0", "")), f"{table} column {at}")
            self.assertEqual(set(wanted) - set(found), set(), f"columns of {table} that are not in the MIB: {wanted}")
        self.assertEqual(LATER_COLUMNS, seen_later)

    def test_indexes(self):
        for number, (_, index, bound) in self.tables().items():
            columns = {name: (at, access, syntax) for at, (name, access, syntax) in self.mib.columns(number).items()}
            keys = [name for at, _, name, kind, _ in self.lines("column") if int(at) == number and kind == "key"]
            expected = ["Index"] if index == "row" else ["Index" + key for key in keys]
            self.assertEqual(self.mib.index(number), expected)
            for name in expected:
                at, access, syntax = columns[name]
                twin = columns.get(name.removeprefix("Index"), (0, "readonly", syntax))
                self.assertEqual((at, access), (FIRST_INDEX_COLUMN + twin[0], "noaccess"), name)
                self.assertEqual(syntax.text(), twin[2].text())
            worst = sum(columns[name][2].worst_case() for name in expected)
            self.assertEqual(worst, bound, self.mib.tables[number].get("name"))

    def test_every_index_fits(self):
        room = int(self.lines("room")[0][0])
        self.assertEqual(len(ROOT.split(".")) + len("2.TABLE.1.COLUMN".split(".")) + room, 128)
        for number, table in self.mib.tables.items():
            columns = {name: syntax for name, _, syntax in self.mib.columns(number).values()}
            self.assertLessEqual(sum(columns[name].worst_case() for name in self.mib.index(number)), room, table.get("name"))

    def test_scalars(self):
        self.assertEqual({number: self.base(syntax) for number, syntax in self.mib.scalars.items()},
                         {int(number): kind for number, kind in self.lines("scalar")})

    def base(self, syntax):
        if syntax.numbers:
            return "Enumeration"
        known = {"Gauge32": "Unsigned32", "Counter64": "Unsigned64", "SnmpAdminString": "OctetString", "DateAndTime": "OctetString"}
        return known.get(syntax.name) or self.mib.bases[syntax.name]

    def test_the_root_moves_by_one_line(self):
        """What the MIB's own description promises of snmp.base_oid."""
        moved = re.sub(r"::= \{ netSnmpPlaypen 421 \}", "::= { netSnmpPlaypen 9 }", MIB.read_text())
        path = pathlib.Path(self.config.parent) / "MOVED"
        path.write_text(moved)
        found = subprocess.run(["snmptranslate", "-M", self.modules, "-m", path, "-On", "CHOKEPOINT-MIB::chokepointStatus"],
                               stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        self.assertEqual(found, ".1.3.6.1.4.1.8072.9999.9999.9.1.5")


if __name__ == "__main__":
    unittest.main(verbosity=2)
