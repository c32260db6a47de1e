"""Whether a fact may be written: what is wrong, where the rule stands, what can be done, each in a French sentence.

Every check takes the path as it is known and the fact proposed, which is not in it yet.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from convergence.rules.clocks import read
from convergence.rules.contract_clocks import furthest
from convergence.rules.decisions import cddi_grounds, closing, ground_opens_on, renewal_limit, room_for
from convergence.rules.french import days_said, months_said, said_in_full
from convergence.rules.law import motive_rule, rule_or_oldest, value_or_oldest
from convergence.rules.pass_clock import PassClock, pass_clock, resumed
from convergence.rules.path import COUNTED, STRUCTURE_OF, Contract, Extension, Path, Renewal, Suspension
from convergence.rules.periods import A_DAY, last_day_of, months_within, overlap
from convergence.rules.spans import add_months
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.decisions import DecisionState
from convergence.vocabulary.extensions import SuspensionReason
from convergence.vocabulary.structures import EmployerKind


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a fact does not stand: what is wrong and what can be done, and where the rule is written."""

    sentence: str
    source: str = ""

    def __str__(self) -> str:
        return f"{self.sentence} ({self.source})." if self.source else f"{self.sentence}."


# Contracts ----------------------------------------------------------------------------------------


def check_contract(path: Path, contract: Contract, on: date) -> list[Refusal]:
    """Whether a contract may be signed as it is."""
    return list(_contract(path, contract, on))


def _contract(path: Path, contract: Contract, on: date) -> Iterator[Refusal]:
    if contract.last_day is not None and contract.last_day < contract.first_day:
        yield Refusal("La fin du contrat vient avant son début : l’une des deux dates est à corriger")
        return
    yield from _overlaps(path, contract)
    if contract.kind is ContractKind.CDDI:
        yield from _cddi(path, contract)
    if contract.kind in COUNTED and contract.last_day is not None:
        yield from _within_clocks(path, contract, contract.last_day, on)


def check_overlap(path: Path, contract: Contract) -> list[Refusal]:
    """Whether a contract may run beside the others; what happened otherwise is still recorded by imports."""
    return list(_overlaps(path, contract))


def _overlaps(path: Path, contract: Contract) -> Iterator[Refusal]:
    for other in path.contracts:
        shared = overlap(contract.period, other.period)
        if shared is None:
            continue
        if other.employer == contract.employer:
            yield Refusal(
                f"Un autre contrat court déjà chez cet employeur à partir du {said_in_full(shared.first_day)} : "
                "sa fin est à noter d’abord, ou celui-ci commence après"
            )
        elif contract.kind in COUNTED and other.kind in COUNTED:
            yield Refusal(
                "Un autre contrat d’insertion court déjà à ces dates, "
                f"à partir du {said_in_full(shared.first_day)} : voyez avec la personne lequel s’arrête"
            )


def _cddi(path: Path, contract: Contract) -> Iterator[Refusal]:
    if contract.last_day is None:
        yield Refusal("Un CDDI a un terme : sa date de fin est à noter", _source("cddi.months", contract.first_day))
        return
    shortest = value_or_oldest("cddi.shortest_months", contract.first_day)
    if not renews(path, contract) and not contract.exempt_from_minimum and not months_within(contract.period, shortest):
        until = last_day_of(contract.first_day, shortest)
        yield Refusal(
            f"Un CDDI dure au moins {months_said(shortest)} : celui-ci va jusqu’au {said_in_full(until)} au plus tôt",
            _source("cddi.shortest_months", contract.first_day),
        )


def renews(path: Path, contract: Contract) -> bool:
    """Whether a contract follows another of the same kind and employer without a day between: it is no hiring."""
    eve = contract.first_day - A_DAY
    return any(
        other.kind is contract.kind and other.employer == contract.employer and other.last_day == eve
        for other in path.contracts
    )


def _within_clocks(path: Path, contract: Contract, last_day: date, on: date) -> Iterator[Refusal]:
    """Whether the three clocks reach the end of the contract, were it signed."""
    hired = path if renews(path, contract) else resumed(path, contract.first_day)
    signed = replace(hired, contracts=(*path.contracts, contract))
    reading = read(signed, max(on, contract.first_day))
    cddi, convergence, pass_iae = reading.cddi, reading.convergence, reading.pass_iae
    if contract.kind is ContractKind.CDDI and cddi and cddi.last_day and last_day > cddi.last_day:
        yield Refusal(
            f"Les CDDI vont jusqu’au {said_in_full(cddi.last_day)} : au-delà, une décision est à demander d’abord",
            _source("cddi.months", on),
        )
    if convergence and convergence.last_day and last_day > convergence.last_day:
        months = value_or_oldest("convergence.months", convergence.first_day)
        yield Refusal(
            f"Convergence compte au plus {months_said(months)} sous contrat, jusqu’au "
            f"{said_in_full(convergence.last_day)} : le contrat finit ce jour-là au plus tard",
            _source("convergence.months", on),
        )
    if pass_iae and last_day > pass_iae.end:
        yield Refusal(
            f"Le PASS IAE finit le {said_in_full(pass_iae.end)} : le contrat finit ce jour-là au plus tard, "
            "ou le PASS est prolongé d’abord",
            _source("pass.months", on),
        )
    if pass_iae and contract.first_day < pass_iae.first_day:
        yield Refusal(
            f"Le PASS IAE commence le {said_in_full(pass_iae.first_day)} : le contrat ne peut pas commencer avant",
            _source("pass.months", on),
        )


# The PASS -----------------------------------------------------------------------------------------


def check_suspension(path: Path, suspension: Suspension, on: date) -> list[Refusal]:
    """Whether the PASS may be suspended so. ``declared_on`` is taken as the day asked where it is not known."""
    return list(_suspension(path, suspension, suspension.declared_on or on))


def _suspension(path: Path, suspension: Suspension, declared: date) -> Iterator[Refusal]:
    current = path.pass_on(suspension.first_day)
    if suspension.last_day < suspension.first_day:
        yield Refusal("La fin de la suspension vient avant son début : l’une des deux dates est à corriger")
        return
    if current is None:
        yield Refusal("Aucun PASS IAE n’est noté : il est à noter avant de le suspendre")
        return
    clock = pass_clock(path, suspension.first_day)
    if clock is None or not clock.first_day <= suspension.first_day <= clock.end:
        yield Refusal(
            "La suspension commence hors du PASS IAE : elle commence entre le "
            f"{said_in_full(current.first_day)} et sa fin",
            _source("suspension.longest_months", declared),
        )
    for other in current.suspensions:
        shared = overlap(suspension.period, other.period)
        if shared:
            yield Refusal(
                f"Le PASS est déjà suspendu à partir du {said_in_full(shared.first_day)} : corrigez cette "
                "suspension-là, ou changez les dates",
                _source("suspension.longest_months", declared),
            )
    longest = last_day_of(suspension.first_day, value_or_oldest("suspension.longest_months", declared))
    if suspension.last_day > longest:
        yield Refusal(
            f"Une suspension dure au plus {months_said(value_or_oldest('suspension.longest_months', declared))} : "
            f"celle-ci va jusqu’au {said_in_full(longest)} au plus tard, une autre peut la suivre",
            _source("suspension.longest_months", declared),
        )
    latest = value_or_oldest("suspension.latest_days", declared)
    if suspension.first_day < declared - timedelta(days=latest):
        yield Refusal(
            f"Une suspension se déclare au plus tard {days_said(latest)} après son début : elle peut commencer le "
            f"{said_in_full(declared - timedelta(days=latest))} au plus tôt",
            _source("suspension.latest_days", declared),
        )
    if suspension.first_day > declared:
        yield Refusal(
            "Une suspension se déclare quand elle a commencé, jamais d’avance : notez-la ce jour-là",
            _source("suspension.latest_days", declared),
        )
    after = value_or_oldest("suspension.after_days", declared)
    if suspension.reason is SuspensionReason.CONTRACT_SUSPENDED and suspension.period.days <= after:
        yield Refusal(
            f"Le PASS se suspend quand le contrat est suspendu plus de {days_said(after)} : plus court, rien n’est à "
            "déclarer",
            _source("suspension.after_days", declared),
        )
    if suspension.reason is SuspensionReason.PASSERELLE:
        yield from _passerelle(path, suspension)


def _passerelle(path: Path, suspension: Suspension) -> Iterator[Refusal]:
    contract = path.contract_on(suspension.first_day)
    structure = contract.structure if contract else EmployerKind.ORDINARY
    source = _source("passerelle.after_months", suspension.first_day)
    if structure not in {EmployerKind.ACI, EmployerKind.EI}:
        yield Refusal("Le contrat passerelle part d’un ACI ou d’une entreprise d’insertion", source)
    starts = min((each.first_day for each in path.contracts if each.kind in STRUCTURE_OF), default=None)
    after = value_or_oldest("passerelle.after_months", suspension.first_day)
    if starts is not None and suspension.first_day < add_months(starts, after):
        yield Refusal(
            f"Le contrat passerelle vient après au moins {months_said(after)} de parcours, "
            f"à partir du {said_in_full(add_months(starts, after))}",
            source,
        )
    longest = value_or_oldest("passerelle.longest_months", suspension.first_day)
    until = last_day_of(suspension.first_day, longest)
    if suspension.last_day > until:
        yield Refusal(
            f"Un contrat passerelle dure au plus {months_said(longest)}, ici jusqu’au {said_in_full(until)}",
            _source("passerelle.longest_months", suspension.first_day),
        )


def check_extension(
    path: Path, extension: Extension, on: date, askers: frozenset[EmployerKind] | None = None
) -> list[Refusal]:
    """Whether an extension of the PASS may be asked for, on ``asked_on`` or the day given.

    :param askers: as in :func:`convergence.rules.decisions.decisions`.
    """
    asked = extension.asked_on or on
    contract = path.contract_on(asked)
    employing = frozenset({contract.structure if contract else EmployerKind.ACI})
    return list(_extension(path, extension, asked, askers or employing))


def _extension(path: Path, extension: Extension, asked: date, askers: frozenset[EmployerKind]) -> Iterator[Refusal]:
    clock = pass_clock(path, asked)
    current = path.pass_on(asked)
    row = motive_rule(extension.motive, asked)
    if clock is None or current is None:
        yield Refusal("Aucun PASS IAE n’est noté : il est à noter avant de le prolonger")
        return
    if row is None:
        yield Refusal(f"Ce motif de prolongation n’existait pas encore le {said_in_full(asked)}")
        return
    if extension.days < 1:
        yield Refusal("Une prolongation dure au moins un jour")
        return
    if not askers & row.open_to:
        allowed = " ou ".join(kind.value.upper() for kind in EmployerKind if kind in row.open_to)
        yield Refusal(
            f"Le motif « {row.motive.label} » ne se demande qu’en {allowed} : un autre motif, ou un contrat dans une "
            "de ces structures",
            row.source,
        )
    if any(other.state is DecisionState.ASKED for other in current.extensions):
        yield Refusal("Une demande de prolongation attend déjà sa réponse : une seule à la fois", _PLATFORM)
    yield from _when(path, clock, asked)
    opens_on = ground_opens_on(path, row, clock)
    if opens_on is None:
        yield Refusal(
            f"Rien dans le dossier n’ouvre le motif « {row.motive.label} » : ce qui le prouve est à noter d’abord",
            row.source,
        )
        return
    if row.from_age_years and path.born_on and asked < add_months(path.born_on, 12 * row.from_age_years):
        yield Refusal(f"Ce motif s’ouvre à {row.from_age_years} ans, le {said_in_full(opens_on)}", row.source)
    room = room_for(path, row, clock)
    if room is not None and extension.days > room:
        yield Refusal(_too_long(row.total_days, row.each_days, clock, room), row.source)


def _when(path: Path, clock: PassClock, asked: date) -> Iterator[Refusal]:
    opens_on = add_months(clock.end, -value_or_oldest("extension.opens_months_before", asked))
    if clock.suspended_until is not None and clock.suspended_until >= asked:
        yield Refusal(
            f"Le PASS est suspendu jusqu’au {said_in_full(clock.suspended_until)} : il se prolonge ensuite", _PLATFORM
        )
    if asked < opens_on:
        yield Refusal(
            f"Une prolongation se demande dans les 12 mois qui précèdent la fin du PASS : à partir du "
            f"{said_in_full(opens_on)}",
            _source("extension.opens_months_before", asked),
        )
    if asked > closing(clock):
        yield Refusal(
            f"Une prolongation se demande au plus tard 6 mois après la fin du PASS : c’était le "
            f"{said_in_full(closing(clock))}. Seul un prescripteur habilité peut ouvrir un nouveau PASS",
            _source("extension.closes_months_after", asked),
        )


def _too_long(total: int | None, each: int | None, clock: PassClock, room: int) -> str:
    if room == 0 or (each is not None and room < each):
        cap = f"plafond de {days_said(total)}, tous motifs réunis" if total else "borne de ce motif"
        left = f"il reste {days_said(room)}" if room else "il ne reste aucun jour"
        return f"Cette prolongation dépasse le {cap} ({days_said(clock.granted_days)} déjà accordés) : {left}"
    return f"Une prolongation dure au plus {days_said(room)} : une autre pourra la suivre"


def check_answer(extension: Extension, *, reasoned: bool) -> list[Refusal]:
    """Whether the answer to a demand may be written: after it, and reasoned and notified where it is a refusal."""
    found = []
    source = rule_or_oldest("extension.refusal_is_reasoned", extension.decided_on or date.max).source
    if extension.decided_on is None:
        found.append(Refusal("La date de la décision est à noter"))
    elif extension.asked_on is not None and extension.decided_on < extension.asked_on:
        asked = said_in_full(extension.asked_on)
        found.append(Refusal(f"La demande est du {asked} : la décision ne peut pas venir avant"))
    if extension.state is DecisionState.REFUSED:
        if not reasoned:
            found.append(Refusal("Un refus est motivé par écrit : ses raisons sont à noter", source))
        if extension.notified_on is None or extension.notified_on < (extension.decided_on or date.min):
            sentence = "Un refus est notifié à la structure et à la personne, à une date certaine : elle est à noter"
            found.append(Refusal(sentence, source))
    return found


def check_new_pass(path: Path, first_day: date, *, by_prescriber: bool) -> list[Refusal]:
    """Whether a new PASS may be opened: after the waiting period, unless an authorised prescriber waives it."""
    clock = pass_clock(path, first_day)
    if clock is None:
        return []
    if first_day <= clock.end:
        return [Refusal(f"Un PASS IAE court jusqu’au {said_in_full(clock.end)} : il se prolonge, ou se suspend")]
    if first_day <= clock.waiting_until and not by_prescriber:
        return [
            Refusal(
                f"Le délai de deux ans court jusqu’au {said_in_full(clock.waiting_until)} : seul un prescripteur "
                "habilité peut ouvrir un nouveau PASS avant",
                _source("pass.waiting_months", first_day),
            )
        ]
    return []


# Decisions on a CDDI, and the end -------------------------------------------------------------------


def check_renewal(path: Path, renewal: Renewal, on: date) -> list[Refusal]:
    """Whether a CDDI may go on beyond its limit by that decision, asked for on ``asked_on`` or the day given."""
    asked = renewal.asked_on or on
    reading = read(path, asked)
    if reading.cddi is None or reading.cddi.last_day is None or not reading.in_cddi:
        return [
            Refusal(
                "Aucun CDDI ne court à cette date : un contrat fini ne se prolonge pas, un autre se signe",
                _source("cddi.months", asked),
            )
        ]
    source = _source("cddi.difficulties_months", asked)
    if renewal.motive not in set(cddi_grounds(path, reading)):
        label = renewal.motive.label
        return [Refusal(f"Rien dans le dossier n’ouvre le motif « {label} » pour ce CDDI", source)]
    limit = renewal_limit(path, renewal.motive, reading)
    if renewal.last_day <= limit:
        return []
    if limit == furthest(path, renewal, asked) and limit <= reading.cddi.last_day:
        months = value_or_oldest("cddi.difficulties_months", asked)
        return [Refusal(f"Un CDDI ne dépasse pas {months_said(months)} : le {said_in_full(limit)}", source)]
    return [Refusal(f"Une décision porte sur un an au plus : jusqu’au {said_in_full(limit)}", source)]


def check_end(path: Path, ends_on: date) -> list[Refusal]:
    """Whether a path may end on a day: never before its first contract, nor before a contract that begins later."""
    first = min((contract.first_day for contract in path.contracts), default=None)
    if first is not None and ends_on < first:
        return [Refusal(f"Le parcours a commencé le {said_in_full(first)} : il ne peut pas finir avant")]
    later = min((each.first_day for each in path.contracts if each.first_day > ends_on), default=None)
    if later is not None:
        return [Refusal(f"Un contrat commence le {said_in_full(later)}, après cette fin : il est à retirer d’abord")]
    return []


_PLATFORM = "plateforme de l’inclusion"


def _source(name: str, on: date) -> str:
    return rule_or_oldest(name, on).source
