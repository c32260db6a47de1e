"""The territory drawn from records: everything inside the sheet, nothing over anything, the numbers of the table."""

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from convergence.vocabulary.domains import Domain
from convergence.vocabulary.roles import Role
from convergence.web.desk.picture import svg
from convergence.web.desk.scheme import (
    HEIGHT,
    MOST_SITES,
    WIDTH,
    DomainPart,
    Flow,
    PartnerPart,
    Scheme,
    SitePart,
    breadth,
    draw,
    legible,
    wrapped,
)
from tests.builders import TODAY, World

SVG = "{http://www.w3.org/2000/svg}"
names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=160)
counts = st.none() | st.integers(0, 10_000)


@st.composite
def schemes(draw_from: st.DrawFn) -> Scheme:
    domains = draw_from(st.lists(st.sampled_from(list(Domain)), unique=True))
    flows = st.builds(Flow, counts, counts, counts)
    sites = st.builds(SitePart, names, st.fixed_dictionaries(dict.fromkeys(domains, counts)))
    return Scheme(
        draw_from(names),
        draw_from(names),
        draw_from(st.lists(names, max_size=3)),
        draw_from(st.lists(sites, max_size=14)),
        [
            DomainPart(domain, draw_from(flows), draw_from(st.lists(st.builds(PartnerPart, names, flows), max_size=25)))
            for domain in domains
        ],
    )


@given(schemes())
@settings(max_examples=60)
def test_all_is_inside_the_sheet_and_nothing_covers_anything(scheme: Scheme) -> None:
    drawing = draw(scheme)
    for box in drawing.boxes:
        assert box.x >= 0
        assert box.right <= WIDTH
        assert box.y >= 0
        assert box.bottom <= HEIGHT
        for words in box.lines:
            assert box.x <= words.x
            assert words.x + breadth(words.text, words.size) <= box.right
            assert box.y <= words.y - 0.75 * words.size
            assert words.y + 0.2 * words.size <= box.bottom
        for above, below in zip(box.lines, box.lines[1:], strict=False):
            assert below.y - above.y >= below.size
    for one, other in combinations(drawing.boxes, 2):
        assert not one.meets(other)
    for words in drawing.words:
        assert words.x + breadth(words.text, words.size) <= WIDTH
        assert words.y <= HEIGHT
        assert all(words.y <= box.y or words.y - words.size >= box.bottom for box in drawing.boxes)
    for stream in drawing.streams:
        for x, y in (stream.start, stream.end):
            assert any(box.y <= y <= box.bottom and x in (box.x, box.right) for box in drawing.boxes)


@given(schemes())
@settings(max_examples=40)
def test_what_flows_is_what_the_table_says(scheme: Scheme) -> None:
    streams = draw(scheme).streams
    for part in scheme.domains:
        leaving = [site.opened[part.domain] for site in scheme.sites]
        drawn = [stream.n for stream in streams if stream.domain is part.domain]
        if part.whole.opened != 0:
            assert drawn.pop() == part.whole.opened
        if None in leaving:
            assert None in drawn
        else:
            assert sum(n or 0 for n in drawn) == sum(n or 0 for n in leaving)


@given(schemes())
@settings(max_examples=12)
def test_any_name_makes_a_well_formed_picture_of_plain_marks(scheme: Scheme) -> None:
    root = ElementTree.fromstring(svg(draw(scheme), scheme.title, sheet=True))  # noqa: S314 - our own
    marks = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert marks <= {"svg", "rect", "path", "text"}
    assert not any(name in element.attrib for element in root.iter() for name in ("style", "onload", "href"))


@given(names, st.integers(1, 4))
def test_words_are_wrapped_and_what_has_no_room_is_told_by_an_ellipsis(text: str, most: int) -> None:
    lines = wrapped(text, 12, 120, most)
    assert len(lines) <= most
    assert all(breadth(line, 12) <= 120 for line in lines)
    whole = "".join(legible(text).split())
    kept = "".join("".join(lines).split())
    assert kept == whole or (kept.endswith("…") and whole.startswith(kept[:-1]))


def test_sixty_partners_and_twelve_sites_are_told_by_those_that_have_room_and_the_number_of_the_others() -> None:
    partners = [PartnerPart(f"Bailleur Fictif {n}", Flow(100 - n, 50, 5)) for n in range(60)]
    domains = [DomainPart(domain, Flow(300, 100, 40), partners) for domain in Domain]
    sites = [SitePart(f"Chantier Exemple {n}", dict.fromkeys(Domain, n)) for n in range(12)]
    drawing = draw(Scheme("Paris", "2026", ["Coordination : 1"], sites, domains))
    texts = [words.text for box in drawing.boxes for words in box.lines]
    shown = [text for text in texts if text.startswith("Bailleur Fictif")]
    (told,) = {text for text in texts if text.endswith("autres partenaires")}
    assert told == f"et {60 - len(shown) // len(Domain)} autres partenaires"
    assert f"et {12 - MOST_SITES + 1} autres chantiers" in texts
    assert sum(stream.n or 0 for stream in drawing.streams) == len(Domain) * (sum(range(12)) + 300)


def test_a_number_withheld_is_drawn_as_such_and_never_added_up() -> None:
    sites = [SitePart(f"Chantier Exemple {n}", {Domain.HOUSING: None if n == 10 else 7}) for n in range(12)]
    drawing = draw(Scheme("Paris", "2026", [], sites, [DomainPart(Domain.HOUSING, Flow(80, None, 0))]))
    assert [stream.n for stream in drawing.streams] == [7] * 7 + [None, 80]
    texts = [words.text for box in drawing.boxes for words in box.lines]
    assert "Logement\u00a0–" in texts
    assert "– placées · 0 en attente" in texts
    assert svg(drawing, "Schéma").count("stroke-dasharray") == 1


@pytest.mark.parametrize("role", [Role.PARTNERSHIP_OFFICER, Role.COORDINATOR, Role.SITE_MANAGER])
def test_those_who_lead_see_it_with_the_same_numbers_in_a_table_and_take_it_away(
    world: World, time_machine: object, role: Role
) -> None:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)  # type: ignore[attr-defined]
    client = Client()
    client.force_login(world.users[role])
    page = client.get(reverse("territory-drawn"), {"periode": "2026-T4"}).content.decode()
    assert "4e trimestre 2026" in page
    assert re.search(r"<svg[^>]*role=\"img\"", page)
    assert "Mises en relation ouvertes, par chantier et par domaine" in page
    picture = client.get(reverse("territory-picture"), {"periode": "2026-T4"})
    assert picture["Content-Disposition"] == 'attachment; filename="territoire-2026-T4.svg"'
    sheet = ElementTree.fromstring(picture.content.decode())  # noqa: S314 - our own
    assert sheet.attrib["width"] == "420mm"
    for wrong in ("2026-T9", "x", "1999", "\x00"):
        assert "année 2026" in client.get(reverse("territory-drawn"), {"periode": wrong}).content.decode()
    assert client.get(reverse("territory-drawn"), {"territoire": "0"}).status_code == 404
