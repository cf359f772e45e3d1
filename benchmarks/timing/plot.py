"""Bars as an SVG file: a group a model, a bar a contestant, on a logarithmic scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

WIDTH, LABELS, RIGHT, ROW, GAP = 860, 330, 70, 22, 34
Group = tuple[str, Sequence[tuple[str, float, bool]]]  # title; label, value, ours?

STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 } .title { font-weight: 600 } .axis { fill: #59636e }
.bar { fill: #8c959f } .ours { fill: #0969da } line { stroke: #d1d9e0 }
@media (prefers-color-scheme: dark) { text { fill: #f0f6fc } .axis { fill: #9198a1 } line { stroke: #3d444d } }
"""


def bars(title: str, groups: Sequence[Group]) -> str:
    values = [value for _, group in groups for _, value, _ in group if value > 0]
    low, high = math.floor(math.log10(min(values))), math.log10(max(values))
    room = WIDTH - LABELS - RIGHT
    place = lambda value: LABELS + room * (math.log10(value) - low) / (high - low or 1)
    height = 30 + sum(GAP + ROW * len(group) for _, group in groups) + 10
    parts = []
    for power in range(low, math.floor(high) + 1):
        x = place(10**power)
        parts.append(f'<line x1="{x:.0f}" x2="{x:.0f}" y1="30" y2="{height - 6}"/>')
        parts.append(f'<text class="axis" x="{x:.0f}" y="26" text-anchor="middle">{10**power:g}</text>')
    y = 30
    for name, group in groups:
        y += GAP
        parts.append(f'<text class="title" x="8" y="{y - 12}">{escape(name)}</text>')
        for label, value, ours in group:
            kind = "ours" if ours else "bar"
            parts.append(f'<text x="{LABELS - 8}" y="{y + 12}" text-anchor="end">{escape(label)}</text>')
            wide = max(1.0, place(value) - LABELS)
            parts.append(f'<rect class="{kind}" x="{LABELS}" y="{y}" width="{wide:.0f}" height="{ROW - 6}" rx="2"/>')
            parts.append(f'<text x="{LABELS + wide + 6:.0f}" y="{y + 12}">{value:.3g}</text>')
            y += ROW
    head = f'<text class="title" x="8" y="16">{escape(title)}</text>'
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    body = "\n".join([head, *parts])
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(title)}">'
    return f"{head}\n<style>{STYLE}</style>\n{body}\n</svg>\n"
