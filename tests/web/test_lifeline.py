"""The life line's laws, over random lives, and the words it says."""

import datetime as dt
import itertools
import random
import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from convergence.web import lifeline
from convergence.web.lifeline import LANES, ZOOMS, LifeLine, Mark, draw, zoom_named
from convergence.web.lifeline.drawing import AXIS_SIZE, CHART_WIDTH, TEXT_SIZE, DrawnMark, Label, text_width
from convergence.web.lifeline.lanes import clipped

TODAY = dt.date(2026, 11, 23)
STYLES = Path(lifeline.__file__).parents[1] / "static" / "web"


def spell(
    start: dt.date | None, end: dt.date | None, label: str = "CHRS", lane: str = "housing", shade: int = 3
) -> Mark:
    return Mark(lane, "spell", start, end, label, shade, href="/fait/1/")


def event(start: dt.date, label: str = "Entretien", lane: str = "contacts") -> Mark:
    return Mark(lane, "event", start, None, label, href="/rencontre/1/")


@st.composite
def any_mark(pick: st.DrawFn) -> Mark:
    days = st.integers(-2600, 500)
    start = TODAY + dt.timedelta(days=pick(days))
    kind = pick(st.sampled_from(["spell", "spell", "event"]))
    end = None
    if kind == "spell":
        end = pick(st.none() | st.integers(0, 1500).map(lambda days: start + dt.timedelta(days=days)))
    return Mark(
        lane=pick(st.sampled_from(sorted(LANES))),
        kind=kind,  # type: ignore[arg-type]
        start=None if kind == "spell" and pick(st.integers(0, 9)) == 0 else start,
        end=end,
        label=pick(st.text("abcdeélmnrstuWM ·’0123456789", max_size=40)).strip(),
        shade=pick(st.integers(1, 5)),
        doubt=pick(st.booleans()),
        missing=kind == "spell" and pick(st.integers(0, 5)) == 0,
        href=pick(st.sampled_from(["", "/fait/7/"])),
    )


lives = st.lists(any_mark(), max_size=40)
zooms = st.sampled_from(sorted(ZOOMS))


def box(label: Label, size: float) -> tuple[float, float, float, float]:
    return label.x, label.y - size * 0.8, label.x + label.width, label.y + size * 0.25


def label_boxes(line: LifeLine) -> list[tuple[float, float, float, float]]:
    boxes = [box(line.today_label, AXIS_SIZE)]
    boxes += [box(tick.label, AXIS_SIZE) for tick in line.ticks if tick.label]
    boxes += [box(mark.label, TEXT_SIZE) for mark in line.marks if mark.label]
    return boxes


def apart(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


@settings(max_examples=150, deadline=None)
@given(lives, zooms)
def test_no_two_labels_overlap(marks: list[Mark], zoom: str) -> None:
    for one, other in itertools.combinations(label_boxes(draw(marks, TODAY, zoom)), 2):
        assert apart(one, other)


@settings(max_examples=150, deadline=None)
@given(lives, zooms)
def test_every_mark_and_every_label_is_inside_the_drawing(marks: list[Mark], zoom: str) -> None:
    line = draw(marks, TODAY, zoom)
    for placed in line.marks:
        assert placed.x >= 0
        assert placed.x + placed.width <= CHART_WIDTH + 0.001
        assert line.axis <= placed.y
        assert placed.y + placed.height <= line.height
    for left, top, right, bottom in label_boxes(line):
        assert left >= 0
        assert right <= CHART_WIDTH + 0.001
        assert top >= 0
        assert bottom <= line.height


@settings(max_examples=150, deadline=None)
@given(lives, zooms)
def test_marks_come_in_time_order_for_the_keyboard(marks: list[Mark], zoom: str) -> None:
    starts = [placed.mark.start or dt.date.min for placed in draw(marks, TODAY, zoom).marks]
    assert starts == sorted(starts)


@settings(max_examples=150, deadline=None)
@given(lives, zooms)
def test_two_spells_of_one_row_never_share_a_moment(marks: list[Mark], zoom: str) -> None:
    bars = [placed for placed in draw(marks, TODAY, zoom).marks if placed.shape != "dot"]
    for one, other in itertools.combinations(bars, 2):
        if one.y == other.y:
            assert apart((one.x, 0, one.x + one.width - 0.02, 1), (other.x, 0, other.x + other.width - 0.02, 1))


@settings(max_examples=100, deadline=None)
@given(lives, zooms, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(marks: list[Mark], zoom: str, chance: random.Random) -> None:
    shuffled = list(marks)
    chance.shuffle(shuffled)
    assert draw(shuffled, TODAY, zoom) == draw(marks, TODAY, zoom)


@settings(max_examples=100, deadline=None)
@given(lives, zooms)
def test_the_list_says_every_mark_even_those_out_of_sight(marks: list[Mark], zoom: str) -> None:
    line = draw(marks, TODAY, zoom)
    assert sum(len(lane.entries) for lane in line.lists) == len(marks)


@settings(max_examples=100, deadline=None)
@given(lives, zooms)
def test_no_event_in_sight_is_lost_when_dots_are_shared(marks: list[Mark], zoom: str) -> None:
    line = draw(marks, TODAY, zoom)
    in_sight = [
        mark for mark in marks if mark.kind == "event" and mark.start and line.first_day <= mark.start <= line.last_day
    ]
    assert sum(len(placed.marks) for placed in line.marks if placed.shape == "dot") == len(in_sight)


@settings(max_examples=60, deadline=None)
@given(lives, st.lists(st.sampled_from(sorted(LANES)), unique=True))
def test_a_lane_the_reader_may_not_see_is_nowhere(marks: list[Mark], lanes: list[str]) -> None:
    line = draw(marks, TODAY, lanes=lanes)
    assert [drawn.lane.code for drawn in line.lanes] == lanes
    assert [drawn.lane.code for drawn in line.lists] == lanes
    assert {mark.lane for placed in line.marks for mark in placed.marks} <= set(lanes)


def only(line: LifeLine) -> DrawnMark:
    (placed,) = line.marks
    return placed


def test_a_lasting_spell_reaches_today_and_no_further() -> None:
    line = draw([spell(dt.date(2025, 5, 4), None)], TODAY)
    placed = only(line)
    assert placed.x + placed.width == pytest.approx(line.today_x, abs=1.01)
    assert not placed.planned_path


def test_what_is_still_to_come_of_a_spell_is_drawn_apart() -> None:
    line = draw([spell(dt.date(2026, 1, 8), dt.date(2027, 3, 14), "CDDI", "employment")], TODAY, "1a")
    assert only(line).path
    assert only(line).planned_path.startswith(f"M{line.today_x:.2f} ")
    assert line.has_planned


def test_a_gap_looks_like_a_gap_and_says_which_kind_of_missing() -> None:
    unknown = Mark("health", "spell", dt.date(2025, 1, 1), dt.date(2026, 6, 1), "non évalué", missing=True)
    line = draw([unknown], TODAY)
    assert only(line).shape == "gap"
    when = "du 1er\u00a0janvier 2025 au 1er\u00a0juin 2026, 1\u00a0an et 5\u00a0mois"
    assert only(line).name == f"Santé\u00a0: non évalué, {when}"
    assert line.has_gap


def test_an_unknown_start_begins_at_the_edge_and_is_said() -> None:
    placed = only(draw([spell(None, dt.date(2024, 5, 3), "Chez un tiers")], TODAY))
    assert placed.x == 0
    assert placed.name == "Logement\u00a0: Chez un tiers, d’une date inconnue au 3\u00a0mai 2024"


def test_doubt_is_said_in_words_too() -> None:
    doubtful = Mark("rights", "spell", dt.date(2026, 11, 1), None, "RSA", doubt=True, wording="RSA demandé")
    line = draw([doubtful], TODAY)
    said = "RSA demandé, depuis le 1er\u00a0novembre 2026, 22\u00a0jours (information incertaine)"
    assert only(line).name == f"Droits\u00a0: {said}"
    assert [entry.text for lane in line.lists for entry in lane.entries] == [said]


def test_spells_that_overlap_stand_on_two_rows_and_others_on_one() -> None:
    follow = draw([spell(dt.date(2024, 1, 1), dt.date(2024, 12, 31)), spell(dt.date(2025, 1, 1), None)], TODAY)
    overlap = draw([spell(dt.date(2024, 1, 1), dt.date(2025, 6, 30)), spell(dt.date(2025, 1, 1), None)], TODAY)
    assert len({placed.y for placed in follow.marks}) == 1
    assert len({placed.y for placed in overlap.marks}) == 2


def test_a_label_too_long_for_its_bar_stands_beside_it_where_there_is_room() -> None:
    placed = only(draw([spell(dt.date(2025, 1, 1), dt.date(2025, 1, 31), "Centre d’hébergement")], TODAY))
    assert placed.label is not None
    assert placed.label.text == "Centre d’hébergement"
    assert placed.label.x >= placed.x + placed.width


def test_a_label_without_room_is_clipped_then_dropped() -> None:
    assert clipped("Hébergement d’urgence", 400) == "Hébergement d’urgence"
    shorter = clipped("Hébergement d’urgence", 90)
    assert shorter.endswith("…")
    assert text_width(shorter) <= 90
    assert clipped("Hébergement d’urgence", 20) == ""


def test_crowded_meetings_share_a_dot_that_leads_to_the_list() -> None:
    meetings = [event(TODAY - dt.timedelta(days=days)) for days in range(3, 33, 3)]
    line = draw(meetings, TODAY, "5a")
    shared = [placed for placed in line.marks if len(placed.marks) > 1]
    assert shared
    assert all(placed.href == "#liste-contacts" for placed in shared)
    assert all(placed.x + placed.width / 2 <= line.today_x for placed in line.marks)
    assert "fois" in shared[0].name


def test_a_single_meeting_opens_its_own_page() -> None:
    assert only(draw([event(TODAY)], TODAY, "3m")).href == "/rencontre/1/"


@pytest.mark.parametrize(
    ("zoom", "said"),
    [
        ("5a", ["2023", "2024", "2025", "2026", "2027"]),
        ("1a", ["févr.", "mars", "avr.", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.", "déc."]),
    ],
)
def test_the_axis_names_years_or_months(zoom: str, said: list[str]) -> None:
    ticks = draw([], TODAY, zoom).ticks
    assert [tick.label.text for tick in ticks if tick.label] == said


def test_the_axis_of_three_months_names_mondays() -> None:
    labels = [tick.label.text for tick in draw([], TODAY, "3m").ticks if tick.label]
    assert labels[0] == "14\u00a0sept."
    assert "23\u00a0nov." in labels


def test_an_empty_lane_says_so_and_one_with_older_facts_says_that() -> None:
    line = draw([spell(dt.date(2019, 1, 1), dt.date(2019, 6, 1))], TODAY)
    notes = {drawn.lane.code: drawn.note for drawn in line.lanes}
    assert notes["housing"] == "rien sur cette période"
    assert notes["health"] == "rien de noté"


def test_an_unknown_zoom_counts_as_five_years() -> None:
    assert zoom_named("10s") == zoom_named(None) == ZOOMS["5a"]


def test_a_mark_refuses_what_cannot_be() -> None:
    with pytest.raises(ValueError, match="ends before"):
        spell(dt.date(2025, 1, 2), dt.date(2025, 1, 1))
    with pytest.raises(ValueError, match="shade"):
        spell(dt.date(2025, 1, 2), None, shade=6)
    with pytest.raises(ValueError, match="lane"):
        spell(dt.date(2025, 1, 2), None, lane="loisirs")


def rendered(marks: list[Mark], address: str = "/personnes/1/") -> str:
    context = Context({"request": RequestFactory().get(address), "line": draw(marks, TODAY)})
    return Template("{% load components %}{% life_line line %}").render(context)


def test_each_mark_is_a_link_with_its_full_name_in_time_order() -> None:
    html = rendered(
        [spell(dt.date(2025, 5, 4), None, "Résidence"), spell(dt.date(2023, 1, 1), dt.date(2025, 5, 3), "Hôtel")]
    )
    names = re.findall(r'<a class="life-mark[^>]*href="/fait/1/"[^>]*aria-label="([^"]+)"', html)
    assert [name.split(",")[0] for name in names] == ["Logement\u00a0: Hôtel", "Logement\u00a0: Résidence"]


def test_coordinates_are_numbers_that_svg_reads() -> None:
    html = rendered([spell(dt.date(2025, 5, 4), None), event(dt.date(2026, 2, 3))])
    for value in re.findall(r' (?:x|y|cx|cy|r|width|height|viewBox)="([^"]*)"', html):
        assert re.fullmatch(r"[-\d. ]+", value)
    for path in re.findall(r' d="([^"]*)"', html):
        assert re.fullmatch(r"[-A-Za-z\d. ]+", path)


def test_the_zoom_keeps_the_rest_of_the_address() -> None:
    html = rendered([], "/personnes/1/?onglet=parcours&etendue=5a")
    assert 'href="?onglet=parcours&amp;etendue=1a#ligne-de-vie"' in html
    assert html.count('aria-current="true"') == 1


def test_a_hostile_label_is_only_text() -> None:
    html = rendered([spell(dt.date(2022, 6, 1), None, '"><script>')])
    assert "<script>" not in html


# --- Colours


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def palettes() -> list[tuple[str, dict[str, str], dict[str, str]]]:
    """(mode and lane, its five shades, the two inks) as lifeline.css declares them."""
    light, dark = (STYLES / "lifeline.css").read_text().split("@media screen and (prefers-color-scheme: dark)")
    found = []
    for mode, text in (("light", light), ("dark", dark.split(".shade-1")[0])):
        inks = dict(re.findall(r"--(on-\w+): (#\w{6})", text))
        for selector, body in re.findall(r"([^{}]+)\{([^{}]*--s1[^{}]*)\}", text):
            lane = re.search(r'data-domain="(\w+)"', selector)
            shades = dict(re.findall(r"--(s\d): (#\w{6})", body))
            found.append((f"{mode} {lane.group(1) if lane else 'contacts'}", shades, inks))
    return found


def test_every_lane_has_its_five_shades_in_both_modes() -> None:
    named = {name for name, _shades, _inks in palettes()}
    assert named == {f"{mode} {lane}" for mode in ("light", "dark") for lane in LANES}


def test_text_on_bars_reaches_four_and_a_half_to_one() -> None:
    for name, shades, inks in palettes():
        for shade, colour in shades.items():
            ink = inks["on-pale"] if shade in {"s1", "s2", "s3"} else inks["on-deep"]
            assert contrast(colour, ink) >= 4.5, (name, shade)


def test_shades_are_told_apart_in_grey() -> None:
    for name, shades, _inks in palettes():
        steps = [luminance(shades[f"s{step}"]) for step in range(1, 6)]
        ordered = sorted(steps, reverse=name.startswith("light"))
        assert steps == ordered, name
        assert all(contrast_of >= 1.2 for contrast_of in _steps(steps)), name


def _steps(luminances: list[float]) -> list[float]:
    return [(max(one, other) + 0.05) / (min(one, other) + 0.05) for one, other in itertools.pairwise(luminances)]
