# SPDX-License-Identifier: Apache-2.0
"""Puts the sections of one report into another: a part that was measured again beside those that were not."""

SECTION = "\n## "
BUDGETS = "Budgets"


def sections(text):
    """(what stands before the first section, {title: the section with its title})"""
    head, *rest = text.split(SECTION)
    return head, {section.split("\n", 1)[0]: section.rstrip("\n") for section in rest}


def with_rows(old, new):
    """The table of budgets with new rows in the place of old ones of the same name, or at its end."""
    rows = {}
    for section in (old, new):
        for line in section.split("\n"):
            rows[line.split("|")[1] if line.startswith("|") else line] = line
    return "\n".join(rows.values())


def merged(old, new, name):
    """The report `old` with every section that `new` has; name: what new is of."""
    head, kept = sections(old)
    new_head, measured = sections(new)
    when = next(line for line in new_head.split("\n") if line.startswith("- ")).removeprefix("- ")
    head = "\n".join(line for line in head.rstrip("\n").split("\n") if not line.startswith(f"- Again, {name}: "))
    budgets = [section for section in (kept.pop(BUDGETS, None), measured.pop(BUDGETS, None)) if section]
    kept.update(measured)
    if budgets:
        kept[BUDGETS] = with_rows(budgets[0], budgets[-1])
    return SECTION.join([f"{head}\n- Again, {name}: {when}\n", *(section + "\n" for section in kept.values())])
