"""Asking for an evaluation, removing one, and publishing it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from convergence.evidence.keeping import give_key
from convergence.evidence.models import Dataset, Evaluation
from convergence.platform import jobs
from convergence.platform.errors import Refused
from convergence.territories.models import Territory

KIND = "evaluation"
TEXTS = ("protocol", "scenario")
"""Files that may be given to the command as text (TOML); each is an option of the same name."""
COMPARISON = "comparison"
"""The command's option for people to compare with; among an evaluation's options, what they were called."""


def ask(
    dataset: Dataset,
    title: str,
    territory: Territory | None,
    actor_id: int,
    *,
    seed: int = 1,
    comparison: Dataset | None = None,
    **texts: str,
) -> Evaluation:
    """Ask for an evaluation of a kept dataset; its job is asked for in the same transaction.

    :param comparison: people to compare with, besides those of the dataset: kept here too.
    """
    options: dict[str, Any] = {"seed": seed} | {name: texts[name] for name in TEXTS if texts.get(name)}
    if comparison:
        options[COMPARISON] = comparison.name
    evaluation = Evaluation(
        title=title,
        territory=territory,
        dataset=dataset,
        comparison=comparison,
        options=options,
        asked_by_id=actor_id,
    )
    give_key(evaluation)
    evaluation.save(force_insert=True)
    evaluation.job_id = jobs.ask(KIND, actor_id, evaluation_id=str(evaluation.pk)).pk
    evaluation.save(update_fields=["job_id"])
    return evaluation


def publish(evaluation: Evaluation, actor_id: int | None, at: datetime) -> None:
    """Let funders, coordinators and site managers read it.

    :param actor_id: who publishes; None from the command line.
    :raises Refused: it has no results yet, or was published already.
    """
    if evaluation.made_at is None:
        raise Refused(_("Cette évaluation n’a pas encore de résultats : rien à publier."))
    if evaluation.published_at is not None:
        raise Refused(_("Cette évaluation est déjà publiée."))
    evaluation.published_at, evaluation.published_by_id = at, actor_id
    evaluation.save(update_fields=["published_at", "published_by_id"])


def withdraw(evaluation: Evaluation) -> None:
    """Take a publication back: it is again for evaluators and its coordinator alone."""
    evaluation.published_at = evaluation.published_by_id = None
    evaluation.save(update_fields=["published_at", "published_by_id"])


def remove(evaluation: Evaluation) -> None:
    """Destroy an evaluation and its results, with their key.

    :raises Refused: it is published: others may have quoted it.
    """
    if evaluation.published_at is not None:
        raise Refused(_("Une évaluation publiée ne se supprime pas : retirez d’abord sa publication."))
    evaluation.delete()
