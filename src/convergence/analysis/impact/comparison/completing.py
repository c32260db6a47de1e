"""What an extract need not repeat: ranks, places, dates that other tables tell, and why an answer is missing."""

import polars as pl

from convergence.analysis.dataset import SCHEMAS
from convergence.analysis.dataset.columns import MISSING
from convergence.analysis.impact.comparison.settings import Settings
from convergence.vocabulary.contracts import ContractKind, Programme
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.orientations import CandidacyOutcome, EnteredAs
from convergence.vocabulary.structures import EmployerKind, Scheme

Frames = dict[str, pl.DataFrame]

_SAID = {"situations": [("value", "missing")], "needs": [("level", "missing")]}


def completed(given: Frames, settings: Settings) -> Frames:
    """Every table of the schema; cells that the others imply are filled, none that somebody wrote is changed."""
    frames: Frames = {name: given.get(name, schema.create_empty()) for name, schema in SCHEMAS.items()}
    frames["paths"] = _paths(frames["paths"])
    frames["people"] = _people(frames["people"], frames["paths"])
    frames["territories"] = _one("territories", territory=1, name=settings.territory)
    if settings.scheme is not Scheme.NONE:
        frames["operators"] = _one("operators", operator=1, territory=1, public_body=settings.public_body)
    frames["sites"] = _sites(frames["sites"], frames["paths"], settings)
    frames["contracts"] = _contracts(frames)
    frames["hours"] = _of_contract(frames["hours"], frames["contracts"])
    frames["absences"] = _of_contract(frames["absences"], frames["contracts"])
    frames["exits"] = _exits(frames["exits"], frames["paths"])
    frames["situations"] = frames["situations"].with_columns(pl.col("recorded_on").fill_null(pl.col("since")))
    if settings.scheme is Scheme.NONE:
        frames["candidacies"] = _waiting(frames)
    for name in frames:
        frames[name] = _why_missing(name, frames[name])
    return {name: frames[name].select(SCHEMAS[name].column_names()) for name in SCHEMAS}


def _one(table: str, **cells: object) -> pl.DataFrame:
    types = {name: column.dtype for name, column in SCHEMAS[table].columns().items()}
    return pl.DataFrame({name: [cells.get(name)] for name in types}, schema=types)


def _why_missing(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    columns = SCHEMAS[table].columns()
    pairs = [(name, name + MISSING) for name in columns if name + MISSING in columns] + _SAID.get(table, [])
    return frame.with_columns(
        pl.when(pl.col(value).is_null())
        .then(pl.col(why).fill_null(pl.lit(Missing.NOT_ASSESSED.value).cast(columns[why].dtype)))
        .otherwise(pl.col(why))
        .alias(why)
        for value, why in pairs
    )


def _paths(paths: pl.DataFrame) -> pl.DataFrame:
    rank = pl.col("since").rank("ordinal").over("person").cast(pl.Int16)
    return paths.with_columns(pl.col("rank").fill_null(rank))


def _people(people: pl.DataFrame, paths: pl.DataFrame) -> pl.DataFrame:
    first = paths.group_by("person").agg(first=pl.col("since").min())
    kind = SCHEMAS["people"].columns()["entered_as"].dtype
    hired = pl.when(pl.col("first").is_not_null()).then(pl.lit(EnteredAs.HIRED.value))
    return (
        people.join(first, on="person", how="left", maintain_order="left")
        .with_columns(
            territory=pl.lit(1, dtype=pl.Int64),
            entered=pl.col("entered").fill_null(pl.col("first")),
            entered_as=pl.col("entered_as").fill_null(hired.otherwise(pl.lit(EnteredAs.CANDIDATE.value)).cast(kind)),
        )
        .drop("first")
    )


def _sites(sites: pl.DataFrame, paths: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    opened = paths["since"].min()
    if not sites.height and settings.scheme is Scheme.NONE:
        return _one("sites", site=1, territory=1, scheme=settings.scheme.value, opened=opened)
    scheme = pl.lit(settings.scheme.value).cast(SCHEMAS["sites"].columns()["scheme"].dtype)
    operator = None if settings.scheme is Scheme.NONE else 1
    return sites.with_columns(
        territory=pl.lit(1, dtype=pl.Int64),
        operator=pl.lit(operator, dtype=pl.Int64),
        scheme=scheme,
        opened=pl.col("opened").fill_null(pl.lit(opened, dtype=pl.Date)),
    )


def _contracts(frames: Frames) -> pl.DataFrame:
    """The path of an integration contract is the one within which it begins; its site the only one there is."""
    contracts, sites = frames["contracts"], frames["sites"]
    types = SCHEMAS["contracts"].columns()
    paths = frames["paths"].select("person", "path", "until", begins="since").sort("begins")
    within = (
        contracts.with_row_index("row")
        .filter(pl.col("since").is_not_null())
        .sort("since")
        .join_asof(paths, left_on="since", right_on="begins", by="person", suffix="_found", check_sortedness=False)
        .filter(pl.col("until_found").is_null() | (pl.col("since") < pl.col("until_found")))
        .select("row", found="path_found")
    )
    integration = pl.col("employer_kind") != EmployerKind.ORDINARY.value
    alone = pl.lit(sites["site"][0] if sites.height == 1 else None, dtype=pl.Int64)
    here = pl.col("employer_kind") == EmployerKind.ACI.value
    cddi = pl.col("kind") == ContractKind.CDDI.value
    outside = pl.lit(Programme.NONE.value).cast(types["programme"].dtype)
    return (
        contracts.with_row_index("row")
        .join(within, on="row", how="left", maintain_order="left")
        .with_columns(path=pl.coalesce("path", pl.when(integration).then("found")))
        .with_columns(
            site=pl.coalesce("site", pl.when(here & pl.col("path").is_not_null()).then(alone)),
            programme=pl.coalesce("programme", pl.when(cddi).then(outside)),
        )
        .drop("row", "found")
    )


def _of_contract(rows: pl.DataFrame, contracts: pl.DataFrame) -> pl.DataFrame:
    whose = contracts.select("contract", whose="person")
    joined = rows.join(whose, on="contract", how="left", maintain_order="left")
    return joined.with_columns(person=pl.coalesce("person", "whose")).drop("whose")


def _exits(exits: pl.DataFrame, paths: pl.DataFrame) -> pl.DataFrame:
    """An exit without a path is that of the person's only path; without a date, that of its end."""
    only = paths.group_by("person").agg(pl.len(), only=pl.col("path").first()).filter(pl.col("len") == 1)
    joined = exits.join(only.select("person", "only"), on="person", how="left", maintain_order="left")
    joined = joined.with_columns(path=pl.coalesce("path", "only"))
    ended = joined.join(paths.select("path", ended="until"), on="path", how="left", maintain_order="left")
    return ended.with_columns(on=pl.coalesce("on", "ended")).drop("only", "ended")


def _waiting(frames: Frames) -> pl.DataFrame:
    """Whoever has no candidacy waits at the only site: it is where a person without a contract is compared."""
    given = frames["candidacies"]
    if frames["sites"].height != 1:
        return given
    first = frames["paths"].filter(pl.col("rank") == 1).join(given, on="person", how="anti")
    start = int(given["candidacy"].max() or 0)  # type: ignore[arg-type]
    types = SCHEMAS["candidacies"].columns()
    added = first.select(
        candidacy=pl.int_range(start + 1, start + pl.len() + 1, dtype=pl.Int64),
        orientation=pl.lit(None, dtype=pl.Int64),
        person="person",
        site=pl.lit(frames["sites"]["site"][0], dtype=pl.Int64),
        opened_on="since",
        waiting_since="since",
        outcome=pl.lit(CandidacyOutcome.WAITING.value).cast(types["outcome"].dtype),
        decided_on=pl.lit(None, dtype=pl.Date),
    )
    return pl.concat([given.select(added.columns), added])
