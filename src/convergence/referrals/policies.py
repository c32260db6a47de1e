"""Who reaches a referral and what hangs on it: the team, the officers of its domain, its partner by a link.

The team by the compartment of its row; an officer while the person agrees that this domain be shared on the territory
(decision 25); a link, the one referral that it was made for.
"""

from collections.abc import Sequence
from typing import Any

from convergence.access.policies import PersonVersions, reaches
from convergence.platform.policies import LINK, SCOPES, TODAY, RowPolicy


def covers(table: str) -> str:
    """SQL condition: the actor covers the row's domain on its territory, and the person agreed to it."""
    return (
        "EXISTS (SELECT 1 FROM access_readable r JOIN access_scope s ON s.id = r.scope_id"  # noqa: S608 - constants
        f" WHERE r.person_id = {table}.person_id AND r.compartment = 'identity' AND r.scope_id = ANY ({SCOPES})"
        f" AND r.valid @> {TODAY} AND s.kind = 'domain' AND s.holder_id = {table}.territory_id"
        f" AND s.role = {table}.domain)"
    )


def follows(table: str) -> str:
    """SQL condition: the referral that the row hangs on is one that the actor reaches."""
    return (
        f"EXISTS (SELECT 1 FROM referrals_referral f WHERE f.series = {table}.referral"  # noqa: S608 - constants
        f" AND f.person_id = {table}.person_id AND f.compartment = {table}.compartment)"
    )


class ReferralRows(PersonVersions):
    """The referral itself."""

    def conditions(self, table: str) -> dict[str, str]:
        others = f"{covers(table)} OR {table}.series = {LINK}"
        compartment = f"{table}.compartment"
        write = f"{reaches(table, self.person, compartment, writing=True)} OR {others}"
        return {
            "SELECT": f"{reaches(table, self.person, compartment)} OR {others}",
            "INSERT": write,
            "UPDATE": write,
        }


class OfReferralRows(PersonVersions):
    """Versions that hang on a referral (``referral``: its series): reached by those who reach it.

    :param linked: SQL condition on the rows that the partner's link reads; none where empty.
    :param link_writes: whether the link adds such rows.
    """

    def __init__(self, *, name: str, linked: str = "", link_writes: bool = False, **options: Any) -> None:
        super().__init__(name=name, **options)
        self.linked = linked
        self.link_writes = link_writes

    def conditions(self, table: str) -> dict[str, str]:
        for_team = f"{follows(table)} AND {LINK} IS NULL"
        for_link = f"{follows(table)} AND ({LINK} IS NULL OR {self.linked})" if self.linked else for_team
        return {"SELECT": for_link, "INSERT": for_link if self.link_writes else for_team, "UPDATE": for_team}


class ShareRows(OfReferralRows):
    """What the partner is shown. Where it tells of something that the referral itself does not (``compartment`` of the
    row: health, in a referral about housing), the partner reads it by its link, and of the others who reaches that."""

    def conditions(self, table: str) -> dict[str, str]:
        told = (
            f"EXISTS (SELECT 1 FROM referrals_referral f WHERE f.series = {table}.referral"  # noqa: S608 - constants
            f" AND f.person_id = {table}.person_id)"
        )
        compartment = f"{table}.compartment"
        reads = reaches(table, self.person, compartment)
        writes = reaches(table, self.person, compartment, writing=True)
        write = f"{LINK} IS NULL AND ({follows(table)} OR {told} AND {writes})"
        return {
            "SELECT": f"{follows(table)} OR {told} AND ({LINK} IS NOT NULL OR {reads})",
            "INSERT": write,
            "UPDATE": write,
        }


class LookRows(RowPolicy):
    """What a definer function wrote of a referral: read by those who reach it, the link excepted."""

    def conditions(self, table: str) -> dict[str, str]:
        return {"SELECT": f"{follows(table)} AND {LINK} IS NULL"}

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, arguments, keywords = super().deconstruct()
        return path, arguments, {"name": keywords["name"]}
