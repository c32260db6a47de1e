"""`./convergence evaluation`: brings to the instance a dataset, or the results of an evaluation made elsewhere."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from convergence.cli import maintenance
from convergence.cli.errors import OperatorError

if TYPE_CHECKING:
    from convergence.territories.models import Territory


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the folder, and how the instance will call what it holds."""
    parser.add_argument(
        "folder", type=Path, metavar="DOSSIER", help="jeu de données, ou résultats de « ./convergence evaluate »"
    )
    parser.add_argument("--name", default="", metavar="NOM", help="comment l’appeler à l’écran")
    parser.add_argument("--territory", metavar="NOM", help="territoire évalué : sa coordination les lira")
    parser.add_argument(
        "--publish", action="store_true", help="publie les résultats pour les financeurs, dès maintenant"
    )
    maintenance.add_data_option(parser)


def main(options: argparse.Namespace) -> int:
    """Bring it as *maint*, whole or not at all, and say in one line what stands."""
    with maintenance.as_maint(options.data):
        from django.db import DatabaseError, transaction

        from convergence.platform.errors import Refused, sentence_of

        try:
            with transaction.atomic():
                said = _bring(options)
        except Refused as error:
            raise OperatorError(str(error)) from None
        except DatabaseError as error:
            raise OperatorError(sentence_of(error)) from error
    print(said)
    return 0


def _bring(options: argparse.Namespace) -> str:
    """:raises Refused: the folder holds neither, or is damaged."""
    from django.utils import timezone

    from convergence.evidence.asking import publish
    from convergence.evidence.datasets import bring, files_of_folder
    from convergence.evidence.keeping import give_key
    from convergence.evidence.models import Dataset, Evaluation
    from convergence.evidence.results import NUMBERS, keep_results, read_results
    from convergence.platform.clock import today
    from convergence.platform.identity import assume

    if not options.folder.is_dir():
        raise OperatorError(f"{options.folder} n’est pas un dossier que l’on peut lire.")
    assume(None, today())
    if not (options.folder / NUMBERS).exists():
        if options.publish or options.territory:
            raise OperatorError("--publish et --territory vont avec des résultats, non avec un jeu de données.")
        names = [each.name for each in options.folder.iterdir() if each.is_file()]
        dataset = bring(files_of_folder(options.folder), options.name, None, names=names)
        if dataset.kind == Dataset.Kind.COMPARISON:
            return f"« {dataset.name} » est gardé : ces personnes peuvent être comparées à celles d’un jeu de données."
        return (
            f"« {dataset.name} » est gardé ({dataset.people} personnes) : une évaluation peut être demandée à l’écran."
        )
    results = read_results(options.folder)
    evaluation = Evaluation(title=(options.name or results.title)[:120], territory=_territory(options.territory))
    give_key(evaluation)
    evaluation.save(force_insert=True)
    keep_results(evaluation, results, timezone.now())
    if not options.publish:
        return f"« {evaluation.title} » est gardée : l’évaluation la lit, et peut la publier, dans « Évaluation »."
    publish(evaluation, None, timezone.now())
    return f"« {evaluation.title} » est gardée et publiée dans « Évaluation »."


def _territory(name: str | None) -> Territory | None:
    from convergence.territories.models import Territory

    if name is None:
        return None
    found = Territory.objects.filter(name__iexact=name.strip()).first()
    if found is None:
        known = ", ".join(Territory.objects.values_list("name", flat=True)[:20]) or "aucun"
        raise OperatorError(f"Aucun territoire ne s’appelle « {name} ». Ceux de cette instance : {known}.")
    return found
