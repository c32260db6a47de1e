"""Alerts as people read them."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given

from convergence.rules.alerts import alerts_of
from convergence.rules.facts import ContactFact, ContractFact, Facts, SituationFact, Spell
from convergence.rules.sentences import sentence
from convergence.vocabulary.contacts import ContactKind
from tests.rules.test_alerts import DAYS, ENTRY, HERE, HOUSED, MET, TODAY, facts_of_somebody


def told(today: date = TODAY, kind: str = "", **more: object) -> str:
    known: dict[str, object] = {"supports": HERE, "situations": (HOUSED,), "contacts": (MET,)}
    found = alerts_of(Facts(**(known | more)), today)  # type: ignore[arg-type]
    everybody_s = {"no_contact", "tax_return", "siao_update", "health_rights_kept"}
    (alert,) = [alert for alert in found if (alert.kind == kind if kind else alert.kind not in everybody_s)]
    return sentence(alert, today).replace("\u00a0", " ")


def situation(aspect: str, value: str, expires_on: date | None, since: date = ENTRY) -> tuple[SituationFact, ...]:
    return (HOUSED, SituationFact(aspect, value, "", Spell(since, None), expires_on))


@pytest.mark.parametrize(
    ("contacts", "words"),
    [
        (
            (
                ContactFact(ContactKind.MEETING, date(2026, 10, 22)),
                ContactFact(ContactKind.CALL_NO_ANSWER, date(2026, 11, 14)),
            ),
            "Pas de rencontre depuis 32 jours. Dernier appel sans réponse le 14.",
        ),
        (
            (
                ContactFact(ContactKind.VISIT, date(2026, 10, 1)),
                ContactFact(ContactKind.MESSAGE, date(2026, 10, 28)),
            ),
            "Pas de rencontre depuis 53 jours. Dernier message écrit le 28 octobre.",
        ),
        ((), "Aucune rencontre notée depuis l’arrivée, il y a 322 jours."),
    ],
)
def test_a_silence_is_told_in_days_with_the_last_try(contacts: tuple[ContactFact, ...], words: str) -> None:
    assert told(kind="no_contact", contacts=contacts) == words


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2026, 11, 23), "CDDI jusqu’au 14 mars 2027. Bilan à préparer avant le 14 décembre."),
        (date(2026, 12, 14), "CDDI jusqu’au 14 mars 2027. Prolongation ou sortie à décider avant le 14 février 2027."),
        (date(2027, 3, 1), "CDDI jusqu’au 14 mars. Avenant ou fin de contrat à signer."),
        (date(2027, 3, 14), "CDDI jusqu’au 14 mars. Avenant ou fin de contrat à signer."),
        (date(2027, 4, 2), "CDDI jusqu’au 14 mars, date passée. Suite ou fin de parcours à noter."),
    ],
)
def test_the_end_of_a_contract_says_what_is_to_be_done_and_by_when(today: date, words: str) -> None:
    assert told(today, "contract_ending", contracts=(ContractFact("cddi", Spell(ENTRY, date(2027, 3, 15))),)) == words


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            situation("residence_permit", "one_year", date(2027, 3, 1)),
            "Titre de séjour : valable jusqu’au 1er mars 2027. Renouvellement à demander avant le 31 décembre.",
        ),
        (
            situation("social_housing", "lodged", date(2026, 11, 30)),
            "Demande de logement social : à renouveler avant le 30 novembre. Demande à renouveler sans attendre.",
        ),
        (
            situation("dalo", "priority", date(2026, 10, 30)),
            "Recours DALO ou DAHO : offre attendue avant le 30 octobre, date passée."
            " Recours possible au tribunal administratif avant le 28 février 2027.",
        ),
        (
            situation("mdph", "lodged", None, date(2026, 6, 30)),
            "Dossier MDPH : demande du 30 juin sans réponse, ce silence vaut refus."
            " Recours possible avant le 30 décembre.",
        ),
        ((), "Logement à noter : rien depuis l’arrivée, le 5 janvier."),
    ],
)
def test_papers_and_rights_say_the_date_and_the_next_step(facts: tuple[SituationFact, ...], words: str) -> None:
    assert told(situations=facts) == words


def test_a_contract_whose_end_is_not_known_asks_for_it() -> None:
    words = told(contracts=(ContractFact("cddi", Spell(date(2026, 11, 2), None)),))
    assert words == "CDDI depuis le 2 novembre : date de fin à noter."


GENDERED = re.compile(
    r"\b(vue?|rencontrée?|appelée?|arrivée?s? le|suivie?|accompagnée?|inscrite?|elle|il|la personne)\b"
)


@given(facts_of_somebody(), DAYS)
def test_every_alert_has_a_short_sentence_that_says_nothing_of_gender(facts: Facts, today: date) -> None:
    for alert in alerts_of(facts, today):
        words = sentence(alert, max(today, alert.begins_on) + timedelta(days=1))
        assert words.endswith(".")
        assert len(words) < 200
        assert not GENDERED.search(words.replace("il y a", "").replace("s’il est", "").replace("elle décide", "")), (
            words
        )
