"""The evaluations that the actor reads, and asking for one."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from convergence.evidence.asking import ask
from convergence.evidence.models import Dataset, Evaluation
from convergence.evidence.running import can_run
from convergence.platform.models import Job
from convergence.vocabulary.roles import Role
from convergence.web.evaluation.common import READERS, actor_id
from convergence.web.evaluation.forms import AskForm
from convergence.web.handling import answer
from convergence.web.requests import Request
from convergence.web.rules import open_to

LISTED = 100


@open_to(*READERS)
@require_safe
def evaluations(request: Request) -> HttpResponse:
    """Evaluations, the latest first; to an evaluator, the datasets kept here too."""
    found = list(Evaluation.objects.defer("wrapped_key").select_related("territory", "dataset")[:LISTED])
    waiting = [each.job_id for each in found if each.made_at is None and each.job_id]
    jobs = {job.pk: job for job in Job.objects.filter(pk__in=waiting)} if waiting else {}
    evaluates = request.identity.holds(Role.EVALUATOR)
    context: dict[str, Any] = {
        "lines": [
            {"evaluation": each, "state": state_of(each, jobs.get(each.job_id) if each.job_id else None)}
            for each in found
        ],
        "evaluates": evaluates,
    }
    if evaluates:
        made = Count("evaluations", filter=Q(evaluations__made_at__isnull=False), distinct=True)
        compared = Count("compared", filter=Q(compared__made_at__isnull=False), distinct=True)
        datasets = list(Dataset.objects.defer("wrapped_key").annotate(made=made + compared)[:LISTED])
        askable = any(dataset.kind != Dataset.Kind.COMPARISON for dataset in datasets)
        context |= {"datasets": datasets, "askable": askable, "can_run": can_run()}
    return render(request, "evaluation/list.html", context)


def state_of(evaluation: Evaluation, job: Job | None) -> tuple[str, str]:
    """Where an evaluation stands, in a word and its tone; its job is read by whoever asked for it alone."""
    if evaluation.published_at is not None:
        return _("publiée"), "ok"
    if evaluation.made_at is not None:
        return _("à publier"), "info"
    if job is None:
        return _("demandée, sans résultat"), ""
    return str(Job.State(job.state).label), "late" if job.state == Job.State.FAILED else ""


@open_to(Role.EVALUATOR)
@require_http_methods(["GET", "POST"])
def ask_evaluation(request: Request) -> HttpResponse:
    """Ask for an evaluation of a dataset kept here; a job makes it."""
    form = AskForm(request.POST or None, initial={"dataset": request.GET.get("jeu")})

    def work(form: AskForm) -> str:
        given = form.cleaned_data
        evaluation = ask(
            given["dataset"],
            given["title"],
            given["territory"],
            actor_id(request),
            seed=given["seed"],
            comparison=given["comparison"],
            protocol=given["protocol"],
            scenario=given["scenario"],
        )
        return reverse("evaluation", args=[evaluation.pk])

    def page(status: int) -> HttpResponse:
        context = {
            "form": form,
            "heading": _("Demander une évaluation"),
            "button": _("Lancer le calcul"),
            "can_run": can_run(),
        }
        return render(request, "evaluation/ask.html", context, status=status)

    return answer(request, form, work, page)
