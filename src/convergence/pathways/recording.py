"""Recording contracts: the one way in for screens and imports."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from convergence.pathways.models import Contract, Pathway
from convergence.platform.dated import hold, place, revise
from convergence.platform.errors import ChangedMeanwhile


@dataclass(frozen=True)
class Terms:
    """A contract's terms; ``last_day`` is the last day worked, None without a fixed term.

    :param recruited_directly: the site recruited the person itself; None: not said, what was noted stands.
    :param exempt_from_minimum: it may be shorter than the least length of a CDDI; None as above.
    """

    kind: str
    starts: date
    last_day: date | None = None
    programme: str = ""
    site_id: int | None = None
    employer: str = ""
    weekly_hours: Decimal | None = None
    recruited_directly: bool | None = None
    exempt_from_minimum: bool | None = None

    @property
    def valid(self) -> DateRange:
        return DateRange(self.starts, self.last_day + timedelta(days=1) if self.last_day else None)


def _columns(terms: Terms) -> dict[str, object]:
    marks = {"recruited_directly": terms.recruited_directly, "exempt_from_minimum": terms.exempt_from_minimum}
    said = {name: mark for name, mark in marks.items() if mark is not None}
    return {
        "kind": terms.kind,
        "programme": terms.programme,
        "site_id": terms.site_id,
        "employer": terms.employer,
        "weekly_hours": terms.weekly_hours,
        "valid": terms.valid,
        **said,
    }


@transaction.atomic
def sign(person_id: int, terms: Terms, *, source: str = "screen") -> Contract:
    """Record a contract; the first one of a stay at a site of the scheme opens the person's pathway.

    A contract that overlaps another at the same site is refused by the database's constraint.
    """
    hold(person_id)
    contract = Contract(person_id=person_id, source=source, **_columns(terms))
    contract.save(force_insert=True)
    if terms.site_id is not None:
        _cover(person_id, terms.starts, source)
    return contract


def _cover(person_id: int, starts: date, source: str) -> None:
    """A contract opens a path where none runs; an earlier contract learnt later brings its path's start forward."""
    paths = list(Pathway.objects.current().filter(person_id=person_id).order_by("valid"))
    if any(
        (path.starts is None or path.starts <= starts) and (path.ends is None or starts < path.ends) for path in paths
    ):
        return
    following = next((path for path in paths if path.starts is not None and starts < path.starts), None)
    if following is not None:
        revise(following, valid=DateRange(starts, following.ends))
    else:
        line = Pathway.objects.filter(person_id=person_id)
        place(Pathway(person_id=person_id, valid=DateRange(starts, None), source=source), line)


@transaction.atomic
def amend(contract: Contract, terms: Terms, seen_version: str, *, source: str = "screen") -> Contract:
    """Correct a contract's terms; the earlier version stays readable.

    :param seen_version: primary key of the version that the form showed.
    :raises ChangedMeanwhile: another version stands now.
    """
    hold(contract.person_id)
    contract.refresh_from_db(fields=["superseded_at"])
    if str(contract.pk) != seen_version or contract.superseded_at is not None:
        fresh = Contract.objects.current().filter(series=contract.series).first()
        raise ChangedMeanwhile(
            _("Quelqu’un a modifié ce contrat pendant que vous écriviez : relisez avant d’enregistrer."), fresh
        )
    return revise(contract, **_columns(terms), source=source)
