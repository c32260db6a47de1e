"""How figures are drawn: quiet, legible in black and white, labels on the lines; equal numbers make equal bytes."""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter

from convergence.analysis import french

INK, QUIET, RULE = "#1c2321", "#55605c", "#d9d3c7"
LINES = ("#0c5f5a", "#a8456b", "#2b5c8a", "#7a5a12")
"""Four colours of different lightness; a dash pattern goes with each (:data:`DASHES`)."""
DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (7, 2, 1.5, 2)))
MARKS = ("o", "s", "^", "D")

_STYLE: Any = {
    "svg.hashsalt": "convergence",
    "svg.fonttype": "path",
    "path.simplify": True,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": QUIET,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.unicode_minus": True,
    "axes.grid.axis": "y",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "lines.linewidth": 1.8,
    "figure.dpi": 100,
}


@contextmanager
def canvas(height: float = 3.6, panels: int = 1) -> Iterator[tuple[Canvas, list[Axes]]]:
    """A drawing 7.2 inches wide with its panels stacked, in the report's style. No window is ever opened."""
    with mpl.rc_context(_STYLE):
        drawn = Canvas(figsize=(7.2, height), layout="constrained")
        axes = drawn.subplots(panels, 1, squeeze=False)
        yield drawn, list(axes[:, 0])


def as_svg(drawn: Canvas, name: str, title: str, description: str) -> str:
    """The drawing as an SVG that may stand inside a page: named for screen readers, identifiers of its own, no style
    sheet (those of a drawing would spill over the page, and a strict policy refuses them)."""
    written = io.StringIO()
    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        # A sign that the font lacks, in somebody's label, is drawn as an empty box: nothing more to be told.
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        drawn.savefig(written, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    text = written.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    text = re.sub(r"<style[^>]*>.*?</style>\s*", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.DOTALL)
    text = re.sub(r' style="([^"]*)"', lambda found: _attributes(found[1]), text)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', text)
    text = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", text)
    named = (
        f'<svg role="img" aria-labelledby="{name}-title {name}-words" stroke-linejoin="round" stroke-linecap="butt" '
    )
    words = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-words">{escape(description)}</desc>\n'
    text = text.replace("<svg ", named, 1)
    end = text.index(">") + 1
    return text[:end] + words + text[end:].lstrip()


def _attributes(style: str) -> str:
    """Declarations of a style as presentation attributes, which mean the same."""
    pairs = (each.split(":", 1) for each in style.split(";") if each.strip())
    return "".join(f' {key.strip()}="{value.strip()}"' for key, value in pairs)


def euros(axis: Any) -> None:
    """Ticks in euros."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: french.euros(value, signed=True)))


def shares(axis: Any) -> None:
    """Ticks in per cent."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: french.percent(value)))


def numbers(axis: Any, decimals: int = 0) -> None:
    """Ticks as French numbers."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: french.number(value, decimals)))


def by_year(axes: Axes, months: int) -> None:
    """Ticks every twelve months, from time zero."""
    axes.set_xlim(0, months)
    axes.set_xticks(range(0, months + 1, 12))
    axes.set_xlabel("mois depuis le premier jour du parcours")


def labels_at_the_end(axes: Axes, ends: list[tuple[float, float, str, str]], *, apart: float = 0.055) -> None:
    """Words at the end of lines, (x, y, words, colour), moved apart so that they do not cover each other.

    ``apart``: the least distance, as a share of the height of the axes.
    """
    low, high = axes.get_ylim()
    least = apart * (high - low)
    placed: list[float] = []
    for _, y, _, _ in sorted(ends, key=lambda end: end[1]):
        placed.append(y if not placed else max(y, placed[-1] + least))
    if placed and (over := placed[-1] - high) > 0:
        placed = [each - over for each in placed]
    for (x, _, words, colour), height in zip(sorted(ends, key=lambda end: end[1]), placed, strict=True):
        axes.annotate(
            words, (x, height), xytext=(5, 0), textcoords="offset points", va="center", color=colour,
            fontsize=8.5, fontweight="bold", annotation_clip=False,
        )  # fmt: skip
