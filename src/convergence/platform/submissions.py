"""The same form sent twice does its work once: each form carries a token that is used up when it is received."""

import hashlib
from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from convergence.platform.models import Submission

FIELD = "submission"


def once(request: HttpRequest, work: Callable[[], HttpResponse]) -> HttpResponse:
    """Run ``work`` unless this very form was already received; then lead to where the first sending led.

    The token stands for the form and all that it says: the same page sent back with another choice is another
    form. An answer of 400 or more undoes the work and leaves the token free, so that the form may be mended and
    sent again. A form without a usable token is not protected and is simply worked.
    """
    try:
        token = UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return work()
    said = hashlib.sha256(repr(sorted(request.POST.lists())).encode()).hexdigest()
    used = uuid5(token, said)
    with transaction.atomic():
        try:
            # The insert waits for a first sending still under way, then fails if that one succeeded.
            with transaction.atomic():
                submission = Submission.objects.create(token=used, actor_id=int(request.user.pk or 0))
        except IntegrityError:
            first = Submission.objects.filter(token=used).first()
            return HttpResponseRedirect(first.location if first else request.path)
        response = work()
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            transaction.set_rollback(True)
        else:
            submission.location = getattr(response, "url", request.path)
            submission.save(update_fields=["location"])
    return response
