# SPDX-License-Identifier: Apache-2.0
"""What the tree promises about itself. Each check takes the root of a tree and yields its defects as
"file:line: what is wrong"; each fails when it finds nothing to look at."""
import os
import pathlib
import re

from c_source import Source

FUNCTION_LINES = 60
FILE_LINES = 500
CODE = ("base", "snapshot", "collectors", "analysis", "exporter")
LAYERS = {
    "base": {"base"},
    "snapshot": {"base", "snapshot"},
    "collectors": {"base", "snapshot", "collectors"},
    "analysis": {"base", "snapshot", "analysis"},
    "exporter": {"base", "snapshot", "exporter"},
}
SEES_ALL = "exporter/main.c"
GENERATED = {"version.h", "event_program.skel.h"}
PLATFORMS = {"linux", "windows"}
# Headers that each platform's folder has: CMake says which one.
PER_PLATFORM = {"settings_platform.h"}
# Which code may include a library's headers.
LIBRARIES = [
    (r"microhttpd\.h$", r"exporter/http/"),
    (r"linux/", r"(collectors/\w+|exporter|base)/linux/"),
    (r"(libmnl|libnetlink|bpf)/", r"collectors/\w+/linux/"),
    (r"sys/capability\.h$", r"collectors/\w+/linux/"),
    (r"jansson\.h$", r"(exporter/json/|collectors/mail/servers/exchange/)"),
    (r"yaml\.h$", r"exporter/config"),
    (r"net-snmp/", r"exporter/snmp/"),
    (r"hivex\.h$", r"collectors/tuning/linux/"),
    (r"(windows|winsock2|iphlpapi|ws2tcpip|winreg|psapi|sddl|shellapi|io|winevt|pdh|pdhmsg|tlhelp32|shlwapi|"
     r"evntrace|evntcons|initguid)\.h$", r"(base|exporter|exporter/\w+|collectors|collectors/\w+)/windows/"),
    (r"tre/", r"base/windows/libc/"),
]
PLATFORM = re.compile(r"#\s*(?:if|ifdef|ifndef|elif)\b.*\b(?:_WIN32|_WIN64|WIN32|__MINGW\w*|_MSC_VER|__CYGWIN__|__linux__|"
                      r"__linux|linux|__unix__|unix|__APPLE__|__FreeBSD__|__NetBSD__|__OpenBSD__|__sun|__ANDROID__)\b")
# Spelled so that this file does not find itself.
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b")
OUTSIDE = re.compile(r"\.\./sha" r"red|(?<![\w.$}])/wo" r"rk/")
TEXT_SUFFIXES = {".c", ".h", ".in", ".py", ".txt", ".md", ".sh", ".json", ".yml", ".yaml", ".cmake", ".8", ".cf", ".conf"}


def files(root, *folders):
    """Every file below the folders of a tree (all of it without folders) that is not made by a build."""
    for folder in folders or (".",):
        for path, names, leaves in os.walk(pathlib.Path(root) / folder):
            names[:] = sorted(name for name in names if not is_made(pathlib.Path(path) / name, root))
            for leaf in sorted(leaves):
                file = pathlib.Path(path) / leaf
                if file.is_file() and not file.is_symlink():
                    yield file


def is_made(path, root):
    relative = path.relative_to(root).as_posix()
    return path.name in (".git", "__pycache__") or relative in ("build", "bench/work") or (path / "CMakeCache.txt").exists()


def name_of(path, root):
    return path.relative_to(root).as_posix()


def c_files(root, *folders, suffixes=(".c", ".h")):
    return [path for path in files(root, *folders) if path.suffix in suffixes]


def read(path):
    return path.read_text(encoding="utf-8", errors="replace")


def include_direction(root):
    for path in c_files(root, *CODE):
        name = name_of(path, root)
        for line, header, quoted in Source(read(path)).includes():
            where = f"{name}:{line}"
            if quoted:
                yield from own_header(root, name, where, header)
            else:
                yield from library_header(name, where, header)


def own_header(root, name, where, header):
    if header in GENERATED or header in PER_PLATFORM:
        return
    if not (pathlib.Path(root) / header).is_file():
        yield f"{where}: \"{header}\" is not a file of the tree, named from its root"
    elif name != SEES_ALL:
        layer = name.split("/")[0]
        if header.split("/")[0] not in LAYERS[layer]:
            yield f"{where}: {layer}/ must not include \"{header}\""
        elif is_sibling(name, header):
            yield f"{where}: a folder of {layer}/ must not include another one's \"{header}\""


def is_sibling(name, header):
    """Whether a file in exporter/X/ includes exporter/Y/..., or one in collectors/X/ something in collectors/Y/."""
    own, other = name.split("/"), header.split("/")
    if own[1] in PLATFORMS or other[1] in PLATFORMS:
        return False
    return (own[0] == other[0] and own[0] in ("exporter", "collectors")
            and len(own) > 2 and len(other) > 2 and own[1] != other[1])


def library_header(name, where, header):
    for pattern, allowed in LIBRARIES:
        if re.match(pattern, header) and not re.match(allowed, name):
            yield f"{where}: <{header}> belongs to {allowed}"


def function_size(root):
    for path in c_files(root):
        for first, last, function in Source(read(path)).functions():
            if last - first + 1 > FUNCTION_LINES:
                yield f"{name_of(path, root)}:{first}: {function}() has {last - first + 1} lines, over {FUNCTION_LINES}"


def file_size(root):
    for path in files(root):
        if path.suffix in (".c", ".h", ".py") or is_script(path):
            lines = read(path).count("\n")
            if lines > FILE_LINES:
                yield f"{name_of(path, root)}:1: {lines} lines, over {FILE_LINES}"


def is_script(path):
    with path.open("rb") as file:
        return file.read(2) == b"#!"


def header_contracts(root):
    for path in c_files(root, *CODE, suffixes=(".h",)):
        source = Source(read(path))
        commented = {last for _, last in source.comments}
        covered = set()
        for first, last, function in source.prototypes():
            if first - 1 in commented or first - 1 in covered:
                covered.add(last)
            else:
                yield f"{name_of(path, root)}:{first}: {function}() has no contract comment before it"


def spdx(root):
    for path in files(root):
        head = "\n".join(read(path).split("\n")[:3]) if path.suffix in TEXT_SUFFIXES or is_script(path) else None
        if path.suffix in (".c", ".h"):
            good = head.startswith("/* SPDX-License-Identifier: ")
        elif path.suffix == ".py" or path.name == "CMakeLists.txt" or (head and head.startswith("#!")):
            good = re.search(r"^# SPDX-License-Identifier: ", head, re.MULTILINE)
        else:
            continue
        if not good:
            yield f"{name_of(path, root)}:1: does not begin with its SPDX line"


def listed_collectors(root):
    root = pathlib.Path(root)
    names = re.search(r"set\(CHOKEPOINT_COLLECTORS ([^)]*)\)", read(root / "collectors/CMakeLists.txt"))[1].split()
    page = read(root / "docs/adding-a-collector.md")
    built = read(root / "tests/collectors/CMakeLists.txt")
    if not names:
        yield "collectors/CMakeLists.txt:1: lists no collector"
    for name in names:
        if not (root / "collectors" / name / "CMakeLists.txt").is_file():
            yield f"collectors/CMakeLists.txt:1: '{name}' has no folder collectors/{name}/ with a CMakeLists.txt"
        if not list((root / "tests/collectors" / name).glob("test_*.c")):
            yield f"collectors/CMakeLists.txt:1: '{name}' has no test tests/collectors/{name}/test_*.c"
        if f"add_subdirectory({name})" not in built:
            yield f"tests/collectors/CMakeLists.txt:1: does not build the tests of '{name}'"
        if not re.search(rf"\bcollectors/{name}/", page):
            yield f"docs/adding-a-collector.md:1: does not mention collectors/{name}/"


def platform_conditions(root):
    for path in c_files(root):
        for line, directive in Source(read(path)).directives:
            if PLATFORM.search(directive):
                yield f"{name_of(path, root)}:{line}: platforms are folders, not #if"


def words(root, pattern, what):
    for path in files(root):
        if path.suffix in TEXT_SUFFIXES or is_script(path):
            for number, line in enumerate(read(path).split("\n"), 1):
                if pattern.search(line):
                    yield f"{name_of(path, root)}:{number}: {what}: {line.strip()[:80]}"


def unfinished(root):
    return words(root, UNFINISHED, "unfinished work is not left in the tree")


def outside(root):
    return words(root, OUTSIDE, "names a place outside the project")


CHECKS = {check.__name__: check for check in (include_direction, function_size, file_size, header_contracts, spdx,
                                              listed_collectors, platform_conditions, unfinished, outside)}
