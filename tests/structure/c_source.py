# SPDX-License-Identifier: Apache-2.0
"""Reads C just well enough for the checks beside it: comments, strings and preprocessor lines are told from code, so
that braces can be counted. No compiler is needed, and code for other platforms is read like any other."""
import re

TOKEN = re.compile(
    r"""(?P<comment>/\*.*?(?:\*/|\Z)|//(?:\\\n|[^\n])*)
      | (?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')""",
    re.VERBOSE | re.DOTALL)
DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def _blank(text):
    """Spaces in place of everything but line ends, so that positions stay."""
    return re.sub(r"[^\n]", " ", text)


class Source:
    """One file of C. code: the text with comments, contents of strings and preprocessor lines blanked."""

    def __init__(self, text):
        self.text = text
        self.comments = []  # (first line, last line)
        without_comments = TOKEN.sub(self._token, text)
        self.directives = [(self.line(match.start()), match[0]) for match in DIRECTIVE.finditer(without_comments)]
        self.code = DIRECTIVE.sub(lambda match: _blank(match[0]), self._without_strings(without_comments))

    def _token(self, match):
        if match["string"]:
            return match[0]
        self.comments.append((self.line(match.start()), self.line(match.end() - 1)))
        return _blank(match[0])

    @staticmethod
    def _without_strings(text):
        return TOKEN.sub(lambda match: match[0][0] + _blank(match[0][1:-1]) + match[0][-1], text)

    def line(self, position):
        return self.text.count("\n", 0, position) + 1

    def includes(self):
        """(line, name, whether in quotes) of every #include."""
        return [(self.line(match.start()), match[1] or match[2], bool(match[1]))
                for match in INCLUDE.finditer(self._commentless())]

    def _commentless(self):
        return TOKEN.sub(lambda match: match[0] if match["string"] else _blank(match[0]), self.text)

    def outermost(self):
        """Every declaration and definition at file level: (first line, last line, its head, whether it has a body).
        The head is the code before the body or the semicolon."""
        found, depth, start, head_end = [], 0, None, None
        for at, character in enumerate(self.code):
            if start is None and not character.isspace() and character not in ";}":
                start = at
            if character == "{":
                if depth == 0 and head_end is None:
                    head_end = at
                depth += 1
            elif character == "}":
                depth = max(0, depth - 1)
                if depth == 0 and head_end is not None and self._is_function(start, head_end):
                    found.append((self.line(start), self.line(at), self.code[start:head_end], True))
                    start = head_end = None
            elif character == ";" and depth == 0 and start is not None:
                if head_end is None:
                    found.append((self.line(start), self.line(at), self.code[start:at], False))
                start = head_end = None
        return found

    def _is_function(self, start, head_end):
        return start is not None and self.code[start:head_end].rstrip().endswith(")")

    def functions(self):
        """(first line, last line, name) of every function defined here."""
        return [(first, last, function_name(head)) for first, last, head, body in self.outermost() if body]

    def prototypes(self):
        """(first line, last line, name) of every function declared or defined here."""
        return [(first, last, function_name(head)) for first, last, head, _ in self.outermost()
                if "(" in head and "=" not in head and not re.match(r"(typedef|_Static_assert|static_assert)\b", head)]


def function_name(head):
    match = re.search(r"(\w+)\s*\(", head)
    return match[1] if match else "?"
