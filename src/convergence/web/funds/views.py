"""Answering the FSE+: a few questions, at the three times at which they are asked."""

from collections.abc import Set
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from convergence.pathways.exits.recording import latest_pathway
from convergence.platform.errors import ChangedMeanwhile
from convergence.support.funds.models import FundAnswer
from convergence.support.funds.recording import answer_fund, version_of
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.funds import FUND_QUESTIONS, FundStage
from convergence.vocabulary.missing import Missing
from convergence.web.after.threads import form_page
from convergence.web.fields import VersionForm
from convergence.web.handling import answer, retyped
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to


class FundForm(VersionForm):
    """The questions of one time; "not known" is an answer like the others."""

    def __init__(self, *args: Any, stage: FundStage, written: Set[str], **options: Any) -> None:
        """:param written: compartments that the actor writes; the others' questions are left to who does."""
        super().__init__(*args, **options)
        self.codes = [
            code
            for code, question in FUND_QUESTIONS.items()
            if stage in question.stages and question.compartment.value in written
        ]
        for code in self.codes:
            question = FUND_QUESTIONS[code]
            self.fields[code] = forms.ChoiceField(
                label=question.label,
                choices=[("", _("Choisir…")), *question.values.choices(), *Missing.choices()],
                error_messages={"required": _("Répondez, ou dites pourquoi ce n’est pas connu.")},
            )

    def answers(self) -> dict[str, str]:
        return {code: self.cleaned_data[code] for code in self.codes}


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def status(request: Request, person_id: int, stage: str) -> HttpResponse:
    person, reach = open_person(request, person_id)
    pathway = latest_pathway(person.pk)
    if not FundStage.has(stage) or pathway is None or Compartment.WORK.value not in reach.written:
        raise Http404
    asked = FundStage(stage)
    standing = FundAnswer.objects.current().filter(pathway=pathway.series, stage=stage)
    initial = {row.question: row.code for row in standing} | {"seen_version": version_of(pathway, asked)}
    form = FundForm(request.POST or None, stage=asked, written=reach.written, initial=initial)

    def work(form: FundForm) -> str:
        answer_fund(
            pathway,
            asked,
            form.answers(),
            seen_version=form.cleaned_data["seen_version"],
            today=request.identity.today,
        )
        messages.success(request, _("Les réponses pour le FSE+ sont notées."))
        return f"{reverse('after', args=[person.pk])}#fse"

    def show_theirs(_error: ChangedMeanwhile) -> None:
        retyped(form, seen_version=version_of(pathway, asked))

    def page(status: int) -> HttpResponse:
        heading = _("Questions du FSE+ : %(stage)s") % {"stage": asked.label.lower()}
        return form_page(request, person, form, heading, _("Enregistrer les réponses"), status)

    return answer(request, form, work, page, show_theirs)
