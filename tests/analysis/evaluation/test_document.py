"""A report's values, and the two ways in which they are shown: the same numbers, nobody's, and nothing that is none."""

import re
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.analysis import french
from convergence.analysis.evaluation import drawing
from convergence.analysis.evaluation.document import (
    WITHHELD,
    Column,
    Definitions,
    Document,
    Facts,
    Figure,
    Kind,
    Lead,
    Notice,
    Paragraph,
    Points,
    Sources,
    Table,
    Title,
    made,
)
from convergence.analysis.evaluation.page import as_page
from convergence.analysis.evaluation.paper import as_pdf

DAY = date(2026, 1, 15)


def a_table(name: str = "essai") -> Table:
    frame = made(
        {
            "who": ["rue", "hôtel"],
            "people": [None, 120],
            "effect": [None, 0.25],
            "low": [None, 0.2],
            "high": [None, 0.3],
        }
        | {"withheld": [True, False]}
    )
    columns = (
        Column("Qui", "who"),
        Column("Personnes", "people", Kind.COUNT),
        Column("Effet", "effect", Kind.SHARE, "low", "high"),
    )
    return Table(name, "Effets < selon & d’où", columns, frame, "Une note.")


def a_document() -> Document:
    with drawing.canvas() as (canvas, (axes,)):
        axes.plot([0, 60], [-1000, 2000])
        drawing.by_year(axes, 60)
        drawing.euros(axes.yaxis)
        drawing.labels_at_the_end(axes, [(60, 2000, "avec", drawing.INK), (60, 1990, "sans", drawing.INK)])
        svg = drawing.as_svg(canvas, "courbe", "Bilan", "Une droite qui monte.")
    blocks = (
        Lead("La phrase à retenir."),
        Title("Protocole", "protocole"),
        Title("Une partie", "partie", 3),
        Paragraph('Ni *gras* ni #raw("code") ni <b>balise</b>.'),
        Notice("Attention.", "Ceci compte."),
        Points(("un", "deux")),
        Facts((("personnes", "236"),)),
        a_table(),
        Figure("courbe", "Bilan", "Une droite qui monte.", svg, a_table("courbe-donnees"), "La bande."),
        Definitions((("mot", "sens"),)),
        Sources((("Prix.", "Un arrêté."),)),
    )
    return Document("Évaluation", "Territoire Exemple", blocks)


def test_what_is_withheld_is_said_in_every_form() -> None:
    table = a_table()
    assert table.rows()[0] == ["rue", WITHHELD, WITHHELD]
    assert table.rows()[1] == ["hôtel", "120", "25\u00a0%\n[20\u00a0%\u00a0; 30\u00a0%]"]
    assert table.csv().splitlines()[1] == "rue,,,,,true"


def test_what_is_no_number_is_empty_and_never_printed() -> None:
    frame = made({"what": ["a", "b"], "value": [float("nan"), float("inf")]})
    table = Table("vide", "Rien", (Column("Quoi", "what"), Column("Combien", "value", Kind.EUROS)), frame)
    assert [row[1] for row in table.rows()] == [french.NOTHING, french.NOTHING]
    assert "nan" not in table.csv().lower()
    assert "inf" not in table.csv().lower()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (french.probability(0.0312), "p = 0,031"),
        (french.probability(0.00002), "p < 0,001"),
        (french.euros(-1234.4, signed=True), "\u22121\u202f234\u00a0€"),
        (french.euros(0.2, signed=True), "0\u00a0€"),
        (french.euros(float("nan")), "–"),
        (french.percent(0.004), "<\u00a01\u00a0%"),
        (french.percent(0.9999), ">\u00a099\u00a0%"),
        (french.percent(1.0), "100\u00a0%"),
        (french.points(-0.046), "\u22124,6\u00a0points"),
        (french.p_value(0.0001), "<\u00a00,001"),
        (french.listed(["a", "b", "c"]), "a, b et c"),
        (french.counted(1, "personne", "personnes"), "1\u00a0personne"),
    ],
)
def test_numbers_are_said_as_in_french(said: str, expected: str) -> None:
    assert said == expected


@given(st.floats(min_value=-1e9, max_value=1e9), st.integers(min_value=0, max_value=3))
def test_a_printed_number_reads_back_as_itself(value: float, decimals: int) -> None:
    said = french.number(value, decimals, signed=True)
    read = float(said.replace("\u202f", "").replace(",", ".").replace("\u2212", "-"))
    assert read == pytest.approx(value, abs=0.51 * 10**-decimals)


def test_the_page_stands_alone_and_shows_everything() -> None:
    page = as_page(a_document())
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert "style=" not in page
    assert page.count("<style") == 1
    for shown in ("La phrase à retenir.", "&lt;b&gt;balise&lt;/b&gt;", WITHHELD, 'id="protocole"', "Les données de"):
        assert shown in page
    assert page.count('<th scope="col"') == 6
    assert 'download="courbe-donnees.csv"' in page


def test_identifiers_of_a_page_are_each_given_once_and_lead_somewhere() -> None:
    page = as_page(a_document())
    given_ones = re.findall(r'\bid="([^"]+)"', page)
    assert len(given_ones) == len(set(given_ones))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(given_ones)


def test_a_drawing_is_named_and_brings_no_style_of_its_own() -> None:
    svg = a_document().figures()[0].svg
    assert svg.startswith('<svg role="img" aria-labelledby="courbe-title courbe-words"')
    assert '<title id="courbe-title">Bilan</title>' in svg
    assert "<style" not in svg
    assert "<metadata" not in svg


def test_a_label_is_drawn_as_it_is_written() -> None:
    with drawing.canvas() as (canvas, (axes,)):
        axes.set_yticks([0, 1], [r"Prix $\frac{x$", "😀 --> </svg>"])
        svg = drawing.as_svg(canvas, "prix", "Prix </title>", "😀")
    assert svg.count("</svg>") == 1
    assert '<title id="prix-title">Prix &lt;/title&gt;</title>' in svg


def test_paper_is_tagged_holds_the_data_and_is_the_same_twice() -> None:
    document = a_document()
    pdf = as_pdf(document, DAY)
    assert pdf == as_pdf(a_document(), DAY)
    assert pdf != as_pdf(document, date(2026, 1, 16))
    assert b"pdfuaid" in pdf
    assert b"/EmbeddedFile" in pdf
    assert b"courbe-donnees.csv" in pdf


def test_a_sign_that_no_font_of_the_paper_has_is_printed_as_a_square() -> None:
    odd = Document("Évaluation 漢字", "😀", (Paragraph("Łódź, Ελλάδα 😀 suite"),))
    squares = Document("Évaluation □□", "□", (Paragraph("Łódź, Ελλάδα □ suite"),))
    assert as_pdf(odd, DAY) == as_pdf(squares, DAY)
    assert "Łódź, Ελλάδα 😀 suite" in as_page(odd)


def test_each_table_is_written_once() -> None:
    assert [table.name for table in a_document().tables()] == ["essai", "courbe-donnees"]


def test_a_frame_that_needs_nothing_is_left_as_it_is() -> None:
    frame = pl.DataFrame({"people": [5, 12]})
    assert made(frame).equals(frame)


def test_sentences_get_their_non_breaking_spaces_on_the_page() -> None:
    assert (
        french.typeset("Quoi ? « Ceci » : 5 % de 3 €") == "Quoi\u00a0? «\u00a0Ceci\u00a0»\u00a0: 5\u00a0% de 3\u00a0€"
    )
    page = as_page(Document("Est-ce vrai ?", "Oui : non", ()))
    assert "Est-ce vrai\u00a0?" in page
    assert "Oui\u00a0: non" in page
