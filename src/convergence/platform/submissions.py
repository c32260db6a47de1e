"""The same form sent twice does its work once: each form carries a token that is used up when it is received."""

from collections.abc import Callable
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from convergence.platform.models import Submission

FIELD = "submission"


def once(request: HttpRequest, work: Callable[[], HttpResponse]) -> HttpResponse:
    """Run ``work`` unless this form was already received; then lead to where the first sending led.

    Only a redirect, the answer of work that was done, uses the token up: a form shown again with its errors
    may be sent again. A form without a usable token is not protected and is simply worked.
    """
    try:
        token = UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return work()
    try:
        # The insert waits for a first sending still under way, then fails if that one succeeded.
        with transaction.atomic():
            submission = Submission.objects.create(token=token, actor_id=int(request.user.pk or 0))
    except IntegrityError:
        first = Submission.objects.filter(token=token).first()
        return HttpResponseRedirect(first.location if first else request.path)
    response = work()
    if isinstance(response, HttpResponseRedirect):
        submission.location = response.url
        submission.save(update_fields=["location"])
    else:
        submission.delete()
    return response
