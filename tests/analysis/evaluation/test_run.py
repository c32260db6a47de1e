"""A whole run on a small territory: the same bytes twice, every number with what it takes to quote it, nobody told."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from convergence.analysis.conventions import SMALLEST
from convergence.analysis.errors import AnalysisError
from convergence.analysis.evaluation import Evaluation, EvaluationError, Request, evaluate, publish
from convergence.analysis.evaluation.arms import NoArm
from convergence.analysis.evaluation.document import Lead, Notice, Paragraph, Points, Title
from convergence.analysis.evaluation.gathered import Gathered
from convergence.analysis.evaluation.money import BEFORE_AFTER, CAPACITY, answer
from convergence.analysis.evaluation.sections.opening import summary, uncompared
from convergence.analysis.explore import Explorer, Settings
from convergence.analysis.impact.protocol import Contrast
from convergence.cli.main import main

# The law takes seconds to build: one process builds it for every test that asks for it.
pytestmark = pytest.mark.xdist_group("benefits")


def tables(evaluation: Evaluation) -> Iterator[tuple[str, str]]:
    return ((name, content.decode()) for name, content in evaluation.files.items() if name.startswith("tables/"))


def numbers(evaluation: Evaluation) -> list[dict[str, object]]:
    return list(json.loads(evaluation.files["evaluation.json"])["numbers"])


def test_two_runs_make_the_same_bytes(evaluation: Evaluation, request_for: Request, tmp_path: Path) -> None:
    again = evaluate(request_for)
    publish(evaluation, tmp_path / "one")
    publish(again, tmp_path / "two")
    written = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert {str(path) for path in written} >= {"manifest.json", "evaluation.json", "report.html", "report.pdf"}
    for path in written:
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes(), path
    manifest = json.loads((tmp_path / "one" / "manifest.json").read_text())
    assert (manifest["day"], manifest["seed"], manifest["draws"]) == ("2021-07-15", 1, 100)
    assert set(manifest["files"]) == {str(path) for path in written} - {"manifest.json"}
    assert manifest["packages"]["openfisca-france"]


def test_the_answer_is_stated_with_its_interval_and_its_counterfactual(evaluation: Evaluation) -> None:
    lead = next(block for block in evaluation.document.blocks if isinstance(block, Lead)).text
    assert lead.startswith("Face à un chantier d’insertion ordinaire, ")
    assert re.search(r"(dépassent|ne dépassent pas|ne disent pas si)", lead)
    assert "intervalle à 95\u00a0% entre" in lead
    assert "fin de la deuxième année" in lead
    assert [said.split(",")[0] for said in evaluation.summary] == [
        "Face à un chantier d’insertion ordinaire",
        "Face à l’absence de chantier d’insertion",
        "Avant–après",
    ]


def test_lives_that_are_supposed_more_than_known_are_said_on_the_first_page(evaluation: Evaluation) -> None:
    def told(found: Gathered) -> list[str]:
        return [block.title for block in summary(found) if isinstance(block, Notice)]

    found = evaluation.found
    assert 0 < found.money.supposed < 0.5
    assert "Des vies supposées plus que connues." not in told(found)
    unheard = replace(found.money, observed=np.zeros_like(found.money.observed))
    assert unheard.supposed == 1.0
    assert "Des vies supposées plus que connues." in told(replace(found, money=unheard))


def test_every_section_that_a_reader_expects_is_there(evaluation: Evaluation) -> None:
    titles = [block.text for block in evaluation.document.blocks if isinstance(block, Title) and block.level == 2]
    assert titles == [
        "En bref",
        "Protocole",
        "Qui est étudié",
        "Les groupes se ressemblent-ils ?",
        "Ce que les personnes sont devenues",
        "Le compte",
        "Et si les règles ou les moyens changeaient ?",
        "Sensibilité",
        "Limites",
        "Sources",
        "Pour refaire ce rapport",
    ]


def test_every_number_has_a_definition_and_every_account_and_effect_a_counterfactual(evaluation: Evaluation) -> None:
    found = numbers(evaluation)
    assert len({each["key"] for each in found}) == len(found)
    for each in found:
        assert each["definition"], each
        assert each["unit"], each
        if str(each["key"]).startswith(("account.", "effect.", "scenario.")):
            assert each["counterfactual"], each
        low, high = each["low"], each["high"]
        if isinstance(low, float) and isinstance(high, float):
            assert low <= high, each


def test_nothing_printed_is_no_number_and_nobody_is_told(evaluation: Evaluation) -> None:
    for name, content in tables(evaluation):
        assert not re.search(r"\b(nan|inf|NaN|None)\b", content), name
    page = evaluation.files["report.html"].decode()
    shown = re.sub(r"base64,[^\"]*|<svg.*?</svg>", "", page, flags=re.DOTALL)
    assert not re.search(r"\b(nan|NaN|inf|None)\b", shown)
    people = [each["people"] for each in numbers(evaluation) if each["people"] is not None]
    assert people
    assert all(isinstance(count, int) and count >= SMALLEST for count in people)


def test_the_page_explores_the_same_account_as_the_report(evaluation: Evaluation) -> None:
    explorer = Explorer.of_bytes(evaluation.files["explore.json"], evaluation.files["explore.npz"])
    shown_there = {contrast.code for contrast in explorer.about.contrasts}
    assert {BEFORE_AFTER, "ordinary"} <= shown_there
    for bill in evaluation.found.money.bills:
        if bill.code not in shown_there:
            continue
        told = answer(bill, CAPACITY)
        curve = explorer.curve(Settings(bill.code, "public_finance", capacity_share=CAPACITY))
        shown = curve.net.at(told.month)
        assert shown.central == pytest.approx(told.net, abs=1.0)
        assert (shown.low, shown.high) == pytest.approx((told.low, told.high), abs=5.0)


def test_the_report_tells_how_well_the_model_would_have_foreseen_the_last_years(evaluation: Evaluation) -> None:
    (told,) = [table for table in evaluation.document.tables() if table.name == "prevision-passee"]
    assert told.frame["level"].to_list() == [0.5, 0.8, 0.95]
    assert told.frame["coverage"].is_between(0, 1).all()
    assert told.frame["coverage"].is_sorted()
    (months,) = [table for table in evaluation.document.tables() if table.name == "prevision-par-mois"]
    counted = months.frame.filter(~pl.col("measure").str.starts_with("Part"), pl.col("observed") > 0)
    assert counted.height
    assert (counted["observed"] >= SMALLEST).all()


@pytest.mark.slow
def test_a_reform_of_benefits_changes_what_is_paid_and_nobody_s_life(request_for: Request, tmp_path: Path) -> None:
    scenario = tmp_path / "rsa.toml"
    scenario.write_text(
        'label = "RSA relevé"\n[[reforms]]\nsince = 2022-01-01\nvalue = 900\n'
        'parameter = "prestations_sociales.solidarite_insertion.minima_sociaux.rsa.rsa_m.montant_de_base_du_rsa"\n'
    )
    found = evaluate(replace(request_for, scenarios=(str(scenario),)))
    (compared,) = [table for table in found.document.tables() if table.name == "scenarios"]
    by_outcome = {row["outcome"]: row for row in compared.frame.iter_rows(named=True)}
    paid = by_outcome.pop("Dépense publique de l’année (€)")
    assert paid["low"] > 0
    assert {row[key] for row in by_outcome.values() for key in ("value", "low", "high")} == {0}
    notes = [point for block in found.document.blocks if isinstance(block, Points) for point in block.items]
    assert any("avec et sans la réforme" in note for note in notes)
    assert not any("n’ont pas été recalculées" in note for note in notes)


@pytest.mark.slow
def test_other_hours_move_wages_benefits_and_the_aid_for_posts_and_nobody_s_life(
    request_for: Request, tmp_path: Path
) -> None:
    for hours in (20, 30):
        (tmp_path / f"hours_{hours}.toml").write_text(f'label = "{hours} heures"\nhours = {hours}\n')
    found = evaluate(replace(request_for, scenarios=tuple(str(tmp_path / f"hours_{each}.toml") for each in (20, 30))))
    (compared,) = [table for table in found.document.tables() if table.name == "scenarios"]
    money = {row["scenario"]: row for row in compared.frame.iter_rows(named=True) if "€" in row["outcome"]}
    assert {row["value"] for row in compared.frame.iter_rows(named=True) if "€" not in row["outcome"]} == {0}
    assert money["20 heures"]["value"] < money["30 heures"]["value"]
    assert not isinstance(found.found.futures, str)
    today = {one.code: draws.mean() for one, draws in found.found.futures.today.paid()}
    longer = {one.code: draws.mean() for one, draws in found.found.futures.projections["hours_30"].paid()}
    shorter = {one.code: draws.mean() for one, draws in found.found.futures.projections["hours_20"].paid()}
    # The county pays income support: less where wages are higher; the aid for posts more.
    assert longer["departement.cashable"] < shorter["departement.cashable"]
    assert longer["etat_p102.programme"] > shorter["etat_p102.programme"]
    assert shorter["etat_p102.programme"] < today["etat_p102.programme"] < longer["etat_p102.programme"]
    notes = [point for block in found.document.blocks if isinstance(block, Points) for point in block.items]
    assert any("recalculés avec ces heures" in note for note in notes)
    assert not any("n’ont pas été recalculées" in note for note in notes)


def test_payers_and_classes_add_up_to_the_balance(evaluation: Evaluation) -> None:
    """Public payers and foundations apart: what tables show sums to what the lead says."""
    shown = dict(tables(evaluation))
    lines = [line.split(",") for line in shown["tables/compte-payeurs.csv"].splitlines()]
    head, rows = lines[0], lines[1:]
    for bill in evaluation.found.money.bills:
        column = head.index(bill.code) - len(head)  # labels hold commas: count from the right
        public = sum(float(row[column]) for row in rows if not row[0].startswith("Fondations"))
        assert public == pytest.approx(answer(bill, CAPACITY).net, abs=0.01)


def test_classes_add_up_to_the_balance_with_half_of_the_capacity(evaluation: Evaluation) -> None:
    found = {str(each["key"]): each["value"] for each in numbers(evaluation)}
    for bill in evaluation.found.money.bills:
        key = f"account.{bill.code}.carried"
        parts = [found[f"{key}.class.{kind}"] for kind in ("cashable", "capacity", "programme")]
        assert all(isinstance(each, float) for each in parts)
        cashable, capacity, programme = (float(str(each)) for each in parts)
        balance = float(str(found[f"{key}.capacity_50.balance_{bill.horizon}"]))
        assert cashable + capacity / 2 + programme == pytest.approx(balance, abs=0.01)


@pytest.mark.slow
def test_without_anybody_to_compare_with_only_a_before_after_is_given_and_it_says_what_to_bring(
    tmp_path: Path, request_for: Request
) -> None:
    options = ["--people", "150", "--day", "2021-06-30", "--seed", "3"]
    assert main(["dataset", str(tmp_path / "alone"), *options]) == 0
    found = evaluate(replace(request_for, dataset=tmp_path / "alone"))
    assert [bill.code for bill in found.found.money.bills] == [BEFORE_AFTER]
    told = [block.text for block in found.document.blocks if isinstance(block, Notice | Paragraph)]
    assert any("Aucun contrefactuel n’est disponible" in text and "liste d’attente" in text for text in told)
    assert found.summary[0].startswith("Avant–après")
    assert not any(str(each["key"]).startswith("effect.") for each in numbers(found))


def test_people_who_were_brought_and_cannot_be_compared_are_not_said_to_be_absent() -> None:
    overlap = NoArm(Contrast.ORDINARY, 250, "Pas de recouvrement\u00a0: 58\u00a0% n’ont aucun équivalent.")
    nobody = NoArm(Contrast.NONE, 0, "Aucune personne de comparaison dans ces données.")
    assert uncompared([overlap, nobody]) == (
        "Pas de comparaison face à un chantier d’insertion ordinaire\u00a0: pas de recouvrement\u00a0: 58\u00a0% n’ont "
        "aucun équivalent. Seul l’avant–après est donné, et il ne mesure pas un effet."
    )
    assert uncompared([nobody]).startswith("Aucun contrefactuel n’est disponible")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"dataset": Path("absent")}, "n’est pas un jeu de données"),
        ({"comparison": Path("absent")}, "n’est pas un dossier"),
        ({"protocol": Path("absent.toml")}, "ne peut pas être lu"),
        ({"scenarios": ("absent",)}, "ne peut pas être lu"),
        ({"day": date(2020, 1, 1)}, "avant les derniers faits"),
    ],
)
def test_what_cannot_be_evaluated_is_refused_in_a_sentence(
    request_for: Request, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(Exception, match=said):
        evaluate(replace(request_for, **changes))  # type: ignore[arg-type]


def test_a_price_without_a_source_is_refused_before_anything_is_computed(request_for: Request, tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text(
        "[[item.hotel_night.price]]\nfrom = 2024-01-01\nlow = 1\ncentral = 1\nhigh = 1\n"
    )
    steps: list[str] = []
    with pytest.raises(AnalysisError, match="la source manque"):
        evaluate(
            replace(request_for, prices=tmp_path / "prices.toml"), None, lambda done, total, step: steps.append(step)
        )
    assert len(steps) == 1


def test_too_few_people_are_not_evaluated(request_for: Request, tmp_path: Path) -> None:
    assert request_for.protocol
    text = request_for.protocol.read_text().replace("since = 2019-01-01", "since = 2021-05-01")
    (tmp_path / "late.toml").write_text(text.replace("2019 ou après", "mai 2021 ou après"))
    with pytest.raises(EvaluationError, match="rien n’est évalué"):
        evaluate(replace(request_for, protocol=tmp_path / "late.toml"))
