"""The agenda of a conference with what was decided, and a person's decisions, as pages list them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F, QuerySet

from convergence.people.keys import bring_key
from convergence.people.naming import called
from convergence.support.conferences.models import Conference, ConferenceDecision, Discussion
from convergence.vocabulary.conferences import AgreementHow


@dataclass
class AgendaLine:
    """One person on the agenda, and what was decided for her, as far as the actor reads."""

    discussion: Discussion
    name: str
    decisions: list[ConferenceDecision] = field(default_factory=list)

    @property
    def how(self) -> str:
        return str(AgreementHow(self.discussion.agreed_how).label)

    @property
    def initials(self) -> str:
        """« A. F. »: what a sheet of paper tells."""
        return " ".join(f"{word[0].upper()}." for word in self.name.replace("-", " ").split())


def agenda_of(conference: Conference) -> list[AgendaLine]:
    """The people to discuss, in order, whom the actor supports; two queries."""
    rows = (
        Discussion.objects.current()
        .filter(conference=conference.series)
        .annotate(
            called=called("person_id"),
            wrapped=F("person__sealing_key__wrapped"),
        )
        .order_by("rank", "pk")
    )
    lines = list(_lines(rows))
    by_person = {line.discussion.person_id: line for line in lines}
    decided = ConferenceDecision.objects.current().filter(conference=conference.series, person_id__in=by_person)
    for decision in decided.select_related("recorded_by").order_by("pk"):
        by_person[decision.person_id].decisions.append(decision)
    return lines


def decisions_of(person_id: int) -> list[ConferenceDecision]:
    """What was decided for a person at conferences, as far as the actor reads, the latest first; one query."""
    rows = ConferenceDecision.objects.current().filter(person_id=person_id).select_related("recorded_by")
    return list(rows.order_by("-valid", "-pk"))


def _lines(rows: "QuerySet[Discussion]") -> Iterable[AgendaLine]:
    for row in rows:
        bring_key(row.person_id, row.wrapped)  # type: ignore[attr-defined]  # annotated
        yield AgendaLine(row, row.called or "")  # type: ignore[attr-defined]  # annotated
