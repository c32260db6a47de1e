"""A laid out scheme as SVG: one drawing for the screen, the wall and the printer, that colour adds nothing to."""

from xml.sax.saxutils import escape, quoteattr

from convergence.web.desk.scheme import HEIGHT, WIDTH, Box, Drawing, Stream, Words, legible

INK, SOFT, PAPER = "#1d2939", "#8a93a0", "#ffffff"
FILLS = {"site": "#f4f5f7", "team": "#e4e7ec", "domain": "#ffffff", "partners": "#f4f5f7"}


def svg(drawing: Drawing, label: str, *, sheet: bool = False) -> str:
    """The drawing as SVG text.

    :param label: what it shows, for whoever does not see it.
    :param sheet: a document of its own, in the size of a landscape A3 sheet; else a part of a page.
    """
    size = ' width="420mm" height="297mm"' if sheet else ""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"{size} role="img"'
        f' aria-label={quoteattr(legible(label))} font-family="Helvetica, Arial, sans-serif" class="scheme">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>',
        *map(_stream, sorted(drawing.streams, key=lambda stream: -stream.width)),
        *map(_box, drawing.boxes),
        *map(_words, drawing.words),
        "</svg>",
    ]
    return "\n".join(parts)


def _stream(stream: Stream) -> str:
    (x, y), (to_x, to_y) = stream.start, stream.end
    half = round((to_x - x) / 2, 1)
    path = f"M{x} {y}C{x + half} {y} {to_x - half} {to_y} {to_x} {to_y}"
    dashes = ' stroke-dasharray="4 4"' if stream.n is None else ""
    return f'<path d="{path}" fill="none" stroke="{SOFT}" stroke-opacity="0.55" stroke-width="{stream.width}"{dashes}/>'


def _box(box: Box) -> str:
    edge = 2 if box.kind in ("team", "domain") else 1
    rectangle = (
        f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="6"'
        f' fill="{FILLS[box.kind]}" stroke="{INK}" stroke-width="{edge}"/>'
    )
    return rectangle + "".join(map(_words, box.lines))


def _words(words: Words) -> str:
    weight = ' font-weight="700"' if words.bold else ""
    return (
        f'<text x="{words.x}" y="{words.y}" font-size="{words.size}"{weight} fill="{INK}">{escape(words.text)}</text>'
    )
