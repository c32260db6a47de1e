"""What the schema cannot see: sites that open too late, months without hours, people counted twice."""

from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from convergence.analysis.dataset.checking import check as check_table
from convergence.analysis.dataset.checking import conform
from convergence.analysis.dataset.errors import DatasetError
from convergence.analysis.dataset.links import Places, links
from convergence.analysis.impact.comparison.flaws import Found, some
from convergence.analysis.impact.comparison.settings import Settings
from convergence.vocabulary.structures import EmployerKind, Scheme

Frames = Mapping[str, pl.DataFrame]


def schema_flaws(frames: Frames, as_of: date, found: Found) -> None:
    """Every flaw under the rules of the dataset; those between tables once each table keeps its own."""
    before = len(found.flaws)
    for table, frame in frames.items():
        try:
            conform(frame, table, table)
        except DatasetError as error:
            found.flaws.append(f"{error} Corrigez {table}.")
            continue
        found.flaws += [f"{flaw} Corrigez {table}." for flaw in check_table(frame, table, table)]
    if len(found.flaws) == before:
        places = Places()
        places.meet(frames)
        found.flaws += [f"{flaw} Corrigez {flaw.where}." for flaw in links(frames, places, as_of)]


def own_flaws(frames: Frames, settings: Settings, found: Found) -> None:
    """Flaws and notes of a comparison whose tables keep the schema's rules."""
    found.flaws += [*_late_sites(frames, settings.as_of), *_without_a_site(frames, settings)]
    found.notes += [*_missing_months(frames), *_never_seen(frames)]


def _late_sites(frames: Frames, as_of: date) -> Iterator[str]:
    late = frames["sites"].filter(pl.col("opened") > as_of)
    if late.height:
        first: date = late["opened"].sort()[0]
        yield (
            f"sites : chantiers qui ouvrent après la date de la comparaison ({as_of:%d/%m/%Y}) : {late.height}, le "
            f"premier le {first:%d/%m/%Y}. Retirez-les, ou donnez un extrait plus récent."
        )
    held = frames["contracts"].join(frames["sites"].select("site", "opened"), on="site")
    early = held.filter(pl.col("since") < pl.col("opened"))
    if early.height:
        yield (
            f"contracts : contrats qui commencent avant l’ouverture de leur chantier : {early.height}. Corrigez "
            "« opened » dans sites, ou ces contrats."
        )


def _without_a_site(frames: Frames, settings: Settings) -> Iterator[str]:
    if settings.scheme is Scheme.NONE:
        hired = frames["contracts"].filter(pl.col("employer_kind") == EmployerKind.ACI.value)
        if hired.height:
            yield (
                f"contracts : contrats dans un ACI, alors que la comparaison est « sans chantier » : {hired.height}. "
                'Mettez scheme = "ordinary", ou retirez ces personnes.'
            )
        lost = frames["paths"].join(frames["candidacies"], on="person", how="anti")
        if lost.height:
            yield (
                f"candidacies : personnes dont rien ne dit où elles attendent : {lost.height}. Gardez un seul site, ou "
                "donnez leurs candidatures."
            )
        return
    if not frames["sites"].height:
        yield "sites.csv manque ou est vide : donnez une ligne par chantier, avec son identifiant."
        return
    held = frames["contracts"].filter(pl.col("site").is_not_null(), pl.col("path").is_not_null())
    without = frames["paths"].join(held, on="path", how="anti")
    if without.height:
        yield (
            f"paths : parcours sans contrat dans un chantier : {without.height}. Rien ne dit où ils ont lieu : ajoutez "
            'leurs contrats, ou mettez scheme = "none" si ces personnes attendent.'
        )


def _missing_months(frames: Frames) -> Iterator[str]:
    """Months between the first and the last of a contract that have no hours: they stay unknown."""
    if not frames["hours"].height:
        yield (
            "hours : aucune heure n’est donnée ; les heures travaillées de la comparaison restent inconnues (ni "
            "zéro, ni celles du contrat)."
        )
        return
    month = pl.col("month").dt.year().cast(pl.Int64) * 12 + pl.col("month").dt.month().cast(pl.Int64)
    spans = frames["hours"].group_by("contract").agg(missing=month.max() - month.min() + 1 - pl.len().cast(pl.Int64))
    gaps = spans.filter(pl.col("missing") > 0)
    if gaps.height:
        yield (
            f"hours : mois absents au milieu d’un contrat : {gaps['missing'].sum()} (contrats touchés : "
            f"{gaps.height}). Ils restent inconnus, ni zéro ni moyenne ; complétez-les si vous les avez."
        )


def _never_seen(frames: Frames) -> Iterator[str]:
    told = frames["situations"].select("person").unique()
    silent = frames["paths"].select("person").unique().join(told, on="person", how="anti").height
    if silent:
        yield (
            f"situations : personnes dont rien n’est dit (logement, emploi, soins) : {some(silent)}. Elles sont "
            "comptées ; leurs critères de situation restent inconnus."
        )
