"""Where the titles of a table are: below a few lines of presentation, on one line or two."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from convergence.intake import titles
from convergence.intake.cells import Cell, as_text, phone
from convergence.intake.dates import looks_like_date

SEARCHED = 25
"""Among how many filled lines the titles are looked for."""
_LONGEST_TITLE = 160
NumberedRow = tuple[int, list[Cell]]
MergedRange = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Headers:
    """The titles found.

    :param titles: one a column, empty where the column has none.
    :param lines: the numbers of the lines they stand on; empty when the table starts with its data.
    :param data_from: index of the first row of data among the rows given.
    """

    titles: list[str]
    lines: tuple[int, ...]
    data_from: int


def find_headers(rows: Sequence[NumberedRow], merged: Sequence[MergedRange] = ()) -> Headers:
    """The titles of a table whose rows are (number in the file, cells)."""
    width = max((len(cells) for _, cells in rows), default=0)
    top = [(number, [*cells, *[None] * (width - len(cells))]) for number, cells in rows[:SEARCHED]]
    index = _title_line(top, _usual_width(rows))
    if index is None:
        return Headers([""] * width, (), 0)
    number, cells = top[index]
    first = [_title(cell) for cell in cells]
    if index + 1 < len(top) and _is_second_line(first, top[index + 1][1]):
        below = [_title(cell) for cell in top[index + 1][1]]
        groups = _spread(first, below, number, merged)
        return Headers(_joined(groups, below), (number, top[index + 1][0]), index + 2)
    if index > 0 and top[index - 1][0] == number - 1 and _is_group_line(top[index - 1], first, merged):
        above_number, above = top[index - 1]
        groups = _spread([_title(cell) for cell in above], first, above_number, merged)
        return Headers(_joined(groups, first), (above_number, number), index + 1)
    return Headers(first, (number,), index + 1)


def known_titles(cells: Sequence[Cell]) -> int:
    """How many of the cells are titles that lists of people use."""
    return sum(1 for cell in cells if _is_label(cell) and titles.is_known(str(cell)))


def _title(cell: Cell) -> str:
    return " ".join(as_text(cell).split())[:_LONGEST_TITLE]


def _usual_width(rows: Sequence[NumberedRow]) -> int:
    counts = Counter(sum(1 for cell in cells if not _is_blank(cell)) for _, cells in rows[:200])
    return counts.most_common(1)[0][0] if counts else 0


def _title_line(top: Sequence[NumberedRow], usual_width: int) -> int | None:
    """The line with the most known titles; failing that the first full line that holds only words."""
    counts = [known_titles(cells) for _, cells in top]
    best = max(counts, default=0)
    if best >= 2 or (best == 1 and usual_width <= 1):
        return counts.index(best)
    for index, (_, cells) in enumerate(top):
        filled = [cell for cell in cells if not _is_blank(cell)]
        if len(filled) >= max(1, 0.6 * usual_width):
            return index if all(_is_label(cell) for cell in filled) and (usual_width > 1 or best) else None
    return None


def _is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _is_label(cell: Cell) -> bool:
    """Whether a cell could be a title: words, neither a date nor a number, a telephone or an e-mail address."""
    if not isinstance(cell, str) or not any(c.isalpha() for c in cell) or len(cell) > _LONGEST_TITLE:
        return False
    return not (looks_like_date(cell) or phone(cell) or "@" in cell)


def _is_second_line(first: Sequence[str], cells: Sequence[Cell]) -> bool:
    """Whether the line below the titles goes on with them: sub-titles or hints, and nobody's name."""
    filled = [(column, cell) for column, cell in enumerate(cells) if not _is_blank(cell)]
    if not filled or not all(_is_label(cell) for _, cell in filled):
        return False
    telling = [column for column, cell in filled if titles.is_known(str(cell)) or titles.is_hint(str(cell))]
    under_names = [column for column, _ in filled if column < len(first) and titles.names_person(first[column])]
    return bool(telling) and set(under_names) <= set(telling) and len(telling) * 2 >= len(filled)


def _is_group_line(row: NumberedRow, below: Sequence[str], merged: Sequence[MergedRange]) -> bool:
    """Whether the line above the titles gathers them (« Identité », « Contrat »), rather than presents the list."""
    number, cells = row
    labels = [cell for cell in cells if not _is_blank(cell)]
    if len(labels) < 2 or not all(_is_label(cell) and ":" not in str(cell) for cell in labels):
        return False
    is_merged = any(a == c == number - 1 and d > b for a, b, c, d in merged)
    filled = [title for title in below if title]
    fills_a_gap = any(not title and not _is_blank(cell) for title, cell in zip(below, cells, strict=False))
    return is_merged or fills_a_gap or len(set(filled)) < len(filled)


def _spread(groups: list[str], below: Sequence[str], number: int, merged: Sequence[MergedRange]) -> list[str]:
    """Each group's title over all its columns: by the merged cells, else to the right over what is titled below."""
    spread = list(groups)
    ranges = [(b, d) for a, b, _, d in merged if a == number - 1 and d > b]
    if ranges:
        for left, right in ranges:
            for column in range(left, min(right + 1, len(spread))):
                spread[column] = groups[left]
        return spread
    for column in range(1, len(spread)):
        if not spread[column] and below[column]:
            spread[column] = spread[column - 1]
    return spread


def _joined(groups: Sequence[str], below: Sequence[str]) -> list[str]:
    joined = []
    for group, title in zip(groups, below, strict=True):
        if not group or not title or titles.is_hint(title) or group == title:
            joined.append(group if not title or titles.is_hint(title) else title)
        else:
            joined.append(f"{group}{titles.PART}{title}")
    return joined
