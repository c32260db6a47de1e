"""Recording what changes in a person's life: the one way in for screens, imports and partners' answers."""

from datetime import date

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from convergence.platform.dated import hold, place, revise
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.situations.models import Situation
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.situations import ASPECTS, Aspect


@transaction.atomic
def record_situation(
    person_id: int,
    aspect: str,
    code: str,
    since: date,
    *,
    today: date,
    seen_version: str | None = None,
    expires_on: date | None = None,
    detail: str = "",
    doubtful: bool = False,
    source: str = "screen",
) -> Situation:
    """Record that from ``since`` on, this aspect of the person's life is ``code``.

    :param code: a value of the aspect's vocabulary, or one of the four kinds of missing.
    :param seen_version: version (primary key) of the running fact that the form showed, "" when it showed none;
        None when nobody was shown anything (imports).
    :raises Refused: unknown code, or a date in the future.
    :raises ChangedMeanwhile: the running fact is no longer the one that was shown.
    """
    subject = ASPECTS.get(aspect)
    if subject is None:
        raise Refused(_("Ce type de situation n’existe pas."))
    if since > today:
        raise Refused(_("La date est dans le futur : notez une situation à partir du jour où elle commence."))
    line = Situation.objects.line_of(person_id, aspect)
    hold(person_id)
    running = line.current().order_by("-valid").first()
    if seen_version is not None and (str(running.pk) if running else "") != seen_version:
        raise ChangedMeanwhile(
            _("Quelqu’un a noté un changement pendant que vous écriviez : relisez avant d’enregistrer."),
            running,
        )
    value, missing = _value_or_missing(subject, code)
    return place(
        Situation(
            person_id=person_id,
            aspect=aspect,
            compartment=subject.compartment.value,
            value=value,
            missing=missing,
            valid=DateRange(since, None),
            expires_on=expires_on,
            detail=detail,
            doubtful=doubtful,
            source=source,
        ),
        line,
    )


@transaction.atomic
def correct_situation(
    fact: Situation,
    code: str,
    since: date,
    *,
    today: date,
    seen_version: str,
    expires_on: date | None = None,
    detail: str = "",
    doubtful: bool = False,
) -> Situation:
    """Correct what was recorded, start included; the earlier version stays readable, the end does not move.

    :raises Refused: unknown code, a start in the future or after the end.
    :raises ChangedMeanwhile: somebody corrected or withdrew it since it was shown.
    """
    hold(fact.person_id)
    fact.refresh_from_db(fields=["superseded_at"])
    if str(fact.pk) != seen_version or fact.superseded_at is not None:
        fresh = Situation.objects.current().filter(series=fact.series).first()
        raise ChangedMeanwhile(
            _("Quelqu’un a corrigé cette information pendant que vous écriviez : relisez avant d’enregistrer."), fresh
        )
    if since > today:
        raise Refused(_("La date est dans le futur : notez une situation à partir du jour où elle commence."))
    if fact.ends is not None and since >= fact.ends:
        raise Refused(_("La fin doit venir après le début."))
    value, missing = _value_or_missing(fact.subject, code)
    return revise(
        fact,
        value=value,
        missing=missing,
        valid=DateRange(since, fact.ends),
        expires_on=expires_on,
        detail=detail,
        doubtful=doubtful,
        source="screen",
    )


def _value_or_missing(subject: Aspect, code: str) -> tuple[str, str]:
    """(value, kind of missing), one of them empty.

    :raises Refused: neither knows the code.
    """
    if Missing.has(code):
        return "", code
    if subject.values.has(code):
        return code, ""
    raise Refused(_("Choisissez une situation dans la liste."))
