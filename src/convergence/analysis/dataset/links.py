"""What ties the rows of several tables together, checked on one part: a set of people with everything about them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from convergence.analysis.dataset.checking import example
from convergence.analysis.dataset.errors import Flaw
from convergence.analysis.dataset.tables import SCHEMAS, references
from convergence.analysis.french import NBSP
from convergence.vocabulary.orientations import EnteredAs

Frames = Mapping[str, pl.DataFrame]

PLACES = ("territories", "operators", "sites")
"""Tables whose rows may be named from any part; the other tables are named only from their own part."""

KNOWN_BY: dict[str, tuple[str, ...]] = {
    "people": ("entered",),
    "orientations": ("sent_on",),
    "candidacies": ("opened_on", "waiting_since", "decided_on"),
    "hours": ("month",),
    "situations": ("recorded_on",),
    "needs": ("reviewed_on",),
    "goals": ("agreed_on", "closed_on"),
    "interviews": ("day",),
    "referrals": ("proposed_on", "agreed_on", "sent_on", "answered_on"),
    "exits": ("on",),
    "follow_ups": ("day",),
}
"""Days on which something was done or written: none is after the dataset's date."""


@dataclass
class Places:
    """Keys of the places met so far, from one part to the next."""

    keys: dict[str, pl.Series] = field(default_factory=dict)

    def meet(self, frames: Frames) -> None:
        for table in PLACES:
            met = frames[table][SCHEMAS[table].primary_key()[0]]
            self.keys[table] = pl.concat([self.keys[table], met]) if table in self.keys else met


def links(frames: Frames, places: Places, as_of: date) -> Iterator[Flaw]:
    """Flaws between the tables of a part whose tables keep their own rules; ``places`` has met its places."""
    yield from _named_rows_exist(frames, places)
    yield from _nothing_known_in_advance(frames, as_of)
    yield from _paths(frames)
    yield from _contracts(frames)
    yield from _work(frames)
    yield from _after(frames)
    yield from _one_thing_at_a_time(frames)


def _flaw(rows: pl.DataFrame, table: str, what: str) -> Iterator[Flaw]:
    if rows.height:
        yield Flaw(table, what, rows.height, example(rows, table))


def _named_rows_exist(frames: Frames, places: Places) -> Iterator[Flaw]:
    for table, frame in frames.items():
        for column, other in references(table).items():
            known = places.keys[other] if other in PLACES else frames[other][SCHEMAS[other].primary_key()[0]]
            strange = frame.filter(~pl.col(column).is_in(known.implode()))
            yield from _flaw(
                strange,
                table,
                f"la colonne «{NBSP}{column}{NBSP}» nomme une clé absente de la table «{NBSP}{other}{NBSP}»",
            )


def _nothing_known_in_advance(frames: Frames, as_of: date) -> Iterator[Flaw]:
    for table, columns in KNOWN_BY.items():
        for column in columns:
            latest = frames[table][column].max()
            if latest is not None and latest > as_of:  # type: ignore[operator]
                late = frames[table].filter(pl.col(column) > as_of)
                yield from _flaw(late, table, f"la colonne «{NBSP}{column}{NBSP}» dépasse la date du jeu de données")


def _paths(frames: Frames) -> Iterator[Flaw]:
    people, paths = frames["people"], frames["paths"]
    has_path = pl.col("person").is_in(paths["person"].implode())
    hired = pl.col("entered_as") == EnteredAs.HIRED
    yield from _flaw(people.filter(hired & ~has_path), "people", "personne embauchée sans parcours")
    yield from _flaw(people.filter(~hired & has_path), "people", "personne jamais embauchée qui a un parcours")
    ordered = paths.sort("person", "rank")
    same = pl.col("person") == pl.col("person").shift()
    yield from _flaw(
        ordered.filter(pl.col("rank") != pl.int_range(1, pl.len() + 1).over("person")),
        "paths",
        "rangs des parcours d’une personne qui ne se suivent pas",
    )
    yield from _flaw(
        ordered.filter(same & ~(pl.col("since") >= pl.col("until").shift()).fill_null(False)),
        "paths",
        "parcours commencé avant la fin du précédent",
    )


def _contracts(frames: Frames) -> Iterator[Flaw]:
    paths = frames["paths"].select("path", whose="person", begins="since", ends="until")
    held = frames["contracts"].filter(pl.col("path").is_not_null()).join(paths, on="path", maintain_order="left")
    last = pl.coalesce("ended_on", "until")
    outside = (pl.col("since") < pl.col("begins")) | (
        pl.col("ends").is_not_null() & (last.is_null() | (last > pl.col("ends")))
    )
    yield from _flaw(held.filter(pl.col("person") != pl.col("whose")), "contracts", "parcours d’une autre personne")
    yield from _flaw(held.filter(outside), "contracts", "contrat qui dépasse son parcours")


def _work(frames: Frames) -> Iterator[Flaw]:
    contracts = frames["contracts"].select(
        "contract", whose="person", begins="since", ends=pl.coalesce("ended_on", "until")
    )
    others = "contrat d’une autre personne"
    for table, day, what in (
        ("hours", "month", "mois en dehors du contrat"),
        ("absences", "since", "absence en dehors du contrat"),
        ("placements", "since", "stage en dehors du contrat"),
    ):
        rows = frames[table].join(contracts, on="contract", maintain_order="left")
        begins = pl.col("begins").dt.month_start() if table == "hours" else pl.col("begins")
        outside = (pl.col(day) < begins) | (pl.col(day) >= pl.col("ends")).fill_null(False)
        wrong = rows.filter(outside | (pl.col("person") != pl.col("whose")))
        if wrong.height:
            yield from _flaw(wrong.filter(pl.col("person") != pl.col("whose")), table, others)
            yield from _flaw(wrong.filter(outside), table, what)


def _after(frames: Frames) -> Iterator[Flaw]:
    paths = frames["paths"].select("path", whose="person", begins="since", ends="until")
    exits = frames["exits"].join(paths, on="path", maintain_order="left")
    yield from _flaw(exits.filter(pl.col("person") != pl.col("whose")), "exits", "parcours d’une autre personne")
    yield from _flaw(
        exits.filter(~(pl.col("on") == pl.col("ends")).fill_null(False)), "exits", "fin qui n’est pas celle du parcours"
    )
    supports = frames["extended_support"].join(paths, on="path", maintain_order="left")
    yield from _flaw(
        supports.filter(pl.col("person") != pl.col("whose")), "extended_support", "parcours d’une autre personne"
    )
    yield from _flaw(
        supports.filter(pl.col("since") < pl.col("begins")), "extended_support", "commencé avant le parcours"
    )
    sent = frames["orientations"].select("orientation", whose="person")
    answered = frames["candidacies"].join(sent, on="orientation", maintain_order="left")
    yield from _flaw(
        answered.filter(pl.col("person") != pl.col("whose")), "candidacies", "orientation d’une autre personne"
    )


def _one_thing_at_a_time(frames: Frames) -> Iterator[Flaw]:
    """Spells of one person and aspect do not overlap."""
    spells = frames["situations"]
    # One whole number that sorts as (person, aspect, first day) would: far faster than sorting three columns.
    place = pl.col("person") * 2**27 + pl.col("aspect").to_physical().cast(pl.Int64) * 2**20
    keyed = spells.select("since", "until", line=place, at=place + pl.col("since").to_physical().cast(pl.Int64))
    if not keyed.select((pl.col("at").diff() > 0).all()).item():
        order = keyed["at"].arg_sort()
        keyed, spells = keyed[order], spells[order]
    overlaps = (pl.col("line") == pl.col("line").shift()) & ~(
        (pl.col("until").shift() <= pl.col("since")).fill_null(False)
    )
    crossing = keyed.select(overlaps.fill_null(False)).to_series()
    if crossing.any():
        yield from _flaw(spells.filter(crossing), "situations", "deux valeurs d’un même aspect le même jour")
