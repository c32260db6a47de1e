"""What the screens are held to: the cases worked out by hand, one for each day on which they are looked at."""

from datetime import date
from typing import Any

from playwright.sync_api import Locator, Page, expect

from convergence.rules.clocks import read
from convergence.rules.decisions import decisions
from convergence.rules.french import days_said, said_in_full
from convergence.rules.hiring import LABELS
from convergence.rules.words import clock_said, decision_said
from convergence.vocabulary.decisions import Approver, ClockName, DecisionKind
from tests.rules.worked_cases import Case, all_cases, path_of

CASES = {case.on: case for case in all_cases() if case.file == "cinq-ans"}
CLOCKS = {"pass": ClockName.PASS, "cddi": ClockName.CDDI, "convergence": ClockName.CONVERGENCE}


def see_path(page: Page, person: str, day: date) -> None:
    """The path page says of each clock, of the decision to come and of what is odd what was worked out for that day."""
    case = CASES[day]
    if page.url != f"{person}parcours/":
        page.goto(f"{person}parcours/")
    clocks = page.locator("#horloges")
    for word, name in CLOCKS.items():
        expect(clocks).to_contain_text(_clock(name, case.expect[word]))
        row = page.locator("#horloges-tableau tbody tr", has_text=name.label)
        if "used" in case.expect[word]:
            expect(row.locator("td").nth(1)).to_have_text(f"{case.expect[word]['used']:,}".replace(",", "\u00a0"))
    if "binds" in case.expect:
        expect(clocks.locator(".binding")).to_contain_text(said_in_full(case.expect["binds"]["on"]))
        expect(clocks.locator("li.binds")).to_contain_text(CLOCKS[case.expect["binds"]["clock"]].label)
    _see_next(page.locator("#a-decider li"), case)
    for part in (*case.expect.get("remarks", ()), *filter(None, [case.expect.get("explained")])):
        expect(page.locator("main")).to_contain_text(part)
    _see_as_the_rules_read(page, case)


def _clock(name: ClockName, expected: dict[str, Any]) -> str:
    if expected.get("stopped"):
        return f"{name.label} : en attente d’un contrat"
    return f"{name.label} : encore {days_said(expected['left'])}, jusqu’au {said_in_full(expected['last_day'])}"


def _see_next(lines: Locator, case: Case) -> None:
    if case.expect.get("ahead") == []:
        expect(lines).to_have_count(0)
        return
    expected = case.expect["next"]
    first = lines.first
    expect(first).to_contain_text(
        f"{DecisionKind(expected['kind']).label} avant le {said_in_full(expected['decide_by'])}"
    )
    if expected["start_by"] >= case.on:
        expect(first).to_contain_text(f"à préparer au plus tard à partir du {said_in_full(expected['start_by'])}")
    if expected.get("state", "") == "refused":
        expect(first).to_contain_text("demande refusée, une autre peut être faite")
    elif "opens_on" in expected and expected["opens_on"] > case.on:
        asked = f"entre le {said_in_full(expected['opens_on'])} et le {said_in_full(expected['closes_on'])}"
        expect(first).to_contain_text(asked)
    for approver in expected.get("approvers", ()):
        expect(first).to_contain_text(Approver(approver).label.lower())
    for line, row in zip(range(len(case.expect.get("ahead", ()))), case.expect.get("ahead", ()), strict=True):
        expect(lines.nth(line)).to_contain_text(DecisionKind(row["kind"]).label)


def _see_as_the_rules_read(page: Page, case: Case) -> None:
    """The same sentences as the rules say of the facts that the case gives."""
    path = path_of(case.given)
    for clock in read(path, case.on).clocks:
        expect(page.locator("#horloges")).to_contain_text(clock_said(clock).rstrip("."))
    ahead = decisions(path, case.on)
    if ahead:
        expect(page.locator("#a-decider li").first).to_contain_text(decision_said(ahead[0], case.on))


def see_candidacy(page: Page, day: date) -> None:
    """The candidacy says whether she may enter, until when the proof stands, and by when each step is to be done."""
    expected = CASES[day].expect
    main = page.locator("main")
    expect(main).to_contain_text(expected["eligible"]["sentence"])
    expect(main).to_contain_text(f"compte jusqu’au {said_in_full(expected['proof_until'])}")
    for step, due_on in expected["checklist"].items():
        line = page.locator("#embauche li", has_text=LABELS[step])
        expect(line).to_contain_text(said_in_full(due_on))


def see_after(page: Page, person: str, day: date) -> None:
    """The tab « Après » says which news is due next."""
    due = CASES[day].expect["news"]
    page.goto(f"{person}suite/")
    words = f"Prochaines nouvelles : à {due['months']} mois, vers le {said_in_full(due['on'])}"
    expect(page.locator("#accompagnement")).to_contain_text(words)


def see_today(page: Page, person: str, day: date) -> None:
    """*Today* says of the person's clocks, terms and news what was worked out for that day, and nothing else."""
    page.goto("/aujourdhui/")
    line = page.locator(f"#personne-{person.rstrip('/').rpartition('/')[2]}")
    warned: list[str] = CASES[day].expect["warned"]
    for sentence in warned:
        expect(line).to_contain_text(sentence)
    for what in ("CDDI jusqu’au", "PASS IAE jusqu’au", "Convergence jusqu’au", "Accompagnement dans"):
        said = sum(sentence.count(what) for sentence in warned)
        text = " ".join((line.text_content() or "").split()) if line.count() else ""
        assert text.count(what) == said, text
