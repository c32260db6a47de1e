"""The plan of an export in words, as it is kept and as its page shows it."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from convergence.intake.official.planning import OfficialPlanner, PlannedPerson
from convergence.intake.official.profiles import Version, unknown_titles
from convergence.intake.planning import Verb
from convergence.intake.reading import Table


def preview(planner: OfficialPlanner, table: Table, version: Version, today: date) -> dict[str, Any]:
    """The plan in words, as it is kept: ``rows``, ``counts`` by verb, ``notices``."""
    rows = []
    counts = dict.fromkeys((verb.value for verb in Verb), 0)
    stale = 0
    for planned in planner.people(table):
        counts[planned.verb.value] += 1
        stale += planned.stale
        if planned.verb is not Verb.NOTHING:
            rows.append(_in_words(planned))
    notices = list(table.notices)
    if unknown := unknown_titles(version, table.headers):
        notices.append(_("Colonnes inconnues, laissées de côté : %s.") % ", ".join(unknown))
    if stale:
        notices.append(
            _("Un export plus récent a déjà été importé : ce qu’il disait est gardé (%d personnes).") % stale
        )
    return {"rows": rows, "counts": counts, "notices": notices, "day": today.isoformat()}


def _in_words(planned: PlannedPerson) -> dict[str, Any]:
    group = planned.group
    return {
        "number": group.number,
        "lines": [line.number for line in group.lines],
        "verb": planned.verb.value,
        "unknown": planned.unknown,
        "name": group.name or _("nom caché par les emplois"),
        "birth": str(group.person.birth or ""),
        "person": planned.options[0].known.person_id if planned.options else None,
        "reasons": planned.reasons,
        "choices": [
            {
                "code": option.code,
                "label": option.label,
                "person": option.known.person_id,
                "name": option.known.name,
                "changes": [
                    *((one.label, one.now, one.said) for one in option.changes),
                    *((one.label, one.now, one.said) for one in option.sayings),
                ],
                "conflicts": [
                    {
                        "name": f"theirs-{group.number}-{place}-{one.code}",
                        "label": one.label,
                        "ours": one.ours,
                        "by": one.ours_by,
                        "theirs": one.theirs,
                        "open": one.change is not None,
                    }
                    for one in option.conflicts
                ],
            }
            for place, option in enumerate(planned.options)
        ],
        "print": planned.print,
    }
