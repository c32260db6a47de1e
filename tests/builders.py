"""A small territory for the tests, built as *maint*: two sites at work, every role, three people."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.db.backends.postgresql.psycopg_any import DateRange

from convergence.access.models import User
from convergence.evidence.datasets import bring
from convergence.evidence.keeping import give_key, keep_files
from convergence.evidence.models import Dataset, Evaluation
from convergence.intake.models import ExternalIdentifier
from convergence.network.models import (
    Agreement,
    Branch,
    Capacity,
    CapacityAsk,
    Exchange,
    Hold,
    Offer,
    Partner,
    SitePoint,
    Travel,
)
from convergence.network.models import Contact as PartnerContact
from convergence.pathways.models import (
    Amendment,
    Candidacy,
    CandidacyDecision,
    CandidacyMeeting,
    Contract,
    EligibilityControl,
    EligibilityProof,
    Exit,
    Extension,
    Hiring,
    HoursDerogation,
    MonthHours,
    OfficialHire,
    OfficialPass,
    Pass,
    Pathway,
    PhcWeek,
    Placement,
    Suspension,
    Training,
)
from convergence.people.care import FOLLOWING
from convergence.people.keys import make_key
from convergence.people.models import (
    Assignment,
    Candidate,
    CivilStatus,
    HandOver,
    Host,
    OutsideReferent,
    Person,
    PersonName,
    Sharing,
    Support,
)
from convergence.platform.identity import forget
from convergence.referrals.models import Link, PartnerLook, Referral, ReferralNote, Share
from convergence.referrals.sharing import Shared
from convergence.reports.models import Review, ReviewNeed
from convergence.situations.models import Situation
from convergence.support.documents.contents import PNG, Page
from convergence.support.documents.recording import keep_document
from convergence.support.models import (
    Action,
    Alert,
    Appointment,
    Conference,
    ConferenceDecision,
    Contact,
    Discussion,
    ExtendedSupport,
    FollowUp,
    FundAnswer,
    Goal,
    GroupAttendance,
    JointSupport,
    Need,
    Note,
    RightAct,
    SiteStart,
    ThirdParty,
    ThirdPartyWarning,
)
from convergence.territories.models import Funder, Mission, Operator, Site, StaffMeans, Territory
from convergence.vocabulary.needs import NEEDS
from convergence.vocabulary.roles import SITE_ROLES, TERRITORY_ROLES, Role
from convergence.vocabulary.situations import ASPECTS
from tests.evidence.made import dataset_files, result_files
from tests.papers import png

TODAY = date(2026, 11, 23)
LONG_AGO = date(2024, 1, 8)
PARIS = ZoneInfo("Europe/Paris")
PASSWORD = "phrase de passe fictive"


@dataclass
class World:
    """What ``build_world`` made. ``users`` are keyed by role, at the first site or its territory.

    ``elsewhere`` holds the same roles at the second site; ``former`` roles whose mission at the first site ended
    yesterday. ``anouk`` is supported by the first site, ``sami`` by the second; ``rosa`` left the first
    site yesterday for the second. ``means`` is a post of the first site. ``evaluation`` was made of ``dataset`` and
    published. ``network`` holds ids of a partner of the territory and of what hangs on it.
    """

    territory: Territory
    site: Site
    other_site: Site
    anouk: Person
    sami: Person
    rosa: Person
    funder: Funder
    means: StaffMeans
    dataset: Dataset
    evaluation: Evaluation
    users: dict[Role, User] = field(default_factory=dict)
    elsewhere: dict[Role, User] = field(default_factory=dict)
    former: dict[Role, User] = field(default_factory=dict)
    samples: dict[int, dict[str, Any]] = field(default_factory=dict)
    counsellor_mission_id: int = 0
    network: dict[str, Any] = field(default_factory=dict)


def open_ended(start: date = LONG_AGO) -> DateRange:
    return DateRange(start, None)


@cache
def hashed_password() -> str:
    """Hashed once: the hasher is slow on purpose."""
    return make_password(PASSWORD)


def make_user(given: str, family: str = "Exemple") -> User:
    return User.objects.create(
        email=f"{given}.{family}@convergence.example".lower(),
        password=hashed_password(),
        given_name=given,
        family_name=family,
    )


def make_person(given: str, family: str, site: Site, since: date = LONG_AGO) -> Person:
    person = Person.objects.create()
    make_key(person.pk)
    PersonName.objects.create(person=person, given_name=given, family_name=family)
    CivilStatus.objects.create(person=person, birth_year=1985, phone="06 39 98 00 01")
    Support.objects.create(person=person, site=site, valid=open_ended(since))
    return person


def add_situation(person: Person, aspect: str, value: str, since: date = LONG_AGO, detail: str = "") -> Situation:
    return Situation.objects.create(
        person=person,
        aspect=aspect,
        compartment=ASPECTS[aspect].compartment.value,
        value=value,
        valid=open_ended(since),
        detail=detail,
    )


def build_world(today: date = TODAY) -> World:
    forget()
    territory = Territory.objects.create(name="Territoire Exemple")
    operator = Operator.objects.create(name="Association Exemple")
    site = Site.objects.create(
        territory=territory, operator=operator, name="Chantier des Saules", open_over=open_ended()
    )
    other_site = Site.objects.create(
        territory=territory, operator=operator, name="Chantier des Tilleuls", open_over=open_ended()
    )
    for started in (site, other_site):
        SiteStart.objects.create(site=started, started_on=LONG_AGO)
    rosa = make_person("Rosa", "Fictive", other_site, since=today)
    dataset = bring(dataset_files().__getitem__, "Jeu fictif", None)
    Support.objects.create(person=rosa, site=site, valid=DateRange(LONG_AGO, today))
    world = World(
        territory,
        site,
        other_site,
        anouk=make_person("Anouk", "Fictive", site),
        sami=make_person("Sami", "Imaginaire", other_site),
        rosa=rosa,
        funder=Funder.objects.create(name="Financeur Exemple", named_over=open_ended()),
        means=StaffMeans.objects.create(
            site=site, function=Role.COUNSELLOR, full_time_equivalent="0.80", support_share=100, valid=open_ended()
        ),
        dataset=dataset,
        evaluation=make_evaluation("Évaluation fictive", territory, dataset, published=True),
    )
    for role in Role:
        for crowd, name, at, valid in (
            (world.users, "Ici", site, open_ended()),
            (world.elsewhere, "Ailleurs", other_site, open_ended()),
            (world.former, "Avant", site, DateRange(LONG_AGO, today)),
        ):
            user = make_user(f"{name}-{role.value.replace('_', '-')}")
            Mission.objects.create(
                user=user,
                role=role,
                site=at if role in SITE_ROLES else None,
                territory=territory if role in TERRITORY_ROLES else None,
                valid=valid,
            )
            crowd[role] = user
    world.counsellor_mission_id = world.users[Role.COUNSELLOR].missions.get().pk
    for person, crowd in ((world.anouk, world.users), (world.sami, world.elsewhere)):
        counsellor = crowd[Role.COUNSELLOR].missions.get()
        Assignment.objects.create(person=person, mission=counsellor, valid=open_ended())
    for person, at in ((world.anouk, site), (world.sami, other_site), (world.rosa, site)):
        world.samples[person.pk] = fill_file(person, at, today)
    world.network = fill_network(territory, site, today)
    return world


def fill_network(territory: Territory, site: Site, today: date, number: int = 0) -> dict[str, Any]:
    """A partner with something in each table of the network; ids by the name of the address parameter."""
    name = f"Bailleur Factice {number}"
    partner = Partner.objects.create(territory=territory, name=name, kind="landlord", domains=["housing"])
    branch = Branch.objects.create(partner=partner, name="Siège", commune="Paris", latitude=48.8917, longitude=2.3449)
    offer = Offer.objects.create(
        partner=partner, branch=branch, domain="housing", kind="housing_place", name="Studios", open_over=open_ended()
    )
    contact = PartnerContact.objects.create(
        partner=partner, name="Lou Inventé", email="lou@bailleur.example", agreed_on=today, agreed_how="spoken"
    )
    agreement = Agreement.objects.create(partner=partner, subject="Dix places", valid=open_ended())
    exchange = Exchange.objects.create(partner=partner, held_on=today, kind="call", words="Un échange fictif.")
    Capacity.objects.create(offer=offer, free=2, places=10, said_by="partner", said_on=today)
    Hold.objects.create(offer=offer, referral=uuid4(), held_on=today)
    Travel.objects.create(site=site, branch=branch, minutes=25)
    SitePoint.objects.get_or_create(site=site, defaults={"latitude": 48.8966, "longitude": 2.3824})
    CapacityAsk.objects.create(
        partner=partner,
        contact=contact.series,
        offers=[offer.pk],
        digest=f"empreinte fictive {number}".encode(),
        asked_by="Équipe fictive",
        asked_on=today,
        expires_on=today + timedelta(days=8),
    )
    return {
        "partner_id": partner.pk,
        "branch_id": branch.pk,
        "network_offer_id": offer.pk,
        "partner_contact_id": contact.pk,
        "agreement_id": agreement.pk,
        "exchange_id": exchange.pk,
        "ask_token": "adresse-inconnue",
    }


def make_evaluation(
    title: str, territory: Territory | None, dataset: Dataset | None = None, *, published: bool = False
) -> Evaluation:
    """An evaluation with its results, of a territory or of several."""
    at = datetime.combine(TODAY, time(9), tzinfo=PARIS)
    evaluation = Evaluation(title=title, territory=territory, dataset=dataset)
    give_key(evaluation)
    evaluation.save(force_insert=True)
    keep_files(evaluation, result_files().items())
    evaluation.facts = {"people": 212, "months": 36, "day": TODAY.isoformat(), "summary": ["Une phrase fictive."]}
    evaluation.made_at, evaluation.published_at = at, at if published else None
    evaluation.save()
    return evaluation


def fill_file(person: Person, site: Site, today: date) -> dict[str, Any]:
    """Something in every compartment, so that a matrix of rights cannot pass over an empty table.

    Returns ids by the name of the address parameter that stands for them.
    """
    housing = add_situation(person, "housing", "third_party", detail="Hébergée chez une cousine fictive.")
    add_situation(person, "regular_doctor", "yes")
    add_situation(person, "employment", "cddi")
    add_situation(person, "judicial_constraint", "appointments")
    earlier = Pathway.objects.create(person=person, valid=DateRange(date(2021, 1, 4), date(2022, 1, 4)))
    ended = Exit.objects.create(person=person, pathway=earlier.series, motive=10, valid=one_day(date(2022, 1, 3)))
    Pathway.objects.create(person=person, valid=open_ended())
    contract = Contract.objects.create(
        person=person, site=site, kind="cddi", programme="cvg", weekly_hours=26, valid=open_ended()
    )
    OfficialPass.objects.create(
        person=person,
        number=f"9999924{person.pk:05d}",
        state="valid",
        said_on=today,
        valid=DateRange(LONG_AGO, LONG_AGO + timedelta(days=730)),
    )
    noted_pass = Pass.objects.create(person=person, valid=open_ended())
    suspension = Suspension.objects.create(
        person=person,
        reason="contract_suspended",
        declared_on=today,
        declared_by="employer",
        valid=DateRange(date(2025, 3, 1), date(2025, 5, 1)),
    )
    extension = Extension.objects.create(
        person=person,
        clock="pass",
        motive="difficulties",
        approver="authorised_prescriber",
        state="draft",
        until=date(2026, 12, 31),
        days=300,
    )
    Review.objects.create(person=person, demand=extension.series, written_on=today, months=10, done="Bilan fictif.")
    for code in ("housing", "access_to_care", "justice"):
        ReviewNeed.objects.create(
            person=person,
            demand=extension.series,
            compartment=NEEDS[code].compartment.value,
            need=code,
            mark="weak",
            words="Précision fictive.",
        )
    derogation = HoursDerogation.objects.create(
        person=person, kind="individual", weekly_hours=15, valid=DateRange(LONG_AGO, LONG_AGO + timedelta(days=180))
    )
    host = Host.objects.create(
        person=person,
        user=User.objects.filter(given_name="Hôte").first() or make_user("Hôte", "Factice"),
        structure="Entreprise d’insertion Factice",
        agreed_on=today,
        valid=DateRange(today, today + timedelta(days=180)),
    )
    amendment = Amendment.objects.create(
        person=person,
        contract=contract.series,
        signed_on=today,
        weekly_hours=26,
        hours_before=20,
        valid=open_ended(today),
    )
    MonthHours.objects.create(
        person=person,
        contract=contract.series,
        site=site,
        month=date(2026, 10, 1),
        planned="112.67",
        worked="98.67",
        absences={"paid_leave": "14.00"},
    )
    phc_week = PhcWeek.objects.create(
        person=person, contract=contract.series, week=date(2026, 11, 16), planned=8, done=7, told="Atelier fictif."
    )
    placement = Placement.objects.create(
        person=person,
        host="Boulangerie Fictive",
        purpose="discover",
        hours=35,
        told="Des mots fictifs sur l’immersion.",
        valid=DateRange(today - timedelta(days=6), today + timedelta(days=8)),
    )
    training = Training.objects.create(
        person=person, kind="digital", organiser="Organisme Fictif", told="Des mots fictifs.", valid=one_day(today)
    )
    OfficialHire.objects.create(
        person=person,
        site=site,
        employer="Chantier des Saules",
        state="accepted",
        said_on=today,
        valid=open_ended(),
    )
    referent = OutsideReferent.objects.create(
        person=person, compartment="social", role="Assistante sociale", name="Lise Factice", valid=open_ended()
    )
    ExternalIdentifier.objects.create(person=person, operator=site.operator, value=f"EX-{person.pk}")
    giver, *_others, receiver = Mission.objects.filter(site=site, role__in=FOLLOWING).order_by("-role", "pk")
    HandOver.objects.create(person=person, giver=giver, receiver=receiver, valid=open_ended(today))
    contact = Contact.objects.create(person=person, kind="interview", valid=one_day(today - timedelta(days=3)))
    last_year = DateRange(date(2022, 1, 3), date(2023, 1, 3))
    thread = ExtendedSupport.objects.create(person=person, opener="job", ending="year_over", valid=last_year)
    news = FollowUp.objects.create(
        person=person, thread=thread.series, result="holds", words="Des mots fictifs.", valid=one_day(date(2022, 2, 3))
    )
    landlord = ThirdParty.objects.create(
        person=person, thread=thread.series, role="landlord", name="Bailleur Fictif", valid=last_year
    )
    warned = ThirdPartyWarning.objects.create(
        person=person,
        thread=thread.series,
        third_party=landlord.series,
        words="Une alerte fictive.",
        answered_on=date(2022, 2, 4),
        answer="Une réponse fictive.",
        valid=one_day(date(2022, 2, 3)),
    )
    for question, compartment, value in (("status", "work", "unemployed"), ("main_resources", "social", "rsa")):
        FundAnswer.objects.create(
            person=person,
            compartment=compartment,
            pathway=earlier.series,
            stage="entry",
            question=question,
            value=value,
        )
    need = Need.objects.create(person=person, compartment="social", need="housing", level=3, valid=open_ended())
    goal = Goal.objects.create(
        person=person, compartment="social", domain="housing", words="Avoir mon chez-moi.", valid=open_ended()
    )
    action = Action.objects.create(
        person=person,
        compartment="social",
        goal=goal.series,
        what="Appeler la résidence fictive.",
        by="person",
        due_on=today,
        valid=open_ended(),
    )
    meetings = fill_meetings(person, site, referent, today)
    papers = fill_papers(person, today)
    entry = fill_entry(person, site, today)
    for compartment in ("work", "social", "health", "justice"):
        note = Note.objects.create(
            person=person, compartment=compartment, body=f"Note fictive, {compartment}.", valid=one_day(today)
        )
        Alert.objects.create(
            person=person,
            compartment=compartment,
            kind="contract_ending",
            begins_on=today,
            due_on=today,
            about={"on": today.isoformat(), "value": "cddi"},
        )
    return {
        "fact_id": housing.pk,
        "contract_id": contract.pk,
        "contract": contract.series,
        "week_id": phc_week.pk,
        "exit_id": ended.pk,
        "thread_id": thread.pk,
        "news_id": news.pk,
        "third_party_id": landlord.pk,
        "warning_id": warned.pk,
        "referent_id": referent.pk,
        "note_id": note.pk,
        "contact_id": contact.pk,
        "pass_id": noted_pass.pk,
        "suspension_id": suspension.pk,
        "extension_id": extension.pk,
        "derogation_id": derogation.pk,
        "amendment_id": amendment.pk,
        "host_id": host.pk,
        "placement_id": placement.pk,
        "training_id": training.pk,
        "need_id": need.pk,
        "goal_id": goal.pk,
        "action_id": action.pk,
        **fill_conference(person, site, today),
        **fill_referrals(person, site, today),
        **papers,
        **entry,
    } | meetings


def fill_referrals(person: Person, site: Site, today: date) -> dict[str, int]:
    """She agreed that two partners read what was chosen with her, with no officer; both referrals were sent."""
    for compartment, domain, need in (("health", "health", "access_to_care"), ("social", "housing", "housing")):
        referral = Referral.objects.create(
            person=person,
            site=site,
            territory=site.territory,
            compartment=compartment,
            domain=domain,
            need=need,
            offer=offer_of(site.territory, domain),
            state="sent",
            opened_on=today,
            agreed_on=today,
            sent_on=today,
            source="team",
        )
        about: dict[str, Any] = {"person": person, "compartment": compartment, "referral": referral.series}
        sharing = Sharing.objects.create(
            purpose="referral",
            recipient="partner",
            domain=domain,
            agreed_on=today,
            how="spoken",
            explained="Fictif.",
            **about,
        )
        shared = Shared("Chantier Exemple", "Partenaire Fictif", "Offre fictive", message="Message fictif.")
        Share.objects.create(content=shared.sealed_text(), frozen_on=today, **about)
        Link.objects.create(
            digest=referral.series.bytes * 2,
            reason="sent",
            sent_to="accueil@partenaire.example",
            sent_on=today,
            expires_on=today + timedelta(days=8),
            **about,
        )
        PartnerLook.objects.create(at=datetime.combine(today, time(9), tzinfo=PARIS), read=False, **about)
        ReferralNote.objects.create(side="team", audience="officers", words="Mots fictifs.", noted_on=today, **about)
    return {"referral_id": referral.pk, "sharing_id": sharing.pk}


def offer_of(territory: Territory, domain: str) -> Offer:
    """The one offer of the only partner of a domain."""
    partner, _made = Partner.objects.get_or_create(
        territory=territory, name=f"Partenaire Fictif {domain}", kind="other"
    )
    offer, _made = Offer.objects.get_or_create(
        territory=territory,
        partner=partner,
        domain=domain,
        kind="other",
        name="Offre fictive",
        defaults={"open_over": open_ended()},
    )
    return offer


def fill_conference(person: Person, site: Site, today: date) -> dict[str, int]:
    """She is on the agenda of today's conference; something was decided for each of its readers."""
    conference = Conference.objects.create(site=site, held_on=today, guests="Assistante sociale fictive")
    discussion = Discussion.objects.create(
        person=person, conference=conference.series, rank=1, agreed_on=today, agreed_how="spoken", question="Fictive."
    )
    for compartment in ("health", "justice", "social"):
        decision = ConferenceDecision.objects.create(
            person=person,
            compartment=compartment,
            conference=conference.series,
            words="Mots fictifs.",
            valid=one_day(today),
        )
    return {"conference_id": conference.pk, "discussion_id": discussion.pk, "decision_id": decision.pk}


def fill_meetings(person: Person, site: Site, referent: OutsideReferent, today: date) -> dict[str, int]:
    """An appointment in each compartment that has some, a time in a group, and joint support with her referent."""
    colleague = site.missions.held_on(today).filter(role=Role.COUNSELLOR).first()
    user = colleague.user if colleague else User.objects.latest("pk")
    joint = JointSupport.objects.create(
        person=person,
        compartment="social",
        referent=referent.series,
        discussed=["social"],
        informed_on=LONG_AGO,
        informed_by=user,
        words="Je vous ai dit que nous parlons ensemble du logement.",
        valid=open_ended(),
    )
    for compartment in ("health", "justice", "social"):
        appointment = Appointment.objects.create(
            person=person,
            compartment=compartment,
            kind="interview",
            starts_at=datetime.combine(today + timedelta(days=1), time(10), tzinfo=PARIS),
            minutes=60,
            colleague=user,
            place="Bureau fictif.",
            valid=one_day(today + timedelta(days=1)),
        )
    group = GroupAttendance.objects.create(
        person=person,
        gathering=uuid4(),
        kind="workshop",
        title="Atelier fictif",
        minutes=120,
        outcome="came",
        valid=one_day(today - timedelta(days=5)),
    )
    return {"appointment_id": appointment.pk, "joint_id": joint.pk, "group_id": group.pk}


def fill_entry(person: Person, site: Site, today: date) -> dict[str, int]:
    """A candidacy whose hiring is decided for today, with nothing late."""
    oriented_on = today - timedelta(days=10)
    Candidate.objects.create(person=person, site=site, valid=DateRange(oriented_on, today))
    candidacy = Candidacy.objects.create(person=person, site=site, referrer="shelter", valid=open_ended(oriented_on))
    about = {"person": person, "site": site}
    CandidacyDecision.objects.create(
        candidacy=candidacy.series, outcome="hired", reason="Raison fictive.", valid=open_ended(oriented_on), **about
    )
    colleague = site.missions.filter(role=Role.COUNSELLOR).order_by("pk")[0]
    meeting = CandidacyMeeting.objects.create(
        candidacy=candidacy.series, colleague_id=colleague.user_id, valid=one_day(oriented_on), **about
    )
    proof = EligibilityProof.objects.create(criterion="rsa", made_on=oriented_on, **about)
    hiring = Hiring.objects.create(
        candidacy=candidacy.series,
        first_day=today,
        foreign_permit=False,
        registered_at_france_travail=True,
        declared_on=oriented_on,
        contract_handed_over_on=today,
        health_visit_on=today,
        **about,
    )
    control = EligibilityControl.objects.create(
        answered_on=LONG_AGO, result="confirmed", valid=DateRange(LONG_AGO, LONG_AGO + timedelta(days=30)), **about
    )
    return {
        "candidacy_id": candidacy.pk,
        "meeting_id": meeting.pk,
        "proof_id": proof.pk,
        "hiring_id": hiring.pk,
        "control_id": control.pk,
    }


def one_day(day: date) -> DateRange:
    return DateRange(day, day + timedelta(days=1))


def fill_papers(person: Person, today: date) -> dict[str, int]:
    """A document for each of its readers, and something done to keep a right."""
    kept = {kind: keep_document(person.pk, kind, [Page(PNG, png())]) for kind in ("contract", "other", "rqth", "court")}
    act = RightAct.objects.create(
        person=person, compartment="social", act="rsa_declaration", occurrence=today, done_on=today
    )
    return {"document_id": kept["other"].pk, "page": 1, "act_id": act.pk}


def handed_over(leaving: User, to: User) -> None:
    """Whoever leaves follows nobody any more: her people are followed by a colleague's mission instead."""
    Assignment.objects.filter(mission__user=leaving).update(mission=to.missions.get())
