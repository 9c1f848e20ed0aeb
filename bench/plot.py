# SPDX-License-Identifier: Apache-2.0
"""A plot of ratios as SVG, written by hand: bars on a logarithmic scale, grouped by size."""
import math
import xml.sax.saxutils

WIDTH, LEFT, RIGHT, TOP, BAR, GAP, TITLE = 900, 220, 90, 50, 16, 4, 26
COLOURS = {"chokepoint": "#1a7f5a", "bare dump": "#9aa5b1"}
OTHER = "#c2702f"


def text(x, y, words, anchor="start", weight="normal"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}">'
            f"{xml.sax.saxutils.escape(words)}</text>")


def bars(title, groups):
    """groups: {size: {name: ratio}}"""
    ratios = [ratio for group in groups.values() for ratio in group.values()]
    low, high = math.log10(min(ratios + [1]) * 0.8), math.log10(max(ratios + [1]) * 1.1)
    scale = (WIDTH - LEFT - RIGHT) / (high - low)

    def place(ratio):
        return LEFT + (math.log10(ratio) - low) * scale
    parts, y = [text(10, 24, title, weight="bold")], TOP
    for size, group in groups.items():
        parts.append(text(10, y + BAR, f"{size:,} TIME_WAIT", weight="bold"))
        y += TITLE
        for name, ratio in group.items():
            start, end = sorted((place(1), place(ratio)))
            colour = COLOURS.get(name, OTHER)
            parts.append(text(LEFT - 8, y + BAR - 4, name, "end"))
            parts.append(f'<rect x="{start:.1f}" y="{y}" width="{max(end - start, 2):.1f}" height="{BAR}" fill="{colour}"/>')
            parts.append(text(max(end, place(1)) + 6, y + BAR - 4, f"{ratio:.3g}"))
            y += BAR + GAP
        y += GAP * 2
    line = f'<line x1="{place(1):.1f}" x2="{place(1):.1f}" y1="{TOP}" y2="{y}" stroke="#333" stroke-dasharray="3 3"/>'
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 10}" font-family="sans-serif" font-size="13">'
            f'<rect width="100%" height="100%" fill="#fff"/>{line}{"".join(parts)}</svg>\n')
