"""The dataset's tables, in one collection: the one definition that writing, reading and the documentation follow."""

import dataframely as dy

from convergence.analysis.dataset.people import Candidacies, Orientations, Paths, People
from convergence.analysis.dataset.places import Grants, Operators, Sites, StaffMeans, Territories
from convergence.analysis.dataset.support import (
    ExtendedSupport,
    FollowUps,
    Goals,
    Interviews,
    Needs,
    Referrals,
    Situations,
)
from convergence.analysis.dataset.work import Absences, Contracts, Exits, Hours, Placements

VERSION = 1
"""Version of this schema, written in the manifest. It grows with any change that an older reader would misread."""


class Tables(dy.Collection):
    """Every table, lazily: `tables.people.collect()`."""

    territories: dy.LazyFrame[Territories]
    operators: dy.LazyFrame[Operators]
    sites: dy.LazyFrame[Sites]
    people: dy.LazyFrame[People]
    orientations: dy.LazyFrame[Orientations]
    candidacies: dy.LazyFrame[Candidacies]
    paths: dy.LazyFrame[Paths]
    contracts: dy.LazyFrame[Contracts]
    hours: dy.LazyFrame[Hours]
    absences: dy.LazyFrame[Absences]
    situations: dy.LazyFrame[Situations]
    needs: dy.LazyFrame[Needs]
    goals: dy.LazyFrame[Goals]
    interviews: dy.LazyFrame[Interviews]
    placements: dy.LazyFrame[Placements]
    referrals: dy.LazyFrame[Referrals]
    exits: dy.LazyFrame[Exits]
    extended_support: dy.LazyFrame[ExtendedSupport]
    follow_ups: dy.LazyFrame[FollowUps]
    staff_means: dy.LazyFrame[StaffMeans]
    grants: dy.LazyFrame[Grants]


SCHEMAS: dict[str, type[dy.Schema]] = Tables.member_schemas()
"""Every table's schema by the table's name, in the order of the documentation."""


def references(table: str) -> dict[str, str]:
    """Columns of a table that name rows of another, with that other's name."""
    return {
        name: column.metadata["references"]
        for name, column in SCHEMAS[table].columns().items()
        if column.metadata and "references" in column.metadata
    }
