"""Recording what changes in a person's life: the one way in for screens, imports and partners' answers."""

from datetime import date

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from convergence.platform.dated import place
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.situations.models import Situation
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.situations import ASPECTS


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
        raise Refused(_("La date est dans le futur : notez une situation à partir du jour où elle commence."))
    line = Situation.objects.line_of(person_id, aspect)
    running = line.current().select_for_update(of=("self",)).order_by("-valid").first()
    if seen_version is not None and (str(running.pk) if running else "") != seen_version:
        raise ChangedMeanwhile(
            _("Quelqu’un a noté un changement pendant que vous écriviez : relisez avant d’enregistrer."),
            running,
        )
    is_missing = code in {kind.value for kind in Missing}
    if not is_missing and code not in {value.value for value in subject.values}:
        raise Refused(_("Choisissez une situation dans la liste."))
    return place(
        Situation(
            person_id=person_id,
            aspect=aspect,
            compartment=subject.compartment.value,
            value="" if is_missing else code,
            missing=code if is_missing else "",
            valid=DateRange(since, None),
            expires_on=expires_on,
            detail=detail,
            source=source,
        ),
        line,
    )
