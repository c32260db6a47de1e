"""Joint support: nothing under it before the information nor from the objection on, whoever writes."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from convergence.people.models import OutsideReferent, Person
from convergence.platform.errors import ChangedMeanwhile, Refused, sentence_of
from convergence.platform.identity import assume
from convergence.support.meetings.joint import inform, most_reserved, record_objection, withdraw_joint
from convergence.support.models import Appointment, JointSupport
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.roles import Role
from tests.builders import PARIS, TODAY, World, one_day, open_ended

LAST_WEEK, YESTERDAY, TOMORROW = (TODAY + timedelta(days=days) for days in (-7, -1, 1))
WRITTEN = {"work", "social", "health", "justice"}


@pytest.fixture(autouse=True)
def counsellor(world: World) -> int:
    user = world.users[Role.COUNSELLOR]
    assume(user.pk, TODAY)
    return user.pk


def referent_of(person: Person, compartment: str = "social", **more: Any) -> OutsideReferent:
    told = {"compartment": compartment, "role": "Référente fictive"} | more
    referent = OutsideReferent(person=person, valid=open_ended(), **told)
    referent.save(force_insert=True)
    return referent


def tell(person: Person, counsellor: int, on: date = LAST_WEEK, **more: Any) -> JointSupport:
    told: dict[str, Any] = {
        "discussed": ["social"],
        "words": "Je lui ai demandé si cela lui allait.",
        "informed_by": counsellor,
        "written": WRITTEN,
        "today": TODAY,
    }
    referents = more.pop("referents", None) or [referent_of(person, more.pop("compartment", "social")).series]
    (joint,) = inform(person.pk, referents, on=on, **(told | more))
    return joint


def meeting(joint: JointSupport, on: date, outcome: str = "") -> Appointment:
    """A meeting written past the room's own checks, as a mistake of ours would."""
    made = Appointment(
        person_id=joint.person_id,
        kind="joint_meeting",
        starts_at=datetime.combine(on, time(10), tzinfo=PARIS),
        minutes=60,
        colleague_id=joint.informed_by_id,
        joint=[joint.series],
        outcome=outcome,
        valid=one_day(on),
    )
    with transaction.atomic():
        made.save(force_insert=True)
    return made


@pytest.mark.parametrize("on", [LAST_WEEK - timedelta(days=1), YESTERDAY, TODAY, TOMORROW])
def test_the_database_itself_holds_meetings_between_information_and_objection(
    counsellor: int, lina: Person, on: date
) -> None:
    joint = tell(lina, counsellor)
    record_objection(joint, "", YESTERDAY, seen_version=str(joint.pk), today=TODAY)
    assert meeting(joint, LAST_WEEK).pk
    with pytest.raises(IntegrityError) as refused:
        meeting(joint, on)
    assert "avant que la personne ait été informée" in sentence_of(refused.value)
    assert meeting(joint, on, outcome="cancelled").pk


def test_an_objection_cancels_what_was_planned_and_leaves_what_was_held(counsellor: int, lina: Person) -> None:
    joint = tell(lina, counsellor)
    held, planned = meeting(joint, YESTERDAY, "came"), meeting(joint, TOMORROW)
    objected = record_objection(joint, "Je ne veux plus.", TODAY, seen_version=str(joint.pk), today=TODAY)
    assert (objected.objected_on, objected.ends) == (TODAY, TODAY)
    standing = {row.series: row.outcome for row in Appointment.objects.current().filter(person=lina)}
    assert standing == {held.series: "came", planned.series: "cancelled"}
    with pytest.raises(Refused, match="déjà notée"):
        record_objection(objected, "", TODAY, seen_version=str(objected.pk), today=TODAY)
    with pytest.raises(ChangedMeanwhile):
        record_objection(joint, "", TODAY, seen_version=str(joint.pk), today=TODAY)


def test_she_may_be_informed_again_later_and_only_once_at_a_time(counsellor: int, lina: Person) -> None:
    joint = tell(lina, counsellor, objects=True, objection="Pas maintenant.")
    assert joint.objected_on == LAST_WEEK
    again = tell(lina, counsellor, TODAY, referents=[joint.referent])
    assert again.objected_on is None
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        tell(lina, counsellor, TODAY, referents=[joint.referent])
    assert "déjà notée pour ce référent" in sentence_of(refused.value)


def test_its_readers_are_those_of_the_most_reserved_thing_in_it(counsellor: int, lina: Person, world: World) -> None:
    assert tell(lina, counsellor).compartment == "social"
    assert tell(lina, counsellor, discussed=["work", "health"]).compartment == "health"
    assert tell(lina, counsellor, compartment="health").compartment == "health"
    hidden = tell(lina, counsellor, discussed=["social", "justice"])
    assert hidden.compartment == "justice"
    assert most_reserved([Compartment.WORK]) is Compartment.SOCIAL
    with pytest.raises(Refused, match="ne pouvez pas"):
        tell(lina, counsellor, discussed=["justice"], written={"social", "health"})
    assume(world.users[Role.SUPPORT_WORKER].pk, TODAY)
    assert not JointSupport.objects.filter(pk=hidden.pk).exists()


def test_what_informs_of_nothing_is_refused(counsellor: int, lina: Person, world: World) -> None:
    hers = referent_of(lina).series
    wrongs: list[tuple[dict[str, Any], str]] = [
        ({"discussed": ["identity"]}, "De quoi|de quoi"),
        ({"words": "  "}, "dans quels mots"),
        ({"on": TOMORROW}, "futur"),
        ({"referents": [referent_of(world.anouk).series]}, "dans la liste"),
    ]
    for more, sentence in wrongs:
        with pytest.raises(Refused, match=sentence):
            tell(lina, counsellor, **({"referents": [hers]} | more))
    not_wished = [referent_of(lina, may_contact=False).series]
    with pytest.raises(Refused, match="ne souhaite pas"):
        tell(lina, counsellor, referents=not_wished)
    assert tell(lina, counsellor, referents=not_wished, objects=True).objected_on == LAST_WEEK
    joint = tell(lina, counsellor, referents=[hers])
    for on, sentence in [(TOMORROW, "futur"), (LAST_WEEK - timedelta(days=1), "précéder")]:
        with pytest.raises(Refused, match=sentence):
            record_objection(joint, "", on, seen_version=str(joint.pk), today=TODAY)


def test_one_noted_by_mistake_is_taken_back_unless_meetings_followed(counsellor: int, lina: Person) -> None:
    joint = tell(lina, counsellor)
    meeting(joint, TODAY)
    with pytest.raises(Refused, match="retirez-les"):
        withdraw_joint(joint)
    other = tell(lina, counsellor)
    withdraw_joint(other)
    assert [row.pk for row in JointSupport.objects.current().filter(person=lina)] == [joint.pk]
