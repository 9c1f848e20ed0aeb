#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plants one violation at a time in a small healthy tree and sees that the check for it, and only that one, speaks."""
import pathlib
import tempfile
import textwrap
import unittest

import checks
from c_source import Source

SPDX = "/* SPDX-License-Identifier: Apache-2.0 */\n"
HEALTHY = {
    "base/text.h": "/* Makes one. */\nint text_make(void);\n",
    "base/text.c": '#include "base/text.h"\n',
    "snapshot/row.h": '#include "base/text.h"\n',
    "collectors/collector.h": "",
    "collectors/tcp/linux/walk.c": '#include <libmnl/libmnl.h>\n#include "collectors/collector.h"\n',
    "analysis/use.c": '#include "snapshot/row.h"\n',
    "exporter/config.c": "#include <yaml.h>\n",
    "exporter/renderer.h": "",
    "exporter/http/server.c": '#include <microhttpd.h>\n#include "exporter/renderer.h"\n',
    "exporter/main.c": '#include "collectors/collector.h"\n#include "version.h"\n',
}
OTHER = {
    "CMakeLists.txt": "# SPDX-License-Identifier: Apache-2.0\n",
    "collectors/CMakeLists.txt": "# SPDX-License-Identifier: Apache-2.0\nset(CHOKEPOINT_COLLECTORS tcp)\n",
    "collectors/tcp/CMakeLists.txt": "# SPDX-License-Identifier: Apache-2.0\n",
    "tests/collectors/CMakeLists.txt": "# SPDX-License-Identifier: Apache-2.0\nadd_subdirectory(tcp)\n",
    "tests/collectors/tcp/test_walk.c": SPDX,
    "docs/adding-a-collector.md": "See `collectors/tcp/`.\n",
    "packaging/start": "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n",
}


class Planted(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory(prefix="chokepoint-structure-")
        self.addCleanup(self.directory.cleanup)
        self.root = pathlib.Path(self.directory.name)
        for name, text in {**{name: SPDX + text for name, text in HEALTHY.items()}, **OTHER}.items():
            self.write(name, text)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def append(self, name, text):
        with (self.root / name).open("a") as file:
            file.write(textwrap.dedent(text))

    def defects(self):
        return {name: found for name, check in checks.CHECKS.items() if (found := list(check(self.root)))}

    def caught(self, check, text):
        found = self.defects()
        self.assertEqual(list(found), [check], found)
        self.assertEqual(len(found[check]), 1, found)
        self.assertIn(text, found[check][0])

    def test_healthy_tree(self):
        self.assertEqual(self.defects(), {})

    def test_upward_includes(self):
        for name, header in (("base/text.c", "snapshot/row.h"), ("snapshot/row.h", "collectors/collector.h"),
                             ("collectors/tcp/linux/walk.c", "exporter/renderer.h"),
                             ("analysis/use.c", "collectors/collector.h"), ("exporter/config.c", "collectors/collector.h")):
            with self.subTest(name):
                self.setUp()
                self.append(name, f'# include "{header}"\n')
                self.caught("include_direction", f'{name}:')

    def test_includes_between_siblings(self):
        self.write("exporter/json/json.h", SPDX)
        self.append("exporter/http/server.c", '#include "exporter/json/json.h"\n')
        self.caught("include_direction", "another one's")

    def test_include_that_is_not_from_the_root(self):
        self.append("base/text.c", '#include "text.h"\n')
        self.caught("include_direction", "not a file of the tree")

    def test_libraries_out_of_place(self):
        for name, header in (("exporter/main.c", "microhttpd.h"), ("collectors/tcp/count.c", "linux/inet_diag.h"),
                             ("exporter/http/server.c", "jansson.h"), ("collectors/tcp/count.c", "libmnl/libmnl.h"),
                             ("exporter/sampler.c", "yaml.h"), ("exporter/http/server.c", "net-snmp/net-snmp-config.h")):
            with self.subTest(header):
                self.setUp()
                self.write(name, (SPDX if not (self.root / name).exists() else checks.read(self.root / name)))
                self.append(name, f"#include <{header}>\n")
                self.caught("include_direction", f"<{header}>")

    def test_includes_in_comments_do_not_count(self):
        self.append("base/text.c", '/*\n#include "snapshot/row.h"\n*/\n// #include <yaml.h>\n')
        self.assertEqual(self.defects(), {})

    def test_long_function(self):
        self.append("base/text.c", "static int f(int a)\n{\n" + "    a++;\n" * 58 + "}\n")
        self.caught("function_size", "f() has 61 lines")

    def test_function_of_the_greatest_size(self):
        self.append("base/text.c", "static int f(int a)\n{\n" + "    a++;\n" * 57 + "}\n")
        self.assertEqual(self.defects(), {})

    def test_braces_in_strings_comments_and_directives_do_not_count(self):
        self.append("base/text.c", """
            #define OPEN {
            static char a(void)
            {
                // }
                const char *b = "}\\"}"; /* } */
                return '}';
            }
            """ + "\n" * 60 + "static void g(void)\n{\n}\n")
        source = Source(checks.read(self.root / "base/text.c"))
        self.assertEqual([name for _, _, name in source.functions()], ["a", "g"])
        self.assertEqual(self.defects(), {})

    def test_data_is_no_function(self):
        self.append("base/text.c", "static const int list[] = {\n" + "    1,\n" * 100 + "};\nstatic void g(void)\n{\n}\n")
        self.assertEqual(self.defects(), {})

    def test_long_file(self):
        self.append("base/text.c", "\n" * 500)
        self.caught("file_size", "over 500")

    def test_long_script(self):
        self.append("packaging/start", "\n" * 500)
        self.caught("file_size", "packaging/start")

    def test_prototype_without_contract(self):
        self.append("base/text.h", "\nvoid text_free(struct text *text,\n    int how);\n")
        self.caught("header_contracts", "text_free()")

    def test_contract_of_a_group(self):
        self.append("base/text.h", "\n/* Both. */\nvoid text_a(void);\nstruct text *text_b(int a,\n  int b);\nint text_c(void);\n")
        self.assertEqual(self.defects(), {})

    def test_contract_across_a_blank_line(self):
        self.append("base/text.h", "\n/* Far away. */\n\nvoid text_a(void);\n")
        self.caught("header_contracts", "text_a()")

    def test_members_need_no_contract(self):
        self.append("base/text.h", "\nstruct text {\n    int (*read)(void);\n};\nextern const struct text text_none;\n"
                                   "#define TEXT_CALL(a) text_make()\n")
        self.assertEqual(self.defects(), {})

    def test_missing_licence(self):
        for name in ("base/text.c", "tests/collectors/tcp/test_walk.c"):
            with self.subTest(name):
                self.setUp()
                self.write(name, "/* Something else. */\n")
                self.caught("spdx", name)

    def test_script_without_licence(self):
        self.write("packaging/start", "#!/bin/sh\n")
        self.caught("spdx", "packaging/start")

    def test_collector_without_test(self):
        (self.root / "tests/collectors/tcp/test_walk.c").unlink()
        self.caught("listed_collectors", "has no test")

    def test_collector_whose_tests_are_not_built(self):
        self.write("tests/collectors/CMakeLists.txt", "# SPDX-License-Identifier: Apache-2.0\n")
        self.caught("listed_collectors", "does not build")

    def test_collector_without_folder_or_page(self):
        self.write("collectors/CMakeLists.txt", "# SPDX-License-Identifier: Apache-2.0\nset(CHOKEPOINT_COLLECTORS tcp udp)\n")
        found = self.defects()
        self.assertEqual(list(found), ["listed_collectors"])
        self.assertEqual(len(found["listed_collectors"]), 4, found)

    def test_platform_condition(self):
        for condition in ("#ifdef _WIN32", "#if defined(__linux__) && X", "#  elif __APPLE__", "#ifndef _WIN64"):
            with self.subTest(condition):
                self.setUp()
                self.append("base/text.c", f"{condition}\n#endif\n")
                self.caught("platform_conditions", "base/text.c:3")

    def test_unfinished_work(self):
        for word in ("TO" "DO", "FIX" "ME", "X" "XX"):
            with self.subTest(word):
                self.setUp()
                self.append("docs/adding-a-collector.md", f"{word}: later\n")
                self.caught("unfinished", "docs/adding-a-collector.md:2")

    def test_template_of_a_temporary_name_is_no_unfinished_work(self):
        self.append("base/text.c", 'static char name[] = "text-XX' 'XXXX";\n')
        self.assertEqual(self.defects(), {})

    def test_place_outside(self):
        for place in ("../sha" "red/A.md", "/wo" "rk/main"):
            with self.subTest(place):
                self.setUp()
                self.append("packaging/start", f"cat {place}\n")
                self.caught("outside", "packaging/start:3")

    def test_folder_of_benchmarks_is_no_place_outside(self):
        self.append("packaging/start", "rm -r bench/wo" 'rk/a "$ROOT/wo' 'rk/"\n')
        self.assertEqual(self.defects(), {})

    def test_built_files_are_not_looked_at(self):
        self.write("build/test/list.c", "int a;\n")
        self.write("out/CMakeCache.txt", "")
        self.write("out/list.c", "int a;\n")
        self.assertEqual(self.defects(), {})


if __name__ == "__main__":
    unittest.main()
