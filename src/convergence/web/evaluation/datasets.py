"""Bringing a dataset, or people to compare with, by the browser, as one zip file; taking one away."""

import io
import lzma
import zipfile
import zlib
from pathlib import PurePosixPath
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from convergence.evidence.comparisons import SETTINGS
from convergence.evidence.datasets import LARGEST, MANIFEST, Reader, bring
from convergence.evidence.models import Dataset
from convergence.platform.errors import Refused
from convergence.vocabulary.roles import Role
from convergence.web.evaluation.common import actor_id
from convergence.web.evaluation.forms import MOST, DatasetForm
from convergence.web.handling import act, answer
from convergence.web.receiving import InMemoryUpToLimit, drop_rest
from convergence.web.requests import Request
from convergence.web.rules import open_to


@csrf_exempt
@open_to(Role.EVALUATOR)
@require_http_methods(["GET", "POST"])
def bring_dataset(request: Request) -> HttpResponse:
    """Keep a dataset. The limit stands before anything of the body is read, the token's check included."""
    handler = InMemoryUpToLimit(request, MOST)
    if request.method == "POST":
        request.upload_handlers = [handler]
    if handler.too_big:
        drop_rest(request)
        return _page(request, _unread(), 413)
    return _received(request, handler)


@csrf_protect
def _received(request: Request, handler: InMemoryUpToLimit) -> HttpResponse:
    if request.method != "POST":
        return _page(request, DatasetForm(), 200)
    # Reading the form is what brings the file in.
    form = DatasetForm(request.POST, request.FILES)
    if handler.too_big:
        drop_rest(request)
        return _page(request, _unread(), 413)

    def work(form: DatasetForm) -> str:
        read, names = _unzipped(form.cleaned_data["file"].read())
        dataset = bring(read, form.cleaned_data["name"], actor_id(request), names=names)
        messages.success(request, _("« %(name)s » est gardé.") % {"name": dataset.name})
        return f"{reverse('evaluations')}#jeux"

    return answer(request, form, work, lambda status: _page(request, form, status))


def _unread() -> DatasetForm:
    """The form of a file too big to be read, with its sentence."""
    form = DatasetForm({})
    form.errors.clear()
    sentence = _("Ce fichier est trop lourd (%(limit)d Mo au plus) : apportez le jeu par la ligne de commande.")
    form.add_error(None, sentence % {"limit": MOST // (1024 * 1024)})
    return form


def _unzipped(content: bytes) -> tuple[Reader, list[str]]:
    """Reads a zip file that holds a dataset, or a folder with one, or with people to compare with; and its names.

    :raises Refused: it is no zip file, or what it unpacks to is too heavy.
    """
    try:
        packed = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise Refused(_("Ce fichier n’est pas un zip : compressez le dossier du jeu de données.")) from None
    names = {member.filename: member for member in packed.infolist()}
    if sum(member.file_size for member in names.values()) > LARGEST:
        raise Refused(_("Ce jeu de données est trop lourd (512 Mo au plus) : évaluez-le par la ligne de commande."))
    # What tells what it is stands where the dataset does; a manifest before the settings of a comparison.
    telling = [
        name.removesuffix(told)
        for told in (MANIFEST, SETTINGS)
        for name in sorted((each for each in names if PurePosixPath(each).name == told), key=len)
    ]
    root = telling[0] if telling else ""

    def read(name: str) -> bytes:
        try:
            member = names[root + name]
            with packed.open(member) as file:
                # No more than it says: what unpacks to more than that is never held in memory.
                return file.read(member.file_size)
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, EOFError, ValueError) as error:
            # Damaged, packed in an unknown way (a NotImplementedError is a RuntimeError), or under a password.
            raise OSError(name) from error

    return read, [name.removeprefix(root) for name in names if name.startswith(root) and not name.endswith("/")]


def _page(request: Request, form: DatasetForm, status: int) -> HttpResponse:
    return render(request, "evaluation/bring.html", {"form": form}, status=status)


@open_to(Role.EVALUATOR)
@require_POST
def remove_dataset(request: Request, dataset_id: UUID) -> HttpResponse:
    """Destroy a dataset; what was made of it stays."""
    found = Dataset.objects.filter(pk=dataset_id).first()
    if found is None:
        raise Http404
    act(request, found.delete, _("« %(name)s » est retiré ; les évaluations faites restent.") % {"name": found.name})
    return redirect(f"{reverse('evaluations')}#jeux")
