"""The day before, a letter to each colleague who has appointments: how many and where to read them, nobody's name."""

from datetime import date, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@transaction.atomic
def remind(today: date) -> int:
    """Write tomorrow's reminders to the outbox, each colleague once whatever happens; returns how many were written.

    Runs as the worker, which reads no appointment: the database counts them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT email, appointments FROM support_remind(%s)", [today + timedelta(days=1)])
        awaited = cursor.fetchall()
    for address, n in awaited:
        EmailMessage(
            subject=ngettext("%(n)s rendez-vous demain", "%(n)s rendez-vous demain", n) % {"n": n},
            body=_body(n),
            to=[address],
        ).send()
    return len(awaited)


def _body(n: int) -> str:
    said = ngettext("Vous avez %(n)s rendez-vous demain.", "Vous avez %(n)s rendez-vous demain.", n) % {"n": n}
    origins = settings.CSRF_TRUSTED_ORIGINS
    where = (
        _("L’heure et la personne se lisent une fois la connexion faite : %(address)s")
        % {"address": f"{origins[0]}{reverse('my-meetings')}"}
        if origins
        else _("L’heure et la personne se lisent dans Convergence, à l’entrée « Rendez-vous ».")
    )
    return f"{said}\n\n{where}\n"
