"""Ends of path: whether they may be noted, which denominators count them and why, by the published rules."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.rules.exits import (
    JOB_KINDS,
    EndedPath,
    NewJob,
    category_of,
    check_end,
    check_job,
    employment_after,
    lasts,
    threshold,
    verdicts,
)
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.employment import Employment
from convergence.vocabulary.exits import ExitCategory, ExitDenominator, ExitMotive
from convergence.vocabulary.structures import EmployerKind

STARTS = date(2025, 1, 6)
TODAY = date(2026, 11, 23)


def path_of(days: int, hours: str | None = "100", structure: EmployerKind = EmployerKind.ACI) -> EndedPath:
    return EndedPath(STARTS, STARTS + timedelta(days=days - 1), structure, None if hours is None else Decimal(hours))


def counted(path: EndedPath, motive: ExitMotive) -> dict[ExitDenominator, bool | None]:
    return {verdict.denominator: verdict.counts for verdict in verdicts(path, motive)}


def why(path: EndedPath, motive: ExitMotive, denominator: ExitDenominator = ExitDenominator.PILOTAGE) -> str:
    said = {verdict.denominator: verdict.why for verdict in verdicts(path, motive)}[denominator]
    return said.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("days", "hours", "structure", "counts"),
    [
        (80, "100", EmployerKind.ACI, False),  # 80 days × 0.0328767 = 2.63 months
        (81, "100", EmployerKind.ACI, True),  # 81 days × 0.0328767 = 2.66 months
        (81, "1", EmployerKind.EI, True),
        (81, "0.5", EmployerKind.ACI, False),
        (700, "0", EmployerKind.ACI, False),
        (700, None, EmployerKind.ACI, None),
        (10, "150", EmployerKind.ETTI, True),
        (700, "149.9", EmployerKind.ETTI, False),
        (10, "150", EmployerKind.AI, True),
        (700, "200", EmployerKind.ORDINARY, False),
    ],
)
def test_pilotage_counts_paths_of_over_2_65_months_with_an_hour_or_150_hours_of_missions(
    days: int, hours: str | None, structure: EmployerKind, counts: bool | None
) -> None:
    assert counted(path_of(days, hours, structure), ExitMotive.UNEMPLOYED)[ExitDenominator.PILOTAGE] is counts


@pytest.mark.parametrize("motive", list(ExitMotive))
def test_every_motive_is_among_all_ends_and_removed_ones_are_out_of_pilotage(motive: ExitMotive) -> None:
    found = counted(path_of(400), motive)
    assert found[ExitDenominator.ALL_ENDS] is True
    removed = category_of(motive, STARTS) is ExitCategory.REMOVED
    assert found[ExitDenominator.PILOTAGE] is not removed
    assert found[ExitDenominator.AFTER_IAE] is (motive is not ExitMotive.FIXED_TERM_IN_IAE)


def test_the_reasons_are_said_in_plain_words() -> None:
    unemployed = ExitMotive.UNEMPLOYED
    assert why(path_of(80), unemployed) == "Le parcours a duré 80 jours : il en faut 81 jours."
    assert why(path_of(400, None), unemployed) == "Heures non notées : elle comptera à partir de 1 heure de travail."
    assert why(path_of(400, "812.50"), unemployed) == "Le parcours a duré 400 jours, avec 812,5 h de travail."
    assert why(path_of(400, "0.5"), unemployed) == "0,5 h de travail : il en faut au moins 1 heure."
    assert why(path_of(10, "150", EmployerKind.AI), unemployed) == "150 h de travail, pour 150 heures au moins."
    assert why(path_of(400), ExitMotive.DEATH) == "« Décès » est retiré du décompte."
    moved = why(path_of(400), ExitMotive.FIXED_TERM_IN_IAE, ExitDenominator.AFTER_IAE)
    assert moved == "Passer dans une autre structure de l’IAE n’est pas en sortir."


@given(
    st.integers(1, 2000), st.integers(0, 500), st.sampled_from(list(EmployerKind)), st.sampled_from(list(ExitMotive))
)
def test_a_longer_path_with_more_hours_never_counts_less(
    days: int, hours: int, structure: EmployerKind, motive: ExitMotive
) -> None:
    shorter = counted(path_of(days, str(hours), structure), motive)
    longer = counted(path_of(days + 7, str(hours + 7), structure), motive)
    assert all(longer[denominator] or not counts for denominator, counts in shorter.items())


def test_thresholds_before_the_first_row_are_the_first_ones_and_name_their_source() -> None:
    for structure in (EmployerKind.ACI, EmployerKind.AI):
        found = threshold(structure, date(1999, 1, 1))
        assert found == threshold(structure, TODAY)
        assert found
        assert found.source


@pytest.mark.parametrize(
    ("last_day", "contracts", "said"),
    [
        (date(2025, 1, 5), [], "vient avant le début du parcours, le 6 janvier 2025"),
        (date(2026, 11, 24), [], "à venir"),
        (date(2026, 5, 4), [STARTS, date(2026, 6, 1)], "Un contrat commence après cette fin, le 1er juin 2026"),
        (date(2026, 6, 1), [STARTS, date(2026, 6, 1)], ""),
        (STARTS, [STARTS], ""),
        (TODAY, [STARTS], ""),
    ],
)
def test_an_end_before_the_entry_to_come_or_before_a_contract_is_refused_in_a_sentence(
    last_day: date, contracts: list[date], said: str
) -> None:
    found = " ".join(map(str, check_end(STARTS, last_day, contracts, TODAY))).replace("\u00a0", " ")
    assert said in found
    assert bool(found) is bool(said)


@pytest.mark.parametrize(
    ("starts", "ends", "long"),
    [
        (date(2026, 1, 1), date(2026, 6, 30), True),
        (date(2026, 1, 1), date(2026, 6, 29), False),
        (date(2025, 8, 31), date(2026, 2, 27), True),  # six months on: 28 February, its eve included
        (date(2025, 8, 31), date(2026, 2, 26), False),
    ],
)
def test_six_months_to_the_day_are_a_long_job(starts: date, ends: date, long: bool) -> None:
    assert lasts(starts, ends) is long


def test_a_job_must_be_what_the_motive_says() -> None:
    short = NewJob(ContractKind.FIXED_TERM, date(2026, 1, 1), date(2026, 3, 31))
    long = NewJob(ContractKind.FIXED_TERM, date(2026, 1, 1), date(2026, 12, 31))
    backwards = NewJob(ContractKind.FIXED_TERM, date(2026, 1, 1), date(2025, 12, 31))

    def refused(motive: ExitMotive, job: NewJob) -> str:
        return " ".join(map(str, check_job(motive, job)))

    assert "moins de six mois" in refused(ExitMotive.LONG_TERM, short)
    assert "six mois ou plus" in refused(ExitMotive.SHORT_TERM, long)
    assert "ne va pas avec" in refused(ExitMotive.OPEN_ENDED, short)
    assert "avant de commencer" in refused(ExitMotive.SHORT_TERM, backwards)
    assert not refused(ExitMotive.SHORT_TERM, short)
    assert not refused(ExitMotive.LONG_TERM, long)
    assert not refused(ExitMotive.OPEN_ENDED, NewJob(ContractKind.OPEN_ENDED, date(2026, 1, 1)))


def test_what_a_motive_says_of_work_agrees_with_what_it_counts_as() -> None:
    lasting = {Employment.OPEN_ENDED, Employment.LONG_TERM, Employment.OWN_BUSINESS}
    for motive in ExitMotive:
        durable = category_of(motive, TODAY) is ExitCategory.DURABLE
        assert (employment_after(motive) in lasting) is durable, motive
    assert all(kinds for kinds in JOB_KINDS.values())
