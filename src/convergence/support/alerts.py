"""Stored alerts follow facts: made anew in the transaction that changed them, so that *Today* runs no rule.

Each alert follows from facts of one compartment (rules.alerts). Whoever changes facts makes anew the alerts of the
compartments that she writes; the others stay as they were, since she may not even read what they follow from.
"""

import json
from collections.abc import Collection
from datetime import date

from django.db import connection, transaction

from convergence.access.models import Readable
from convergence.rules import alerts as rules
from convergence.support.gathering import facts_of
from convergence.support.models import Alert
from convergence.vocabulary.compartments import Compartment

BATCH = 500

Said = tuple[str, str, date, date, str]


def take_turn(person_id: int) -> None:
    """Wait until nobody else is changing what follows from this person's facts; held up to the transaction's end.

    Without it, two changes at once would each make alerts without the other's fact.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('what follows from facts', %s))", [person_id])


def rewrite_alerts(person_id: int, today: date) -> None:
    """Make the person's alerts anew, in the compartments that the actor writes today."""
    take_turn(person_id)
    written = set(
        Readable.objects.filter(person_id=person_id, may_write=True, valid__contains=today)
        .values_list("compartment", flat=True)
        .distinct()
    )
    if not written:
        return
    wanted = {
        _said(alert): alert
        for alert in rules.alerts_of(facts_of([person_id])[person_id], today)
        if alert.compartment.value in written
    }
    outdated = []
    for stored in Alert.objects.filter(person_id=person_id, compartment__in=written):
        if wanted.pop(_said(alert_of(stored)), None) is None:
            outdated.append(stored.pk)
    if outdated:
        Alert.objects.filter(pk__in=outdated).delete()
    if wanted:
        Alert.objects.bulk_create(_row(person_id, alert) for alert in wanted.values())


@transaction.atomic
def rebuild_alerts(person_ids: Collection[int], today: date) -> int:
    """Make all the alerts of these people anew, in bulk; returns how many there are now.

    For *maint*, which reads every compartment: demonstration data, a restore, a calendar that was corrected.
    """
    made, waiting = 0, sorted(person_ids)
    while waiting:
        some, waiting = waiting[:BATCH], waiting[BATCH:]
        Alert.objects.filter(person_id__in=some).delete()
        rows = [
            _row(person_id, alert)
            for person_id, facts in facts_of(some).items()
            for alert in rules.alerts_of(facts, today)
        ]
        Alert.objects.bulk_create(rows)
        made += len(rows)
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
