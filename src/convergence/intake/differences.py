"""What a row says that is not noted yet: the differences that an import would write, one by one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from convergence.intake.actor import COMPARTMENT_OF, Importer
from convergence.intake.cells import folded, phone
from convergence.intake.dates import PartialDate
from convergence.intake.fields import Field
from convergence.intake.known import Known, KnownContract
from convergence.intake.matching import name_key
from convergence.intake.records import PersonRow
from convergence.pathways.recording import Terms
from convergence.territories.models import Mission, Site
from convergence.vocabulary.contracts import ContractKind, Programme
from convergence.vocabulary.housing import Housing
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.people import NameKind, Sex
from convergence.vocabulary.rights import Benefit
from convergence.vocabulary.situations import ASPECTS

LONGEST_PHONE = 30
LONGEST_LANGUAGES = 200
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class ContractChange:
    """A contract to sign, or the one to amend."""

    terms: Terms
    noted: KnownContract | None = None


@dataclass(frozen=True)
class SituationChange:
    """What is true from the day of the import on."""

    aspect: str
    code: str
    expires_on: date | None = None


@dataclass(frozen=True)
class NameChange:
    """One more name of the person."""

    kind: NameKind
    given_name: str
    family_name: str


Value = str | PartialDate | tuple[int, str] | ContractChange | SituationChange | NameChange | Mission


@dataclass(frozen=True)
class Difference:
    """One thing that the file says otherwise.

    :param now: what is noted; empty when nothing is.
    :param said: what the file says.
    :param doubt: a sentence when somebody should look at it first (identity, contracts that overlap).
    """

    field: Field
    now: str
    said: str
    value: Value
    doubt: str = ""

    @property
    def label(self) -> str:
        """What the difference is about; one column may stand for several."""
        if isinstance(self.value, NameChange):
            return self.value.kind.label
        if self.field is Field.CONTRACT_START:
            return _("Contrat")
        return _("Titre de séjour") if self.field is Field.PERMIT_UNTIL else self.field.label


def differences(person: PersonRow, known: Known, site: Site, importer: Importer, today: date) -> list[Difference]:
    """What the row would write, in the order of the fields; nothing where it repeats what is noted.

    :param known: an empty one for a new person.
    """
    found = [
        *_identity(person, known),
        *_reachable(person, known),
        *_identifiers(person, known, site),
        *_followed(person, known, site, importer),
        *_contract(person, known, site),
        *_situations(person, known),
        *_note(person, known),
    ]
    written = known.written if known.person_id else importer.written.get(site.pk, frozenset())
    return [one for one in found if COMPARTMENT_OF[one.field].value in written]


def _identity(person: PersonRow, known: Known) -> Iterator[Difference]:
    keys = {name_key(*name) for name in known.names}
    if known.names and name_key(person.given_name, person.family_name) not in keys:
        typed = " ".join(filter(None, (person.given_name, person.family_name)))
        spelling = NameChange(NameKind.SPELLING, person.given_name, person.family_name)
        doubt = _("Le nom n’est pas le même : celui du fichier serait ajouté comme autre orthographe.")
        yield Difference(Field.FAMILY_NAME, "", typed, spelling, doubt)
        keys.add(name_key(person.given_name, person.family_name))
    for other in person.other_names:
        given = "" if other.kind is NameKind.KNOWN_AS else person.given_name
        if name_key(given, other.name) not in keys:
            keys.add(name_key(given, other.name))
            said = " ".join(filter(None, (given, other.name)))
            yield Difference(Field.OTHER_NAME, "", said, NameChange(other.kind, given, other.name))
    if person.birth and person.birth != known.birth and not _says_less(person.birth, known.birth):
        doubt = (
            "" if known.birth is None or _says_less(known.birth, person.birth) else _("La naissance n’est pas la même.")
        )
        yield Difference(Field.BIRTH_DATE, str(known.birth or ""), str(person.birth), person.birth, doubt)
    if person.sex and person.sex != known.sex:
        doubt = _("Le sexe n’est pas le même.") if known.sex else ""
        now = Sex(known.sex).label if known.sex else ""
        yield Difference(Field.SEX, now, person.sex.label, person.sex.value, doubt)


def _says_less(one: PartialDate, other: PartialDate | None) -> bool:
    """Whether a birth is the other with something unknown."""
    return other is not None and one in (PartialDate(other.year), PartialDate(other.year, other.month))


def _reachable(person: PersonRow, known: Known) -> Iterator[Difference]:
    numbers = [number for part in known.phone.split(",") if (number := phone(part))]
    if person.phones and not set(person.phones) <= set(numbers):
        said = phones_said(person.phones)
        yield Difference(Field.PHONE, known.phone, said, said)
    if person.email and person.email != known.email.lower():
        yield Difference(Field.EMAIL, known.email, person.email, person.email)
    if person.languages and not _tongues(person.languages) <= _tongues(known.languages):
        said = person.languages[:LONGEST_LANGUAGES]
        yield Difference(Field.LANGUAGE, known.languages, said, said)


def _tongues(text: str) -> set[str]:
    return {word for word in folded(text).split() if word != "et"}


def phones_said(numbers: tuple[str, ...]) -> str:
    """« 06 39 98 00 01, 01 99 00 00 02 »: as many whole numbers as the column holds."""
    said = ""
    for number in numbers:
        national = "0" + number[3:] if number.startswith("+33") and len(number) == 12 else ""
        shown = " ".join(national[place : place + 2] for place in range(0, 10, 2)) if national else number
        longer = f"{said}, {shown}" if said else shown
        if len(longer) <= LONGEST_PHONE:
            said = longer
    return said


def _identifiers(person: PersonRow, known: Known, site: Site) -> Iterator[Difference]:
    identifier = (site.operator_id, person.external_id)
    if person.external_id and identifier not in known.identifiers:
        others = ", ".join(sorted(value for operator, value in known.identifiers if operator == site.operator_id))
        yield Difference(Field.EXTERNAL_ID, others, person.external_id, identifier)


def _followed(person: PersonRow, known: Known, site: Site, importer: Importer) -> Iterator[Difference]:
    if not person.counsellor:
        return
    mission = importer.colleague(person.counsellor, site.pk)
    if mission is not None and mission.user_id not in {user for user, _name in known.referents.values()}:
        _user, now = known.referents.get(mission.role, (0, ""))
        yield Difference(Field.COUNSELLOR, now, mission.user.get_full_name(), mission)


# -- contract ----------------------------------------------------------------------------------------------------


def contract_start(person: PersonRow) -> date | None:
    """The contract's first day: its own, else the day of entry where the row tells of a contract at all."""
    if person.contract_start:
        return person.contract_start
    told = person.contract_kind or person.contract_end or person.weekly_hours
    return person.entry_date if told else None


def _contract(person: PersonRow, known: Known, site: Site) -> Iterator[Difference]:
    starts = contract_start(person)
    if starts is None:
        return
    at_site = [one for one in known.contracts if one.terms.site_id == site.pk]
    noted = next((one for one in at_site if one.terms.starts == starts), None)
    doubt = ""
    said = _terms(person, site, starts, noted.terms if noted else None)
    if noted is None:
        overlapping = [one for one in at_site if _overlap(one.terms, said)]
        if len(overlapping) == 1:
            noted = overlapping[0]
            said = _terms(person, site, starts, noted.terms)
            doubt = _("Ce contrat chevauche celui qui est noté : il le remplacerait.")
        elif overlapping:
            doubt = _("Ce contrat chevauche plusieurs contrats notés : il n’est pas repris.")
            yield Difference(Field.CONTRACT_START, "", terms_said(said), "", doubt)
            return
    others = [one for one in at_site if one is not noted]
    if noted and not doubt and any(_overlap(one.terms, said) for one in others):
        doubt = _("Ces dates chevauchent un autre contrat noté : la ligne ne peut pas être reprise ainsi.")
        yield Difference(Field.CONTRACT_START, terms_said(noted.terms), terms_said(said), "", doubt)
    elif noted is None or noted.terms != said:
        now = terms_said(noted.terms) if noted else ""
        yield Difference(Field.CONTRACT_START, now, terms_said(said), ContractChange(said, noted), doubt)


def _terms(person: PersonRow, site: Site, starts: date, noted: Terms | None) -> Terms:
    """The row's terms; what it leaves out stays as noted. Without a kind, a contract at such a site is a CDDI."""
    hours = person.weekly_hours.quantize(_TENTH, ROUND_HALF_UP) if person.weekly_hours else None
    said = Terms(
        kind=(person.contract_kind or ContractKind.CDDI).value,
        starts=starts,
        last_day=person.contract_end,
        programme=person.programme.value if person.programme else "",
        site_id=site.pk,
        weekly_hours=hours,
    )
    if noted is None:
        return said
    if person.contract_kind is None or (noted.kind == said.kind and said.programme == Programme.NONE.value):
        said = replace(said, kind=noted.kind, programme=noted.programme)
    return replace(said, last_day=said.last_day or noted.last_day, weekly_hours=said.weekly_hours or noted.weekly_hours)


def _overlap(one: Terms, other: Terms) -> bool:
    far = date.max
    return one.starts <= (other.last_day or far) and other.starts <= (one.last_day or far)


def terms_said(terms: Terms) -> str:
    """« CDDI Convergence du 02/09/2024 au 01/09/2025, 26 h »."""
    words = [str(ContractKind(terms.kind).label)]
    if terms.programme and terms.programme != Programme.NONE:
        words.append(str(Programme(terms.programme).label))
    day = "%d/%m/%Y"
    if terms.last_day:
        words.append(
            _("du %(first)s au %(last)s") % {"first": terms.starts.strftime(day), "last": terms.last_day.strftime(day)}
        )
    else:
        words.append(_("depuis le %s") % terms.starts.strftime(day))
    said = " ".join(words)
    if terms.weekly_hours:
        said += _(", %s h par semaine") % f"{terms.weekly_hours.normalize():f}".replace(".", ",")
    return said


# -- situations and notes ----------------------------------------------------------------------------------------


def _situations(person: PersonRow, known: Known) -> Iterator[Difference]:
    if person.housing:
        yield from _situation(Field.HOUSING, "housing", person.housing.value, None, known)
    if person.permit_until:
        noted, _until = known.running.get("residence_permit", ("", None))
        kind = noted or Missing.NOT_ASSESSED.value
        yield from _situation(Field.PERMIT_UNTIL, "residence_permit", kind, person.permit_until, known)
    if person.rqth is not None:
        code = "granted" if person.rqth else "none"
        yield from _situation(Field.RQTH, "rqth", code, person.rqth_until, known)
    if person.rsa is not None:
        code = Benefit.OPEN.value if person.rsa else Benefit.NONE.value
        yield from _situation(Field.RSA, "rsa", code, None, known)


def _situation(one: Field, aspect: str, code: str, until: date | None, known: Known) -> Iterator[Difference]:
    noted, noted_until = known.running.get(aspect, ("", None))
    if noted and (Missing.has(code) or _is_coarser(aspect, code, noted)) and until in (None, noted_until):
        return
    if (code, until or noted_until) == (noted, noted_until):
        return
    now = _situation_said(aspect, noted, noted_until) if noted else ""
    yield Difference(one, now, _situation_said(aspect, code, until), SituationChange(aspect, code, until))


def _is_coarser(aspect: str, code: str, noted: str) -> bool:
    """Whether what is noted says the same, more finely: « résidence sociale » under « logement semi-durable »."""
    if aspect == "housing":
        return Housing.has(code) and Housing.has(noted) and Housing(noted).step.value == code
    # A list says oui or non: « demande déposée » is a finer no, « suspendu » a finer yes.
    finer = {"none": {"to_ask", "asked", "refused"}, "open": {"suspended"}}
    return aspect in ("rqth", "rsa") and noted in finer.get(code, set())


def _situation_said(aspect: str, code: str, until: date | None) -> str:
    if Missing.has(code):
        label = Missing(code).label if until is None else _("sorte de titre non précisée")
    else:
        label = ASPECTS[aspect].values(code).label
    return (
        _("%(label)s, jusqu’au %(day)s") % {"label": label, "day": until.strftime("%d/%m/%Y")} if until else str(label)
    )


def _note(person: PersonRow, known: Known) -> Iterator[Difference]:
    if person.note and person.note not in known.notes:
        yield Difference(Field.NOTE, "", person.note, person.note)


def absorb(known: Known, change: Difference) -> None:
    """Make the difference part of what is known, so that the next row about the same person is compared with it."""
    match change.value:
        case NameChange(_, given, family):
            known.names.append((given, family))
        case ContractChange(terms, noted):
            known.contracts = [one for one in known.contracts if one is not noted]
            known.contracts.append(KnownContract(terms))
        case SituationChange(aspect, code, expires_on):
            known.running[aspect] = (code, expires_on)
        case Mission() as mission:
            known.referents[mission.role] = (mission.user_id, mission.user.get_full_name())
        case PartialDate() as birth:
            known.birth = birth
        case (int() as operator, str() as value):
            known.identifiers.add((operator, value))
        case str() as text if change.field is Field.NOTE:
            known.notes.add(text)
        case str() as text:
            column = {Field.SEX: "sex", Field.PHONE: "phone", Field.EMAIL: "email", Field.LANGUAGE: "languages"}
            if change.field in column:
                setattr(known, column[change.field], text)
