"""Alerts as people read them: short, what and when, in plain French that says nothing of anybody's gender."""

from datetime import date

from convergence.rules.alerts import Alert, stage
from convergence.rules.french import MONTHS, NBSP
from convergence.rules.hiring import LABELS as HIRING
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.decisions import ClockName
from convergence.vocabulary.documents import DOCUMENTS
from convergence.vocabulary.extended_support import SupportOpener
from convergence.vocabulary.right_acts import RIGHT_ACTS
from convergence.vocabulary.situations import ASPECTS

_SILENT = {"domiciliation_visit": "pas de passage noté", "siao_update": "pas de mise à jour notée"}
_LEARNING = {"placement": "Immersion", "training": "Formation"}


def said(day: date, today: date) -> str:
    """« 14 » this month, « 14 mars » this year, « 14 mars 2027 » otherwise."""
    number = "1er" if day.day == 1 else str(day.day)
    if (day.year, day.month) == (today.year, today.month):
        return number
    return in_full(day, today)


def in_full(day: date, today: date) -> str:
    """« 14 mars » this year, « 14 mars 2027 » otherwise."""
    number = "1er" if day.day == 1 else str(day.day)
    words = f"{number}{NBSP}{MONTHS[day.month - 1]}"
    return words if day.year == today.year else f"{words}{NBSP}{day.year}"


_OPENED = {SupportOpener.JOB.value: "dans l’emploi", SupportOpener.HOME.value: "dans le logement"}

_FUNDS = {"entry": "entrée", "exit": "sortie", "six_months": "six mois après la sortie"}

_AFTER = {
    "follow_up_due": f"Accompagnement {{opener}}{NBSP}: nouvelles de {{months}}{NBSP}mois, vers le {{on}}",
    "follow_up_ending": f"Accompagnement {{opener}}{NBSP}: un an le {{on}}",
    "third_party_warning": "Alerte d’un employeur ou d’un bailleur, le {on}",
    "fund_status": f"Questions du FSE+{NBSP}: {{stage}}, le {{on}}",
    "home_reached": "Logement autonome depuis le {on}",
}


def sentence(alert: Alert, today: date) -> str:
    """What the alert says on a day: one or two short sentences."""
    tell = _TOLD_APART.get(alert.kind, _parts)
    return " ".join(f"{part}." for part in tell(alert, today))


def _parts(alert: Alert, today: date) -> list[str]:
    if "right" in alert.about:
        return _right(alert, today)
    match alert.kind:
        case "housing_unknown":
            return [f"Logement à noter{NBSP}: rien depuis l’arrivée, le {in_full(alert.on, today)}"]
        case "contract_ending":
            what = f"{ContractKind(alert.about['value']).label} jusqu’au {in_full(alert.on, today)}"
        case "clock_binding":
            what = f"{ClockName(alert.about['value']).label} jusqu’au {in_full(alert.on, today)} au plus"
            if "asked" in alert.about:
                sent = date.fromisoformat(alert.about["asked"])
                return [what, f"Demande envoyée le {in_full(sent, today)}{NBSP}: réponse attendue"]
        case "appointment_unanswered":
            return [f"Rendez-vous du {in_full(alert.on, today)}{NBSP}: présence à noter"]
        case "action_due":
            what = f"Action convenue pour le {in_full(alert.on, today)}"
        case "learning_result":
            what = f"{_LEARNING[alert.about['value']]} jusqu’au {in_full(alert.on, today)}"
        case "contract_end_unknown":
            kind = ContractKind(alert.about["value"]).label
            return [f"{kind} depuis le {in_full(alert.on, today)}{NBSP}: date de fin à noter"]
        case "document_expiring":
            paper = DOCUMENTS[alert.about["value"]]
            what = f"{paper.label}{NBSP}: {_lower(paper.expiry_label)} {in_full(alert.on, today)}"
        case _:
            what = _aspect(alert, today)
    passed = ", date passée" if today > alert.on and alert.kind != "mdph_silence" else ""
    return [f"{what}{passed}", *_to_do(alert, today)]


def _aspect(alert: Alert, today: date) -> str:
    """A situation that ends, or a demand that nobody answered."""
    aspect, on = ASPECTS[alert.about["aspect"]], in_full(alert.on, today)
    if alert.kind == "mdph_silence":
        return f"{aspect.label}{NBSP}: demande du {on} sans réponse, ce silence vaut refus"
    return f"{aspect.label}{NBSP}: {_lower(aspect.expiry_label)} {on}"


def _after(alert: Alert, today: date) -> list[str]:
    """Support after access to a job or a home."""
    opener, months = _OPENED.get(alert.about.get("value", ""), ""), alert.about.get("months", "")
    what = _AFTER[alert.kind].format(
        opener=opener, months=months, stage=_FUNDS.get(alert.about.get("value", ""), ""), on=in_full(alert.on, today)
    )
    return [what, *_to_do(alert, today)]


def _right(alert: Alert, today: date) -> list[str]:
    """What keeps a right, and by when."""
    right, on = ASPECTS[alert.about["right"]].label, in_full(alert.on, today)
    if alert.kind in _SILENT:
        return [f"{right}{NBSP}: {_SILENT[alert.kind]} depuis le {on}", *_to_do(alert, today)]
    if alert.kind == "health_rights_kept":
        kept = in_full(alert.due_on, today)
        what = f"Droits santé maintenus jusqu’au {kept} au moins, six mois après la fin du titre de séjour"
        return [what, stage(alert, today).do]
    act = RIGHT_ACTS.get(alert.kind)
    what = f"{right}{NBSP}: {act.label} avant le {on}" if act else f"{right}{NBSP}: avant le {on}"
    return [f"{what}{', date passée' if today > alert.on else ''}", *_to_do(alert, today)]


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def _to_do(alert: Alert, today: date) -> list[str]:
    """What is to be done, with its own date where that is not the one just said."""
    now = stage(alert, today)
    if not now.do:
        return []
    if now.due < today or now.due == alert.on:
        return [now.do]
    # With its month: after another date, « le 28 » alone would be read as that date's.
    return [f"{now.do} avant le {in_full(now.due, today)}"]


def _contact(alert: Alert, today: date) -> list[str]:
    days = (today - alert.on).days
    length = f"{days}{NBSP}jour{'s' if days > 1 else ''}"
    first = f"Pas de rencontre depuis {length}"
    if "met" not in alert.about:
        first = f"Aucune rencontre notée depuis l’arrivée, il y a {length}"
    if "tried" not in alert.about:
        return [first]
    tried = ContactKind(alert.about["tried_by"]).label.lower()
    return [first, f"Dernier {tried} le {said(date.fromisoformat(alert.about['tried']), today)}"]


def _control(alert: Alert, today: date) -> list[str]:
    return [f"Contrôle de l’éligibilité demandé le {in_full(alert.on, today)}", *_to_do(alert, today)]


def _hiring(alert: Alert, today: date) -> list[str]:
    passed = ", date passée" if today > alert.on else ""
    last = f"le {in_full(alert.on, today)} au plus tard{passed}"
    return [f"{HIRING[alert.about['value']]}{NBSP}: {last}", *_to_do(alert, today)]


_TOLD_APART = {
    "no_contact": _contact,
    "eligibility_control": _control,
    "hiring_step": _hiring,
    **dict.fromkeys(_AFTER, _after),
}
