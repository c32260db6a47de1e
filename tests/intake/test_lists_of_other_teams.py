"""Lists that other teams use import without help. They lie beside the repository; skipped where they are not."""

from datetime import date
from pathlib import Path

import pytest

from convergence.intake.columns import guess
from convergence.intake.dates import PartialDate
from convergence.intake.fields import Field
from convergence.intake.parsing import rows
from convergence.intake.reading import read
from convergence.intake.records import ParsedRow

FOLDER = Path(__file__).parents[2] / ".." / "shared" / "data" / "people"
NAMES = ["import_beneficiaires.csv", "import_beneficiaires_with_all_date_formats.csv"]


@pytest.fixture(params=NAMES)
def people(request: pytest.FixtureRequest) -> list[ParsedRow]:
    path = FOLDER / request.param
    if not path.exists():
        pytest.skip(f"no ../shared/data/people/{request.param} beside this repository")
    table = read(path)
    mapping = guess(table.headers, table.sample())
    assert mapping.faults() == []
    assert {field for field in mapping.fields if field} == {
        Field.EXTERNAL_ID, Field.GIVEN_NAME, Field.FAMILY_NAME, Field.BIRTH_DATE, Field.PHONE, Field.EMAIL, Field.RSA,
        Field.RQTH, Field.SITE, Field.COUNSELLOR,
    }  # fmt: skip
    assert "NIR" not in table.headers
    return list(rows(table, mapping, date(2026, 11, 23)))


def test_every_row_is_a_person(people: list[ParsedRow]) -> None:
    assert [(row.number, row.person.given_name, row.person.family_name) for row in people] == [
        (2, "Charlotte", "Fondue"),
        (3, "Charlie", "Fondue"),
        (4, "Charlie", "Fondue"),
        (5, "Charlot", "Fondue"),
    ]
    assert not any(row.is_refused for row in people)


def test_every_way_of_writing_the_dates_is_understood(people: list[ParsedRow]) -> None:
    assert [row.person.birth for row in people] == [PartialDate(1998, 5, 25), *[PartialDate(1997, 4, 22)] * 3]


def test_what_is_doubtful_is_said(people: list[ParsedRow]) -> None:
    first, second, third, fourth = people
    assert first.person.phones == ("+33601234567",)
    assert {problem.field for problem in first.problems} == {Field.PHONE, Field.RSA}
    assert second.problems == ()
    assert [problem.sentence for problem in third.problems] == ["Même personne que la ligne 3."]
    assert fourth.problems == (), "a name and a birth date are enough"
