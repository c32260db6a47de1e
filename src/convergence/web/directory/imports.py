"""Bringing a directory: the files, the work under way, what it did and what it refused."""

import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.intake import directory as spreadsheets
from convergence.network.directory import template
from convergence.network.directory.closing import close_asked, leave_open
from convergence.network.directory.holding import KIND, File, hold
from convergence.network.directory.models import DirectoryImport, Kind
from convergence.network.directory.reporting import reasons, spreadsheet
from convergence.network.policies import KEEPERS
from convergence.platform import jobs
from convergence.platform.errors import Refused
from convergence.platform.models import Job
from convergence.web.directory.receiving import LARGEST, SealedFile, SealedUpload
from convergence.web.handling import act, answer
from convergence.web.intake.views import SPREADSHEET
from convergence.web.receiving import drop_rest
from convergence.web.requests import Request
from convergence.web.rules import open_to
from convergence.web.templatetags.display import number

logger = logging.getLogger("convergence.directory")

LISTED = 10
MOST_FILES = 200
_WORDS = ("created", "updated", "reopened", "same", "older", "closed", "refused")


class SeveralFiles(forms.FileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name)


class FilesField(forms.FileField):
    """Every file chosen, as a list."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        return [super(FilesField, self).clean(one, initial) for one in data or [None]]


class UploadForm(forms.Form):
    """The files, and whether they say everything."""

    chosen = FilesField(
        label=gettext_lazy("Vos fichiers"),
        allow_empty_file=True,
        widget=SeveralFiles(attrs={"accept": ".json,.gz,.xlsx,.ods,.csv", "multiple": True}),
        error_messages={
            "required": gettext_lazy("Choisissez au moins un fichier."),
            "invalid": gettext_lazy("Choisissez au moins un fichier."),
        },
    )
    complete = forms.BooleanField(
        label=gettext_lazy("Ces fichiers contiennent tout ce que leurs sources publient"),
        required=False,
        help_text=gettext_lazy(
            "Ce qui n’y est plus sera marqué comme fermé. Sans cette case, rien n’est jamais fermé par un import."
        ),
    )


@csrf_exempt
@open_to(*KEEPERS)
@require_http_methods(["GET", "POST"])
def upload(request: Request) -> HttpResponse:
    """Choose the files. The limit stands before anything of the body is read, the token's check included."""
    handler = SealedUpload(request)
    if request.method == "POST":
        request.upload_handlers = [handler]
    if handler.too_big:
        drop_rest(request)
        return _upload_page(request, _unread(), 413)
    return _received(request, handler)


@csrf_protect
def _received(request: Request, handler: SealedUpload) -> HttpResponse:
    if request.method != "POST":
        return _upload_page(request, UploadForm(), 200)
    # Reading the form is what brings the files in.
    form = UploadForm(request.POST, request.FILES)
    if handler.too_big:
        drop_rest(request)
        return _upload_page(request, _unread(), 413)

    def work(form: UploadForm) -> str:
        received: list[SealedFile] = form.cleaned_data["chosen"][:MOST_FILES]
        actor = request.identity.user
        held = hold(actor.pk if actor else 0, _files(received), complete=form.cleaned_data["complete"])
        return reverse("directory-import", args=[held.pk])

    return answer(request, form, work, lambda status: _upload_page(request, form, status))


def _files(received: list[SealedFile]) -> Iterator[File]:
    """JSON as it comes, a piece at a time; a spreadsheet's sheets once they are read."""
    for one in received:
        beginning = next(one.pieces(), b"").lstrip(b" \t\r\n\xef\xbb\xbf")[:2]
        if beginning[:1] in (b"[", b"{") or beginning == b"\x1f\x8b":
            yield File(one.name or "", one.pieces())
        elif (one.size or 0) > spreadsheets.LIMIT:
            raise Refused(
                _("« %(file)s » est un tableau trop lourd (%(limit)d Mo au plus) : importez-le en JSON.")
                % {"file": (one.name or "")[:80], "limit": spreadsheets.LIMIT // 1024**2}
            )
        else:
            yield from spreadsheets.files_of(one.name or "", b"".join(one.pieces()))


def _unread() -> UploadForm:
    """The form of files too big to be read, with its sentence."""
    form = UploadForm({})
    form.errors.clear()
    sentence = _("Ces fichiers sont trop lourds (%(limit)d Mo au plus) : compressez-les (.json.gz) ou partagez-les.")
    form.add_error(None, sentence % {"limit": LARGEST // 1024**2})
    return form


def _upload_page(request: Request, form: UploadForm, status: int) -> HttpResponse:
    imports = DirectoryImport.objects.select_related("asked_by").defer("wrapped_key")[:LISTED]
    return render(request, "directory/upload.html", {"form": form, "imports": imports}, status=status)


@open_to(*KEEPERS)
@require_safe
def template_file(request: Request) -> HttpResponse:
    """The spreadsheet to fill."""
    response = HttpResponse(template.workbook(), content_type=SPREADSHEET)
    response["Content-Disposition"] = 'attachment; filename="modele-annuaire.xlsx"'
    return response


# -- the work, and its report ------------------------------------------------------------------------------------


@open_to(*KEEPERS)
@require_safe
def show(request: Request, directory_import_id: UUID) -> HttpResponse:
    """How far the work has come; once it is done, what it did."""
    held = get_object_or_404(DirectoryImport, pk=directory_import_id)
    if held.ended_at is None:
        return _progress(request, held)
    if request.htmx:
        response = HttpResponse()
        response["HX-Redirect"] = reverse("directory-import", args=[held.pk])
        return response
    context = {
        "import": held,
        "counts": _counts(held),
        "reasons": reasons(held),
        "unknown": sorted(held.counts.get("unknown", {}).items(), key=lambda pair: -pair[1]),
        "questions": [
            {"place": place, "kind": Kind(each["kind"]).label, **each}
            for place, each in enumerate(held.closing)
            if "closed" not in each
        ],
        "settled": [each for each in held.closing if "closed" in each],
    }
    return render(request, "directory/report.html", context)


def _counts(held: DirectoryImport) -> list[dict[str, Any]]:
    return [
        {"label": label, "of": [(word, held.counts.get(kind.value, {}).get(word, 0)) for word in _WORDS]}
        for kind, label in ((Kind.STRUCTURE, _("Structures")), (Kind.SERVICE, _("Services")))
    ]


def _progress(request: Request, held: DirectoryImport) -> HttpResponse:
    job = Job.objects.filter(pk=held.job_id).first() if held.job_id else None
    failed = job is not None and job.state == Job.State.FAILED
    text = _("en attente d’un travail libre")
    if job is not None and job.total:
        done = {"done": number(job.done // 1024), "total": number(max(1, job.total // 1024))}
        text = _("%(done)s Mo lus sur %(total)s") % done
    context = {"import": held, "job": job, "failed": failed, "text": text}
    return render(request, "directory/bar.html" if request.htmx else "directory/progress.html", context)


@open_to(*KEEPERS)
@require_safe
def refused(request: Request, directory_import_id: UUID) -> HttpResponse:
    """Every row that was refused, or told of, as a spreadsheet."""
    held = get_object_or_404(DirectoryImport, pk=directory_import_id)
    if held.ended_at is None:
        raise Http404
    response = HttpResponse(spreadsheet(held), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="lignes-refusees.csv"'
    return response


@open_to(*KEEPERS)
@require_POST
def absent(request: Request, directory_import_id: UUID) -> HttpResponse:
    """Close what is absent from a doubtful file, or leave it open."""
    held = _own(request, directory_import_id)
    place = request.POST.get("question", "")
    if place.isascii() and place.isdigit() and len(place) < 6:
        if request.POST.get("choix") == "fermer":

            def close() -> None:
                closed = close_asked(held, int(place))
                said = ngettext("%(n)s fiche est fermée.", "%(n)s fiches sont fermées.", closed)
                messages.success(request, said % {"n": number(closed)})

            act(request, close)
        else:
            act(request, lambda: leave_open(held, int(place)), _("Rien n’est fermé."))
    return redirect("directory-import", directory_import_id=held.pk)


@open_to(*KEEPERS)
@require_POST
def again(request: Request, directory_import_id: UUID) -> HttpResponse:
    """Ask anew for an import that stopped, or forget it."""
    held = _own(request, directory_import_id)
    with transaction.atomic():
        locked = DirectoryImport.objects.select_for_update().get(pk=held.pk)
        job = Job.objects.filter(pk=locked.job_id).first() if locked.job_id else None
        stopped = locked.ended_at is None and (job is None or job.state == Job.State.FAILED)
        if stopped and request.POST.get("choix") == "oublier":
            locked.delete()
            messages.success(request, _("Les fichiers sont oubliés : rien n’a été écrit."))
            return redirect("import-directory")
        if stopped:
            locked.job_id = jobs.ask(KIND, locked.asked_by_id, import_id=str(locked.pk)).pk
            locked.save(update_fields=["job_id"])
    return redirect("directory-import", directory_import_id=held.pk)


def _own(request: Request, import_id: UUID) -> DirectoryImport:
    """An import that the actor asked for. :raises Http404: there is none, or it is a colleague's."""
    return get_object_or_404(
        DirectoryImport, pk=import_id, asked_by_id=request.identity.user and request.identity.user.pk
    )
