"""What the pages of the desk share: the territory and the domains that the actor covers, the period that is counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from convergence.network.policies import KEEPERS
from convergence.rules.spans import add_months
from convergence.territories.models import Mission, Territory
from convergence.territories.portfolios import domains_of
from convergence.vocabulary.domains import Domain
from convergence.web.requests import Request

OLDEST_YEAR = 2007
"""The first experiment began in that year."""


@dataclass(frozen=True)
class Covered:
    """A territory of the actor's, and the domains that she covers there."""

    territory: Territory
    territories: list[Territory]
    domains: list[Domain]


def covered(request: Request) -> Covered:
    """The territory that the address asks for (``territoire``), or the actor's first.

    :raises Http404: it is not one of hers.
    """
    missions = [mission for mission in request.identity.missions if mission.territory_id and mission.role in KEEPERS]
    territories = {mission.territory_id: mission.territory for mission in missions}
    chosen = _chosen(territories, request.GET)
    own = [mission for mission in missions if mission.territory_id == chosen.pk]
    return Covered(chosen, [place for place in territories.values() if place], _domains(own))


def _chosen(territories: Mapping[int | None, Territory | None], query: Mapping[str, Any]) -> Territory:
    wanted = str(query.get("territoire", ""))
    found = next((place for key, place in territories.items() if not wanted or str(key) == wanted), None)
    if found is None:
        raise Http404
    return found


def _domains(missions: list[Mission]) -> list[Domain]:
    """As ``identify`` does: a portfolio says what its officer covers, a coordinator covers what it is by default."""
    found = {domain for mission in missions for domain in domains_of(mission)}
    return [domain for domain in Domain if domain in found]


@dataclass(frozen=True)
class Period:
    """A whole year or quarter, as the address names it: « 2026 », « 2026-T3 ». Nothing finer is counted."""

    code: str
    first: date
    last: date

    @property
    def label(self) -> str:
        year, _dash, quarter = self.code.partition("-T")
        if not quarter:
            return _("année %(year)s") % {"year": year}
        return _("%(n)s trimestre %(year)s") % {"n": _("1er") if quarter == "1" else f"{quarter}e", "year": year}


def period_of(query: Mapping[str, Any], today: date) -> Period:
    """The period that the address asks for, or this year; one that is malformed is this year."""
    year, _dash, quarter = str(query.get("periode", "")).partition("-T")
    known = year.isascii() and year.isdigit() and len(year) == 4 and OLDEST_YEAR <= int(year) <= today.year
    if known and quarter in ("", "1", "2", "3", "4"):
        return _period(int(year), quarter)
    return _period(today.year, "")


def _period(year: int, quarter: str) -> Period:
    if not quarter:
        return Period(f"{year}", date(year, 1, 1), date(year, 12, 31))
    first = date(year, 3 * int(quarter) - 2, 1)
    return Period(f"{year}-T{quarter}", first, add_months(first, 3) - timedelta(days=1))


def periods(today: date) -> list[Period]:
    """Those offered to choose from: this year and the four before, and the quarters of this year and the last."""
    quarters = [_period(year, quarter) for year in (today.year, today.year - 1) for quarter in "4321"]
    years = [_period(today.year - back, "") for back in range(5)]
    return years + [each for each in quarters if each.first <= today]
