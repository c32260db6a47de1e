"""What changed on both sides, how long things took, what those lost could hide, what the cost may mean: as reported."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from convergence.analysis.conventions import SMALLEST
from convergence.analysis.costs import SavingClass
from convergence.analysis.evaluation import Evaluation, Request
from convergence.analysis.evaluation.arms import Arm, arms_of
from convergence.analysis.evaluation.changes import UNMOVED, Study
from convergence.analysis.evaluation.document import Block, Document, Paragraph, Points, Table, Title
from convergence.analysis.evaluation.effects import effects_of
from convergence.analysis.evaluation.gathered import Gathered
from convergence.analysis.evaluation.material import read_material
from convergence.analysis.evaluation.money import BEFORE_AFTER, CAPACITY, answer
from convergence.analysis.evaluation.numbers import Number
from convergence.analysis.evaluation.sections.opening import protocol
from convergence.analysis.evaluation.sections.outcomes import outcomes
from convergence.analysis.evaluation.sections.sensitivity import sensitivity
from convergence.analysis.evaluation.spans import Event, housed_of, spans_of, spells_of
from convergence.analysis.evaluation.stating import numbers_of
from convergence.analysis.impact.changes import since_entry
from convergence.analysis.impact.differences import DifferenceInDifferences
from convergence.analysis.impact.estimates import THESE_SITES, Estimate
from convergence.analysis.impact.protocol import Contrast, Planned, open_outcomes
from convergence.cli.main import main
from convergence.vocabulary.structures import Scheme
from tests.analysis.evaluation.conftest import DAY, TUTORIAL

# The law takes seconds to build: one process builds it for every test that asks for it.
pytestmark = pytest.mark.xdist_group("benefits")

ORDINARY = Contrast.ORDINARY.value


@pytest.fixture(scope="module")
def found(evaluation: Evaluation, tmp_path_factory: pytest.TempPathFactory) -> Gathered:
    """The comparisons of a territory with enough people to compare with; its accounts are those of the small one."""
    folder = tmp_path_factory.mktemp("compared") / "territory"
    options = ["--people", "150", "--parameters", str(TUTORIAL / "comparison.toml"), "--day", "2021-06-30"]
    assert main(["dataset", str(folder), *options, "--seed", "3"]) == 0
    material = read_material(Request(folder, DAY))
    arm = next(each for each in arms_of(material) if isinstance(each, Arm))
    opened = open_outcomes(material.tables, material.as_of, material.protocol, DAY)
    spells = spells_of(material)
    return replace(
        evaluation.found,
        material=material,
        arms=(arm,),
        opened=opened,
        effects=(effects_of(material, arm, opened),),
        spans=(spans_of(material, arm, spells),),
        housed=housed_of(material, spells),
    )


def table(blocks: Sequence[Block], name: str) -> Table:
    (shown,) = [each for each in Document("", "", tuple(blocks)).tables() if each.name == name]
    return shown


def number(found: Gathered, key: str) -> Number:
    (told,) = [each for each in numbers_of(found) if each.key == key]
    return told


def test_what_changed_since_entry_is_compared_on_both_sides_and_speaks_of_these_sites(found: Gathered) -> None:
    arm, material = found.arms[0], found.material
    shown = table(outcomes(found), f"differences-{ORDINARY}")
    (row,) = shown.frame.filter(pl.col("outcome").str.starts_with("Logement")).to_dicts()

    weights = np.full(len(arm.members), 1e-9)
    weights[arm.members] = arm.weights * np.where(
        arm.sample.treated, arm.sample.treated_count, arm.sample.control_count
    )
    panel = since_entry(material.tables, found.opened.outcomes, "housed_24", arm.members, weights=weights)
    expected = DifferenceInDifferences().fit(panel)
    assert (row["effect"], row["low"], row["high"]) == pytest.approx((expected.value, *expected.interval))
    assert row["planned"] == "hors protocole, pour vérifier"
    assert THESE_SITES in shown.note
    told = number(found, f"effect.{ORDINARY}.housed_24.differences")
    assert told.value == pytest.approx(expected.value)
    assert any("vaut pour ces chantiers" in flag for flag in told.flags)


def test_a_protocol_that_names_the_difference_in_differences_gets_it_among_its_estimators(found: Gathered) -> None:
    estimators = (Planned.DOUBLY_ROBUST, Planned.DIFFERENCES)
    material = replace(found.material, protocol=replace(found.material.protocol, estimators=estimators))
    effects = effects_of(material, found.arms[0], found.opened)
    made = {effect.outcome.name: effect.estimates.get(Planned.DIFFERENCES) for effect in effects.effects}

    assert made["dynamic_exit"] is None
    assert made["housed_24"]
    assert made["housed_24"].value == number(found, f"effect.{ORDINARY}.housed_24.differences").value
    change = next(each for each in effects.changes.changes if each.outcome.name == "housed_24")
    assert change.planned
    assert change.estimate is made["housed_24"]
    blocks = protocol(replace(found, material=material, effects=(effects,)))
    said = [point for block in blocks if isinstance(block, Points) for point in block.items]
    assert not any("non fait (estimateur)" in each for each in said)


def test_the_way_from_the_entry_on_is_shown_and_what_came_before_it_or_that_nothing_did(found: Gathered) -> None:
    for change in found.effects[0].changes.changes:
        study = change.study
        assert isinstance(study, Study), study
        months = [month for month, *_ in study.points]
        assert months == sorted(months)
        assert (0, 0.0, 0.0, 0.0) in study.points
        assert max(months) == change.outcome.months
        assert (study.notes[-1] == UNMOVED) == (min(months) == 0)
        assert min(min(pair) for pair in study.known.values()) >= SMALLEST
        last = {month: effect for month, effect, *_ in study.points}[change.outcome.months]
        assert isinstance(change.estimate, Estimate)
        # The same people, but for those known at one moment of the way alone.
        assert last == pytest.approx(change.estimate.value, abs=change.estimate.standard_error)
    drawn = table(outcomes(found), f"evolution-{ORDINARY}-donnees").frame
    assert set(drawn["outcome"]) == {"Logement obtenu", "Parcours de soins en cours ou stabilisé"}


def test_where_one_to_four_people_changed_nothing_is_said_of_them(evaluation: Evaluation) -> None:
    for effects in evaluation.found.effects:
        for change in effects.changes.changes:
            assert "moins de 5 personnes d’un des deux groupes ont changé" in str(change.estimate)


def test_people_lost_are_left_out_weighted_and_bounded_side_by_side(found: Gathered) -> None:
    lost = [effect for effect in found.effects[0].effects if sum(effect.lost) and effect.main]
    shown = table(sensitivity(found), f"effets-perdues-{ORDINARY}").frame
    assert [effect.outcome.name for effect in lost] == ["housed_24", "care_24"]
    assert shown["outcome"].to_list() == [effect.outcome.label for effect in lost]
    for effect in lost:
        assert effect.bounds
        assert effect.trimmed
        assert effect.main
        assert effect.still_followed
        assert effect.bounds.lower <= effect.main.value <= effect.bounds.upper
        assert effect.bounds.low <= effect.bounds.lower <= effect.bounds.upper <= effect.bounds.high
        assert effect.trimmed.low <= effect.trimmed.lower <= effect.trimmed.upper <= effect.trimmed.high
        key = f"effect.{ORDINARY}.{effect.outcome.name}"
        assert number(found, f"{key}.still_followed").value == effect.still_followed.value
        assert number(found, f"{key}.manski.lower").value == effect.bounds.lower
        assert number(found, f"{key}.lee.upper").high == effect.trimmed.high


def test_how_long_until_a_home_and_a_job_is_told_in_months_and_in_ratios(found: Gathered) -> None:
    spans = found.spans[0].spans
    assert set(spans) == set(Event)
    blocks = outcomes(found)
    ratios = table(blocks, f"durees-{ORDINARY}").frame
    assert ((ratios["low"] > 0) & (ratios["low"] <= ratios["ratio"]) & (ratios["ratio"] <= ratios["high"])).all()
    home = spans[Event.HOME]
    assert home.difference
    assert home.hazards
    told = number(found, f"duration.{ORDINARY}.home.month_{home.until}")
    assert (told.unit, told.value) == ("mois", home.difference.value)
    # A home found sooner is less time without one, and a greater chance each month.
    assert home.difference.value < 0
    assert home.hazards.hazard_ratio()[0] > 1
    paragraphs = [block.text for block in blocks if isinstance(block, Paragraph)]
    assert any("Durée moyenne sans logement" in text for text in paragraphs)


def test_those_housed_early_are_compared_from_a_landmark_and_it_is_said_to_be_no_effect(found: Gathered) -> None:
    assert found.housed
    (said,) = [
        block.text for block in outcomes(found) if isinstance(block, Paragraph) and "point de repère" in block.text
    ]
    assert "Ce n’est pas un effet" in said
    eligible = found.material.protocol.eligible(found.material.people)
    ours = int((eligible & found.material.of_scheme(Scheme.CONVERGENCE)).sum())
    assert found.housed.estimate.treated + found.housed.estimate.controls + found.housed.gone <= ours
    assert number(found, "landmark.housed_then_durable_exit").value == found.housed.estimate.value


def test_the_published_share_of_means_takes_the_place_of_the_programme_and_of_nothing_else(
    evaluation: Evaluation,
) -> None:
    money, variants = evaluation.found.money, evaluation.found.variants
    bills = {bill.code: bill for bill in money.bills}
    assert variants.published
    account, published = bills[ORDINARY].account, variants.published.account
    programme = account.lines.of_class(SavingClass.PROGRAMME)
    months = min(account.months, bills[BEFORE_AFTER].account.months)
    assert published.saving[:, ~programme].sum() == pytest.approx(account.saving[:, ~programme].sum())
    share = variants.share[1] / (1 + variants.share[1])
    own = bills[BEFORE_AFTER].account.saving[:months][
        :, bills[BEFORE_AFTER].account.lines.of_class(SavingClass.PROGRAMME)
    ]
    assert published.saving[:months][:, programme].sum() == pytest.approx(share * own.sum())
    rows = table(evaluation.document.blocks, "cout-publie").frame
    assert rows["balance"].to_list() == pytest.approx(
        [answer(bill, part).net for bill in (bills[ORDINARY], variants.published) for part in (0.0, CAPACITY)]
    )
    key = f"account.{ORDINARY}_published.carried.capacity_50.balance_{variants.published.horizon}"
    assert number(evaluation.found, key).counterfactual == variants.published.name


def test_each_reading_of_public_funding_has_its_break_even(evaluation: Evaluation) -> None:
    shown = table(evaluation.document.blocks, "lectures").frame
    assert shown.height == 4
    for bill in evaluation.found.money.bills:
        told = answer(bill, CAPACITY)
        assert shown[bill.code][0] == pytest.approx(told.probability)
        assert shown[f"{bill.code}_never"][0] == pytest.approx(told.never)
        # Without the aid for posts, less is to be paid back; with foundations, more.
        assert shown[f"{bill.code}_never"][2] <= shown[f"{bill.code}_never"][0] <= shown[f"{bill.code}_never"][1]
        assert number(evaluation.found, f"account.{bill.code}.reading_0").says


def test_whoever_reviews_the_study_is_told_where_each_point_stands(evaluation: Evaluation) -> None:
    sections = {block.text for block in evaluation.document.blocks if isinstance(block, Title)}
    places = table(evaluation.document.blocks, "relecture").frame["place"].to_list()
    for place in places:
        first = place.split(" ; ")[0].split(" (")[0].split(",")[0]
        assert first in sections, place
