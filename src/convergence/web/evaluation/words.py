"""What an evaluation says, in sentences and figures with their definitions."""

import re
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from convergence.analysis.explore import (
    About,
    Balance,
    BreakEven,
    Contrast,
    Curve,
    Interval,
    Perspective,
    Row,
    Settings,
)
from convergence.web.templatetags.display import NBSP, euros, number


@dataclass(frozen=True)
class Figure:
    """A number, what it is, and its definition one click away."""

    says: str
    label: str
    definition: str


def unit(code: str) -> str:
    """What one pays for, in words: « nuitée » for « € de 2024 (place-night) »; the text itself where unknown."""
    units = {
        "place-night": _("nuitée"),
        "place-day": _("jour de place"),
        "place-year": _("an de place"),
        "lodging-year": _("an de logement"),
        "day": _("jour"),
        "visit": _("passage"),
        "patient-year": _("an de suivi"),
        "fte-year": _("an de temps plein"),
        "event": _("fait"),
        "case": _("affaire"),
    }
    inside = re.search(r"\(([a-z-]+)\)$", code)
    return units.get(inside[1] if inside else code, code)


def contrast_of(about: About, settings: Settings) -> Contrast:
    return next(each for each in about.contrasts if each.code == settings.contrast)


def perspective_of(about: About, settings: Settings) -> Perspective:
    return next(each for each in about.perspectives if each.code == settings.perspective)


def percent(share: float) -> str:
    """« 38 % »."""
    return f"{number(100 * share)}{NBSP}%"


def chance(probability: float) -> str:
    """« 38 % »; « moins de 1 % » where no draw showed it: draws prove nothing impossible."""
    if probability < 0.01:
        return _("moins de 1\u00a0%")
    if probability > 0.99:
        return _("plus de 99\u00a0%")
    return percent(probability)


def signed(amount: float) -> str:
    """« +1 240 € », « −300 € »."""
    return f"+{euros(amount)}" if round(amount) > 0 else euros(amount)


def interval(amount: Interval) -> str:
    """« [−2 400 € ; +8 900 €] »."""
    return f"[{signed(amount.low)}{NBSP}; {signed(amount.high)}]"


def between(found: BreakEven) -> str:
    """The interval of a break-even: « du mois 19 à jamais »."""
    if found.low is None:
        return _("jamais, d’un bout à l’autre")
    low = _("du mois %(month)d") % {"month": found.low}
    high = _("au mois %(month)d") % {"month": found.high} if found.high is not None else _("à jamais")
    return f"{low} {high}"


def moves(row: Row) -> bool:
    """Whether anything stands on a line of the table: some payers have no part in a balance."""
    amounts = (row.cost, row.cashable, row.production, row.capacity)
    return any(amount.low or amount.central or amount.high for amount in amounts)


def headline(about: About, settings: Settings, curve: Curve) -> SafeString:
    """Whether it pays back, when, with which chance by the end of the second year; against what is named first."""
    contrast, found = contrast_of(about, settings), curve.break_even
    where = {
        "counterfactual": contrast.counterfactual,
        "perspective": perspective_of(about, settings).label.lower(),
        "places": percent(settings.capacity_share),
        "level": percent(about.interval),
        "between": between(found),
        "months": len(about.observed),
    }
    begins = _(
        "Par rapport à {counterfactual}, du point de vue «\u00a0{perspective}\u00a0» et avec {places} des places"
        " libérées comptées,"
    )
    if found.central is not None:
        said = _("les coûts évités dépassent le coût du programme <strong>au mois {month}</strong>")
    else:
        said = _("les coûts évités <strong>ne dépassent pas</strong> le coût du programme en {months} mois")
    within = _("(intervalle à {level}\u00a0: {between}).")
    answer = format_html(f"{begins} {said} {within}", month=found.central, **where)
    if found.by_two_years is None:
        return answer
    sure = _("La chance que ce soit à la fin de la deuxième année au plus tard est de <strong>{share}</strong>.")
    return format_html(f"{{}} {sure}", answer, share=chance(found.by_two_years))


def without_places(curve: Curve) -> str:
    """The same without any freed place counted."""
    found = curve.cash_break_even
    when = _("au mois %(month)d") % {"month": found.central} if found.central is not None else _("jamais")
    words = {"when": when, "between": between(found)}
    said = _("Sans compter aucune place libérée : %(when)s (intervalle : %(between)s)") % words
    if found.by_two_years is None:
        return f"{said}."
    return f"{said}{NBSP}; {_('à deux ans, %(share)s de chances') % {'share': chance(found.by_two_years)}}."


def figures(about: About, settings: Settings, curve: Curve, balance: Balance) -> list[Figure]:
    """The few numbers on top of the page."""
    against = _("Par rapport à %(what)s.") % {"what": contrast_of(about, settings).counterfactual}
    level = _("Entre crochets, l’intervalle à %(level)s.") % {"level": percent(about.interval)}
    months = {"n": balance.month}
    total = balance.total
    found = [
        Figure(
            signed(total.net.central),
            _("de solde par personne à %(n)d mois") % months + f" {interval(total.net)}",
            _("Ce qui est évité moins ce que coûte le programme, cumulé depuis l’entrée, en euros de %(year)d.")
            % {"year": about.year}
            + f" {against} {level}",
        ),
        Figure(
            euros(total.cost.central),
            _("de coût du programme par personne à %(n)d mois") % months,
            _("Ce que le programme coûte de plus que ce à quoi on le compare.") + f" {against}",
        ),
    ]
    if curve.break_even.by_two_years is not None:
        found.append(
            Figure(
                chance(curve.break_even.by_two_years),
                _("de chances d’être à l’équilibre à deux ans"),
                _("Part des tirages dont le solde cumulé est au-dessus de zéro au 24e mois au plus tard, et y reste.")
                + f" {against}",
            )
        )
    found.append(
        Figure(
            chance(curve.break_even.never),
            _("de chances de ne jamais y être en %(n)d mois") % {"n": len(about.observed)},
            _("Part des tirages dont le solde cumulé finit au-dessous de zéro.") + f" {against}",
        )
    )
    return found


@dataclass(frozen=True)
class LineSaid:
    """One line of the account: what it is, of what kind, who pays, and what it comes to."""

    label: str
    definition: str
    payer: str
    kind: str
    amount: Interval


def lines(about: About, settings: Settings, balance: Balance) -> list[LineSaid]:
    """Every line that counts in the perspective, with its definition."""
    counted = [line for line in about.lines if settings.perspective in line.perspectives]
    said = []
    for line, row in zip(counted, balance.lines, strict=True):
        amount = row.cost if line.kind == "programme" else getattr(row, line.kind)
        said.append(LineSaid(line.label, line.definition, about.payers[line.payer], about.classes[line.kind], amount))
    return said
