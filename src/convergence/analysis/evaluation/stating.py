"""Every number of the report as :class:`Number`: with its definition, its interval and its counterfactual's name."""

from collections.abc import Iterator

from convergence.analysis.conventions import LEVEL
from convergence.analysis.costs import DEFINITION, SavingClass, Status
from convergence.analysis.evaluation.arms import Arm
from convergence.analysis.evaluation.changes import Changes, Study
from convergence.analysis.evaluation.effects import Effect
from convergence.analysis.evaluation.gathered import Gathered
from convergence.analysis.evaluation.money import CAPACITY, Bill, answer, cumulated, of_class
from convergence.analysis.evaluation.numbers import Number
from convergence.analysis.evaluation.sections.wording import break_even_said, capacity_said, month_or_never
from convergence.analysis.evaluation.spans import AFTERWARDS, HOUSED_BY, Event, Spans
from convergence.analysis.impact.estimates import ESTIMANDS, Estimate
from convergence.analysis.impact.protocol import Planned


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
            yield from _of_the_lost(arm, effect)
        yield from _changes(each.changes)
    for spans in found.spans:
        yield from _durations(spans)
    if found.housed:
        told = found.housed.estimate
        yield Number(
            "landmark.housed_then_durable_exit",
            f"Sorties vers un emploi durable dans les {AFTERWARDS} mois qui suivent le {HOUSED_BY}e mois : part des "
            "personnes logées alors, moins celle des autres, parmi les personnes du dispositif encore en parcours.",
            "part", told.value, told.low, told.high, told.level, told.treated + told.controls,
            "les personnes du dispositif qui n’étaient pas encore logées", told.notes, told.method,
        )  # fmt: skip


def _of_the_lost(arm: Arm, effect: Effect) -> Iterator[Number]:
    key, people = f"effect.{arm.contrast.value}.{effect.outcome.name}", sum(effect.known) + sum(effect.lost)
    if still := effect.still_followed:
        yield Number(
            f"{key}.still_followed",
            f"{effect.outcome.label} : {ESTIMANDS[still.estimand]}, les personnes encore suivies comptant pour celles "
            "qui leur ressemblaient à l’entrée.",
            "part", still.value, still.low, still.high, still.level, still.treated + still.controls, arm.name,
            still.notes, still.method,
        )  # fmt: skip
    for name, bounds in (("lee", effect.trimmed), ("manski", effect.bounds)):
        if bounds:
            for end, value in (("lower", bounds.lower), ("upper", bounds.upper)):
                yield Number(
                    f"{key}.{name}.{end}",
                    f"{effect.outcome.label} : {'plus petit' if end == 'lower' else 'plus grand'} effet possible. "
                    f"{bounds.assumption} L’intervalle est celui de l’effet, hasard compris.",
                    "part", value, bounds.low, bounds.high, LEVEL, people, arm.name,
                )  # fmt: skip


def _changes(found: Changes) -> Iterator[Number]:
    arm = found.arm
    for change in found.changes:
        key = f"effect.{arm.contrast.value}.{change.outcome.name}"
        made = change.estimate
        if isinstance(made, Estimate) and not change.planned:
            yield Number(
                f"{key}.{Planned.DIFFERENCES.value}",
                f"{change.outcome.label} : {ESTIMANDS[made.estimand]}, ce qui a changé depuis l’entrée d’un côté "
                "moins ce qui a changé de l’autre.",
                "part", made.value, made.low, made.high, made.level, made.treated + made.controls, arm.name, made.notes,
                made.method,
            )  # fmt: skip
        if isinstance(change.study, Study):
            for month, value, low, high in change.study.points:
                if month:
                    yield Number(
                        f"{key}.month_{month}",
                        f"{change.outcome.label.rsplit(',', 1)[0]}, {month} mois après l’entrée (avant, si négatif) : "
                        "écart entre les deux groupes, moins celui du jour de l’entrée.",
                        "part", value, low, high, LEVEL, sum(change.study.known[month]), arm.name, change.study.notes,
                        "Étude d’événement",
                    )  # fmt: skip


def _durations(found: Spans) -> Iterator[Number]:
    arm = found.arm
    for event, span in found.spans.items():
        key = f"duration.{arm.contrast.value}.{event.value}"
        if told := span.difference:
            yield Number(
                f"{key}.month_{span.until}", f"{told.method}.", "part" if event is Event.EXIT else "mois",
                told.value, told.low, told.high, told.level, told.treated + told.controls, arm.name, told.notes,
                told.method,
            )  # fmt: skip
        if hazards := span.hazards:
            value, low, high = hazards.hazard_ratio()
            yield Number(
                f"{key}.hazard_ratio",
                "Rapport des chances du mois, dispositif sur comparaison, les autres fins étant censurées.", "rapport",
                value, low, high, hazards.level, told.treated + told.controls if told else None, arm.name,
                hazards.notes, "Modèle de Cox",
            )  # fmt: skip


def _accounts(found: Gathered) -> Iterator[Number]:
    money = found.money
    published = (found.variants.published,) if found.variants.published else ()
    for bill in (*money.bills, *money.others, *published):
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
    yield from _readings(found)


def _readings(found: Gathered) -> Iterator[Number]:
    for bill in found.money.bills:
        for place, (label, read) in enumerate(found.variants.readings[bill.code].items()):
            low, high = read.interval()
            yield Number(
                f"account.{bill.code}.reading_{place}",
                f"{DEFINITION} Financement compté : {label} ; {capacity_said(CAPACITY)}.", "mois",
                None if read.month is None else float(read.month), low, high, LEVEL, bill.account.treated, bill.name,
                (bill.lost.value, *bill.account.notes), month_or_never(read.month, read.horizon),
            )  # fmt: skip


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
