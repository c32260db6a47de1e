"""One way to answer a form: what it asks for is done once and whole, or refused in a sentence with nothing lost."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.db import DatabaseError, DataError, IntegrityError, ProgrammingError, transaction
from django.forms import BaseForm
from django.http import HttpResponse, HttpResponseRedirect
from psycopg.errors import InsufficientPrivilege

from convergence.platform.changes import settle
from convergence.platform.dated import Version, withdraw
from convergence.platform.errors import ChangedMeanwhile, Refused, sentence_of
from convergence.platform.submissions import once
from convergence.web.requests import Request

logger = logging.getLogger("convergence.forms")

Form = TypeVar("Form", bound=BaseForm)

BY_THE_DATABASE = (IntegrityError, DataError, ProgrammingError)
"""What the database raises when it refuses, or when a statement of ours is wrong."""


def answer(
    request: Request,
    form: Form,
    work: Callable[[Form], str],
    page: Callable[[int], HttpResponse],
    on_change: Callable[[ChangedMeanwhile], None] | None = None,
) -> HttpResponse:
    """Show the form, or do its work and lead on.

    :param work: does what the valid form asks and returns the address to lead to. A refusal (``Refused``, or a
        constraint of the database) undoes all of it and is shown on the form, which keeps what was typed.
    :param page: draws the page with the form, given a status.
    :param on_change: called when somebody else changed the same thing first, to show what they wrote (``see_anew``
        at least, so that the form can be sent again).
    """

    def attempt() -> HttpResponse:
        try:
            with transaction.atomic():
                led_to = work(form)
                # Before anything is drawn: an answer never shows the alerts of before.
                settle(request.identity.today)
                return HttpResponseRedirect(led_to)
        except (Refused, *BY_THE_DATABASE) as error:
            form.add_error(None, _refusal(error))
            if on_change and isinstance(error, ChangedMeanwhile):
                on_change(error)
        return page(409)

    if request.method != "POST":
        return page(200)
    return once(request, attempt) if form.is_valid() else page(422)


def act(request: Request, work: Callable[[], object], done: str = "") -> bool:
    """Do at once and whole what a button asks and say so, or say why it is refused; whether it was done.

    :param done: the sentence that says so; none where the page shows it.
    """
    try:
        with transaction.atomic():
            work()
            settle(request.identity.today)
    except (Refused, *BY_THE_DATABASE) as error:
        messages.error(request, _refusal(error))
        return False
    if done:
        messages.success(request, done)
    return True


def _refusal(error: Refused | DatabaseError) -> str:
    """The sentence of a refusal; a fault of ours is none, and is raised again."""
    if isinstance(error, Refused):
        return str(error)
    if isinstance(error, ProgrammingError) and not isinstance(error.__cause__, InsufficientPrivilege):
        raise error
    logger.warning("refused by the database", exc_info=error)
    return sentence_of(error)


def see_anew(form: BaseForm, error: ChangedMeanwhile) -> None:
    """Have a form that is shown again start from the version that stands now; what was typed stays."""
    retyped(form, seen_version=str(error.fresh.pk) if error.fresh else "")


def retyped(form: BaseForm, **changed: Any) -> None:
    """Change hidden values of a form that is shown again, keeping everything that was typed."""
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data.update({form.add_prefix(name): value for name, value in changed.items()})  # type: ignore[attr-defined]


def take_back(request: Request, row: Version, done: str) -> None:
    """Withdraw what was recorded by mistake and say so, or that somebody changed it first."""
    try:
        withdraw(row)
    except ChangedMeanwhile as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
