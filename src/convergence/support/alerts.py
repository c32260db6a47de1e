"""Stored alerts follow facts: made anew in the transaction that changed them, so that *Today* runs no rule.

Each alert follows from facts of one compartment (rules.alerts). Whoever changes facts makes anew the alerts of the
compartments that she writes; the others stay as they were, since she may not even read what they follow from.
"""

import json
from collections.abc import Collection
from datetime import date

from django.db import transaction

from convergence.access.models import Readable
from convergence.platform.bulk import NULL, copy_columns, escaped
from convergence.platform.dated import hold
from convergence.rules import alerts as rules
from convergence.support.gathering import facts_of
from convergence.support.models import Alert
from convergence.vocabulary.compartments import Compartment

BATCH = 500

Said = tuple[str, str, date, date, str]


def rewrite_alerts(person_ids: Collection[int], today: date) -> None:
    """Make these people's alerts anew, in the compartments of each that the actor writes today."""
    hold(*person_ids)
    rights = Readable.objects.filter(person_id__in=person_ids, may_write=True, valid__contains=today)
    written = set(rights.values_list("person_id", "compartment").distinct())
    if not written:
        return
    wanted = {
        (person_id, _said(alert)): alert
        for person_id, facts in facts_of({person_id for person_id, _compartment in written}).items()
        for alert in rules.alerts_of(facts, today)
        if (person_id, alert.compartment.value) in written
    }
    outdated = []
    for stored in Alert.stored.filter(person_id__in=person_ids):
        if (stored.person_id, stored.compartment) not in written:
            continue
        if wanted.pop((stored.person_id, _said(alert_of(stored))), None) is None:
            outdated.append(stored.pk)
    if outdated:
        Alert.stored.filter(pk__in=outdated).delete()
    if wanted:
        Alert.objects.bulk_create(_row(person_id, alert) for (person_id, _words), alert in wanted.items())


@transaction.atomic
def rebuild_alerts(person_ids: Collection[int], today: date) -> int:
    """Make all the alerts of these people anew, in bulk; returns how many there are now.

    For *maint*, which reads every compartment: demonstration data, a restore, a calendar that was corrected.
    """
    made, waiting = 0, sorted(person_ids)
    while waiting:
        some, waiting = waiting[:BATCH], waiting[BATCH:]
        Alert.stored.filter(person_id__in=some).delete()
        found = [
            (person_id, alert) for person_id, facts in facts_of(some).items() for alert in rules.alerts_of(facts, today)
        ]
        copy_columns(
            Alert._meta.db_table,
            {
                "person_id": [str(person_id) for person_id, _ in found],
                "compartment": [alert.compartment.value for _, alert in found],
                "kind": [alert.kind for _, alert in found],
                "begins_on": [alert.begins_on.isoformat() for _, alert in found],
                "due_on": [alert.due_on.isoformat() for _, alert in found],
                "colleague_id": [alert.about.get("colleague", NULL) for _, alert in found],
                "about": [escaped(json.dumps(alert.about)) for _, alert in found],
            },
        )
        made += len(found)
    return made


def alert_of(row: Alert) -> rules.Alert:
    """A stored alert as the rules know it, to say its sentence and where it stands."""
    return rules.Alert(row.kind, Compartment(row.compartment), row.begins_on, row.due_on, row.about)


def _row(person_id: int, alert: rules.Alert) -> Alert:
    return Alert(
        person_id=person_id,
        compartment=alert.compartment.value,
        kind=alert.kind,
        begins_on=alert.begins_on,
        due_on=alert.due_on,
        colleague_id=int(alert.about["colleague"]) if "colleague" in alert.about else None,
        about=alert.about,
    )


def _said(alert: rules.Alert) -> Said:
    """What tells one alert from another."""
    return (
        alert.kind,
        alert.compartment.value,
        alert.begins_on,
        alert.due_on,
        json.dumps(alert.about, sort_keys=True),
    )
