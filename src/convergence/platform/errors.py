"""Errors that carry a sentence for the person who meets them."""

from typing import Any

from django.apps import apps
from django.db import DatabaseError
from django.utils.translation import gettext as _


class Refused(Exception):
    """What was asked cannot be done; ``str(error)`` is one plain French sentence for the screen."""


class ChangedMeanwhile(Refused):
    """Somebody changed the same thing since it was shown.

    :param fresh: the row as it stands now (None when it was withdrawn).
    """

    def __init__(self, sentence: str, fresh: Any = None) -> None:
        super().__init__(sentence)
        self.fresh = fresh


def sentence_of(error: DatabaseError) -> str:
    """The French sentence of the constraint that a write broke; a general one where the database names none.

    The constraint's own ``violation_error_message`` says it, so a race is told like a check made beforehand.
    """
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    for model in apps.get_models() if name else ():
        for constraint in model._meta.constraints:
            if constraint.name == name and constraint.violation_error_message:
                return str(constraint.get_violation_error_message())
    return _("La base de données a refusé cet enregistrement : rien n’a été changé.")
