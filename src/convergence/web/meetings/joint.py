"""Joint support: the person is told, she may object, and her word prevails."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.support.meetings.joint import inform, record_objection, withdraw_joint
from convergence.support.meetings.reading import AppointmentLine
from convergence.support.models import Appointment, JointSupport
from convergence.vocabulary.compartments import Compartment
from convergence.web.goals.common import team_around
from convergence.web.handling import act, answer, see_anew
from convergence.web.meetings.common import form_page, meetings_of, referents_of, whom
from convergence.web.meetings.forms import InformForm, ObjectionForm
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rows import row_of
from convergence.web.rules import CARE, open_to

PART = "concerte"


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def new(request: Request, person_id: int) -> HttpResponse:
    """Note that the person was informed, and by whom, in which words; or that she objected."""
    person, reach = open_person(request, person_id)
    if Compartment.SOCIAL.value not in reach.written:
        raise Http404
    today, actor = request.identity.today, request.identity.user
    team = team_around(person, actor, today)
    form = InformForm(
        request.POST or None,
        referents=[row for row in referents_of(person).values() if row.ends is None or row.ends > today],
        team=team,
        written=reach.written,
        initial={"on": today},
    )

    def work(form: InformForm) -> str:
        given = form.cleaned_data
        inform(
            person.pk,
            [UUID(series) for series in given["referents"]],
            given["discussed"],
            given["words"],
            given["on"],
            informed_by=given["informed_by"],
            written=reach.written,
            today=today,
            objects=given["objects"],
            objection=given["objection"],
        )
        if given["objects"]:
            messages.success(request, _("Son opposition est notée : rien n’est dit à ces référents."))
        else:
            messages.success(request, _("L’information est notée : vous pouvez prévoir des rencontres."))
        return meetings_of(person, PART)

    def page(status: int) -> HttpResponse:
        heading, button = _("Informer d’un accompagnement concerté"), _("Enregistrer l’information")
        return form_page(request, person, form, heading, button, status)

    return answer(request, form, work, page)


@open_to(*CARE)
@require_safe
def joint(request: Request, person_id: int, joint_id: int) -> HttpResponse:
    """What was said to the person, what she answered, the meetings held under it, and every version."""
    person, reach = open_person(request, person_id)
    shown = row_of(JointSupport, person, joint_id)
    versions = list(
        JointSupport.objects.filter(person=person, series=shown.series)
        .select_related("recorded_by", "informed_by")
        .order_by("-pk")
    )
    current = next((version for version in versions if version.superseded_at is None), None)
    chosen = current or shown
    held = Appointment.objects.current().filter(person=person, joint__contains=[shown.series])
    context = {
        "person": person,
        "joint": chosen,
        "current": current,
        "whom": whom(chosen, referents_of(person)),
        "discussed": [Compartment(code).label for code in chosen.discussed],
        "versions": versions,
        "meetings": [
            AppointmentLine(row, person.pk, person.usual_name)
            for row in held.select_related("colleague").order_by("-starts_at")[:50]
        ],
        "may_write": chosen.compartment in reach.written,
        "written": reach.written,
        "here": request.get_full_path(),
    }
    return render(request, "meetings/joint.html", context)


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def objection(request: Request, person_id: int, joint_id: int) -> HttpResponse:
    """The person objects: it stops at once."""
    person, reach = open_person(request, person_id)
    shown = row_of(JointSupport, person, joint_id)
    current = JointSupport.objects.current().filter(series=shown.series).first()
    if current is None or current.compartment not in reach.written:
        raise Http404
    form = ObjectionForm(request.POST or None, initial={"on": request.identity.today, "seen_version": current.pk})

    def work(form: ObjectionForm) -> str:
        given = form.cleaned_data
        record_objection(
            current, given["words"], given["on"], seen_version=given["seen_version"], today=request.identity.today
        )
        messages.success(request, _("Son opposition est notée : les rencontres prévues sont annulées."))
        return meetings_of(person, PART)

    def page(status: int) -> HttpResponse:
        said = whom(current, referents_of(person))
        heading, button = _("La personne s’oppose"), _("Noter son opposition")
        return form_page(request, person, form, heading, button, status, said=said)

    return answer(request, form, work, page, partial(see_anew, form))


@open_to(*CARE)
@require_POST
def withdraw(request: Request, person_id: int, joint_id: int) -> HttpResponse:
    """Take back what was noted by mistake; its line stays in the history."""
    person, _reach = open_person(request, person_id)
    shown = row_of(JointSupport, person, joint_id)
    act(request, partial(withdraw_joint, shown), _("C’est retiré ; cela reste lisible dans l’historique."))
    return redirect(meetings_of(person, PART))
