"""Amendments: other hours, or another term, agreed before the term and from a day on; judged like a contract."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from convergence.pathways.clocks import path_of
from convergence.pathways.decisions.judging import refuse, refuse_unless_happened, standing
from convergence.pathways.decisions.recording import as_signed, refuse_elsewhere, refuse_overlap
from convergence.pathways.models import Amendment, Contract
from convergence.pathways.recording import Terms, amend
from convergence.platform.dated import hold, withdraw
from convergence.platform.errors import Refused
from convergence.rules.french import said_in_full
from convergence.rules.hours import check_hours
from convergence.rules.refusals import Refusal, check_contract, check_overlap
from convergence.territories.periods import days, last_day
from convergence.vocabulary.contracts import ContractKind


@dataclass(frozen=True)
class Change:
    """What an amendment changes, from ``takes_effect`` on; None leaves the hours or the term as they were."""

    signed_on: date
    takes_effect: date
    weekly_hours: Decimal | None = None
    last_day: date | None = None


@transaction.atomic
def amend_from(
    contract: Contract, change: Change, seen_version: str, today: date, *, happened: bool = False
) -> Contract:
    """Sign an amendment: the contract as it stands from then on, the earlier version staying readable.

    :param happened: it was signed so and has taken effect, whatever the clocks say.
    :raises Refused: nothing changes, a day outside the contract, or a rule that stands against it.
    :raises ChangedMeanwhile: somebody changed the contract since it was shown.
    """
    hold(contract.person_id)
    current = standing(contract, seen_version)
    before = terms_of_contract(current)
    after = replace(
        before,
        weekly_hours=change.weekly_hours if change.weekly_hours is not None else before.weekly_hours,
        last_day=change.last_day or before.last_day,
    )
    if after == before:
        raise Refused(_("Rien ne change : indiquez d’autres heures, ou un autre dernier jour."))
    _in_its_time(current, before, change, today)
    _judge(current, after, change, today, happened=happened)
    amendment = Amendment(
        person_id=current.person_id,
        contract=current.series,
        signed_on=change.signed_on,
        weekly_hours=after.weekly_hours if after.weekly_hours != before.weekly_hours else None,
        hours_before=before.weekly_hours,
        until=after.last_day if after.last_day != before.last_day else None,
        until_before=before.last_day,
        valid=days(change.takes_effect, None),
    )
    amendment.save(force_insert=True)
    return amend(current, after, seen_version)


@transaction.atomic
def take_back_amendment(amendment: Amendment) -> Contract:
    """Undo the latest amendment of a contract, noted by mistake: its hours and term are those of before.

    :raises Refused: a later one was built on it, or another contract runs where this one would run again.
    :raises ChangedMeanwhile: somebody took it back first.
    """
    hold(amendment.person_id)
    later = Amendment.objects.current().filter(contract=amendment.contract, valid__startswith__gt=amendment.starts)
    if later.exists():
        raise Refused(_("Un avenant a pris la suite de celui-ci : retirez-le d’abord."))
    contract = Contract.objects.current().filter(series=amendment.contract).first()
    if contract is None:
        raise Refused(_("Ce contrat a été retiré : ses avenants ne comptent plus."))
    terms = terms_of_contract(contract)
    if amendment.weekly_hours is not None:
        terms = replace(terms, weekly_hours=amendment.hours_before)
    if amendment.until is not None:
        terms = replace(terms, last_day=amendment.until_before)
        # Another contract may have been signed since, in the time that this one gave up.
        refuse_overlap(amendment.person_id, terms, replacing=contract)
    withdraw(amendment)
    return amend(contract, terms, str(contract.pk))


def terms_of_contract(row: Contract) -> Terms:
    """A recorded contract's terms."""
    return Terms(
        kind=row.kind,
        starts=row.valid.lower,
        last_day=last_day(row.valid),
        programme=row.programme,
        site_id=row.site_id,
        employer=row.employer,
        weekly_hours=row.weekly_hours,
        recruited_directly=row.recruited_directly,
        exempt_from_minimum=row.exempt_from_minimum,
    )


def _in_its_time(contract: Contract, before: Terms, change: Change, today: date) -> None:
    if change.signed_on > today:
        raise Refused(_("Cette date est à venir : notez l’avenant le jour où il est signé."))
    if before.last_day is None and change.last_day is not None:
        raise Refused(_("Ce contrat n’a pas de terme : un avenant n’en fixe pas."))
    end = before.last_day or date.max
    if not before.starts <= change.takes_effect <= end:
        raise Refused(_("Un avenant prend effet pendant le contrat, avant son terme : vérifiez la date."))
    if change.signed_on > end:
        raise Refused(_("Un avenant se signe avant le terme : ensuite, c’est un autre contrat."))
    if change.last_day is not None and change.last_day < change.takes_effect:
        raise Refused(_("Le nouveau dernier jour vient avant la prise d’effet : l’une des deux dates est à corriger."))
    later = Amendment.objects.current().filter(contract=contract.series, valid__startswith__gt=change.takes_effect)
    following = later.order_by("valid").first()
    if following is not None and following.starts is not None:
        refuse(
            [
                Refusal(
                    f"Un avenant prend déjà effet après, le {said_in_full(following.starts)} : celui-ci vient ensuite, "
                    "ou l’autre est à retirer d’abord"
                )
            ]
        )


def _judge(contract: Contract, after: Terms, change: Change, today: date, *, happened: bool) -> None:
    path = path_of(contract.person_id, without=contract.series)
    proposed = as_signed(after)
    refuse(check_overlap(path, proposed))
    if change.last_day is not None:
        refuse_elsewhere(contract.person_id, after)
    found = check_contract(path, proposed, today) if change.last_day is not None else []
    if proposed.kind is ContractKind.CDDI and change.weekly_hours is not None:
        found += check_hours(change.weekly_hours, proposed.programme, path.derogations, change.takes_effect)
    refuse_unless_happened(found, change.takes_effect, today, happened=happened)
