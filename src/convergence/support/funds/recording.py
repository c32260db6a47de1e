"""Answering the FSE+ at one of its times."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from convergence.pathways.models import Pathway
from convergence.platform.dated import hold, revise
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.rules.funds import askings
from convergence.support.funds.models import FundAnswer
from convergence.territories.periods import last_day
from convergence.vocabulary.funds import FUND_QUESTIONS, FundStage
from convergence.vocabulary.missing import Missing


def version_of(pathway: Pathway, stage: FundStage) -> str:
    """What a form shows as the answers that stand: changes with every correction."""
    standing = FundAnswer.objects.current().filter(pathway=pathway.series, stage=stage.value).order_by("question")
    return "-".join(str(pk) for pk in standing.values_list("pk", flat=True))


@transaction.atomic
def answer_fund(
    pathway: Pathway, stage: FundStage, answers: Mapping[str, str], *, seen_version: str, today: date
) -> None:
    """Keep the answers of one time: a code of the question's list, or why it is not known.

    :raises Refused: it is not asked at that time, or a code that the question does not know.
    :raises ChangedMeanwhile: somebody answered since the form was shown.
    """
    hold(pathway.person_id)
    if version_of(pathway, stage) != seen_version:
        raise ChangedMeanwhile(_("Quelqu’un vient de répondre : relisez avant d’enregistrer."))
    times = {asking.stage: asking for asking in askings(pathway.starts, last_day(pathway.valid))}
    if stage not in times or not times[stage].open_on(today):
        raise Refused(_("Le FSE+ ne demande rien pour ce parcours à cette date."))
    standing = {
        row.question: row for row in FundAnswer.objects.current().filter(pathway=pathway.series, stage=stage.value)
    }
    for code, answer in answers.items():
        question = FUND_QUESTIONS.get(code)
        if question is None or stage not in question.stages or not (question.values.has(answer) or Missing.has(answer)):
            raise Refused(_("Choisissez une réponse dans la liste."))
        missing = answer if Missing.has(answer) else ""
        said = {"value": "" if missing else answer, "missing": missing}
        row = standing.get(code)
        if row is not None:
            if row.code != answer:
                revise(row, **said)
            continue
        FundAnswer(
            person_id=pathway.person_id,
            compartment=question.compartment.value,
            pathway=pathway.series,
            stage=stage.value,
            question=code,
            **said,
        ).save(force_insert=True)
