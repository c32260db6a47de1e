"""Every number of the report as :class:`Number`: with its definition, its interval and its counterfactual's name."""

from collections.abc import Iterator

from convergence.analysis.conventions import LEVEL
from convergence.analysis.costs import DEFINITION, SavingClass, Status
from convergence.analysis.evaluation.gathered import Gathered
from convergence.analysis.evaluation.money import Bill, answer, cumulated, of_class
from convergence.analysis.evaluation.numbers import Number
from convergence.analysis.evaluation.sections.wording import break_even_said, capacity_said
from convergence.analysis.impact.estimates import ESTIMANDS


def numbers_of(found: Gathered) -> list[Number]:
    return [*_effects(found), *_accounts(found), *_scenarios(found)]


def _effects(found: Gathered) -> Iterator[Number]:
    for each in found.effects:
        arm = each.arm
        yield Number(
            f"balance.{arm.contrast.value}.worst",
            "Plus grand écart standardisé entre les deux groupes à l’entrée, après pondération.",
            "écarts types", arm.balance.worst, people=len(arm.sample), counterfactual=arm.name, flags=arm.notes,
        )  # fmt: skip
        for effect in each.effects:
            for planned, estimate in effect.estimates.items():
                yield Number(
                    f"effect.{arm.contrast.value}.{effect.outcome.name}.{planned.value}",
                    f"{effect.outcome.label} : {ESTIMANDS[estimate.estimand]}. {effect.outcome.definition}",
                    "part", estimate.value, estimate.low, estimate.high, estimate.level,
                    estimate.treated + estimate.controls, arm.name, estimate.notes, estimate.method,
                )  # fmt: skip


def _accounts(found: Gathered) -> Iterator[Number]:
    money = found.money
    for bill in (*money.bills, *money.others):
        key = f"account.{bill.code}.{bill.lost.name.lower()}"
        memory = (flag for flag in bill.account.lines.flags if Status.MEMORY.label in flag)
        flags = (bill.lost.value, *bill.account.notes, *memory)
        unit = f"€ de {money.year} par personne"
        for share in (0.0, 0.5, 1.0):
            told = answer(bill, share)
            place = f"{key}.capacity_{round(100 * share)}"
            what = f"Économies publiques cumulées moins financement public, {capacity_said(share)}"
            yield Number(
                f"{place}.balance_{told.month}", f"{what}, au bout de {told.month} mois.", unit, told.net, told.low,
                told.high, LEVEL, bill.account.treated, bill.name, flags,
            )  # fmt: skip
            yield Number(
                f"{place}.break_even", f"{DEFINITION} Économies comptées : {capacity_said(share)}.", "mois",
                None if told.first is None else float(told.first), told.since, told.until, LEVEL,
                bill.account.treated, bill.name, flags, break_even_said(told),
            )  # fmt: skip
            yield Number(
                f"{place}.by_{told.month}", f"Probabilité que l’équilibre soit atteint à {told.month} mois.", "part",
                told.probability, people=bill.account.treated, counterfactual=bill.name, flags=flags,
            )  # fmt: skip
            yield Number(
                f"{place}.never", f"Probabilité qu’il ne le soit jamais en {told.horizon} mois.", "part",
                told.never, people=bill.account.treated, counterfactual=bill.name, flags=flags,
            )  # fmt: skip
        yield from _classes(bill, key, unit, flags)


def _classes(bill: Bill, key: str, unit: str, flags: tuple[str, ...]) -> Iterator[Number]:
    for kind in SavingClass:
        chosen = of_class(bill, kind)
        if chosen.any():
            central, low, high = (float(values[bill.horizon - 1]) for values in cumulated(bill, chosen))
            yield Number(
                f"{key}.class.{kind.value}", f"{kind.label}, cumulé sur {bill.horizon} mois ; positif : moins dépensé.",
                unit, central, low, high, LEVEL, bill.account.treated, bill.name, flags,
            )  # fmt: skip


def _scenarios(found: Gathered) -> Iterator[Number]:
    if isinstance(found.futures, str):
        return
    today = found.futures.today
    for projection in found.futures.others:
        for row in projection.against(today).iter_rows(named=True):
            yield Number(
                f"scenario.{row['scenario']}.{row['outcome']}.year_{row['year']}",
                f"{row['label']} ({row['definition']}), année {row['year']} : écart avec aujourd’hui.",
                row["definition"], row["value"], row["low"], row["high"], LEVEL, None,
                "la continuation d’aujourd’hui", projection.notes,
            )  # fmt: skip
