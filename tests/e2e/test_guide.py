"""The users' guide (docs/guide) tells the truth: each page that it shows has what it tells.

``CONVERGENCE_WRITE_DOCS=1`` takes their pictures too; without it the pages are only held to the guide's words.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import REPOSITORY

IMAGES = REPOSITORY / "docs" / "guide" / "images"
PATIENCE = 20_000  # milliseconds

# A browser in French shows days like this; the one at hand may speak English only.
DAYS_IN_FRENCH = """
    document.querySelectorAll("input[type=date]").forEach((field) => {
        const day = field.value.split("-").reverse().join("/");
        field.type = "text";
        field.value = day;
        field.dataset.short = "";
    })
"""

NEW_PEOPLE = """\
Nom;Prénom;Né(e) le;Portable;Entrée;Contrat;Début;Fin;Heures;Hébergement;RSA
Fictive;Amara;12/04/1987;06 39 98 10 01;02/11/2026;CDDI;02/11/2026;01/05/2027;26;115;oui
Factice;Mehdi;1979;06 39 98 10 02;09/11/2026;CDDI;09/11/2026;08/05/2027;26;hôtel;oui
Imaginaire;Koffi;31/02/1990;06 39 98 10 03;16/11/2026;PHC;16/11/2026;15/05/2027;4;rue;non
;;03/05/1985;06 39 98 10 04;16/11/2026;CDDI;16/11/2026;15/05/2027;26;CHU;
"""


def picture(page: Page, name: str, height: int = 900) -> None:
    """Show the page as the guide does; write its picture when asked."""
    if not os.environ.get("CONVERGENCE_WRITE_DOCS"):
        return
    width = (page.viewport_size or {"width": 1280})["width"]
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(DAYS_IN_FRENCH)
    IMAGES.mkdir(exist_ok=True)
    page.screenshot(path=IMAGES / f"{name}.png", animations="disabled", caret="hide")


@pytest.fixture
def enter(sign_in: Callable[..., Page]) -> Callable[..., Page]:
    """``sign_in``, on Today as it is once the greeting is gone."""

    def on_today(role: str, width: int = 1280) -> Page:
        page = sign_in(role, width)
        page.set_default_timeout(PATIENCE)
        page.goto("/aujourdhui/")
        return page

    return on_today


def headings(page: Page, *names: str) -> None:
    for name in names:
        expect(page.get_by_role("heading", name=name).first).to_be_visible()


def links(page: Page, *names: str) -> None:
    for name in names:
        expect(page.get_by_role("link", name=name).first).to_be_visible()


def buttons(page: Page, *names: str | re.Pattern[str]) -> None:
    for name in names:
        expect(page.get_by_role("button", name=name).first).to_be_visible()


def pages_open_to(page: Page) -> list[str]:
    """The entries of the rail."""
    found = page.get_by_role("navigation", name="Principal").first.locator(".rail-item > span:not(.count)")
    return found.all_inner_texts()


def open_somebody(page: Page) -> None:
    """The page of somebody for whom something is to be done within the month."""
    page.locator("#month + ul a.person").first.click()
    page.wait_for_url("**/personnes/*/")


# -- Everybody -----------------------------------------------------------------------------------------------------


def test_signing_in(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/compte/login/")
    headings(page, "Se connecter")
    expect(page.get_by_label("Adresse e-mail")).to_be_visible()
    links(page, "Mot de passe oublié")
    picture(page, "sign-in", height=500)


def test_ones_own_account(enter: Callable[..., Page]) -> None:
    page = enter("partnership_officer")
    page.get_by_role("link", name="Mon compte").click()
    headings(page, "Mon nom", "Connexion", "Mes missions aujourd’hui")
    links(page, "Changer de mot de passe")
    page.get_by_role("link", name="Protéger mon compte par un code").click()
    expect(page.get_by_text("une application de votre téléphone vous donne un code")).to_be_visible()


def test_a_calm_day_for_whoever_opens_no_file(enter: Callable[..., Page]) -> None:
    page = enter("data_protection_officer")
    expect(page.get_by_text("la page pour la consulter est à venir")).to_be_visible()
    assert pages_open_to(page) == ["Aujourd’hui"]


def test_the_desk_of_partnerships_and_the_network(enter: Callable[..., Page]) -> None:
    page = enter("partnership_officer")
    assert pages_open_to(page) == ["Aujourd’hui", "Propositions", "Réseau"]
    page.goto("/propositions/")
    headings(page, "Demandes des équipes", "Mises en relation en attente", "Besoins sans offre")
    headings(page, "Places à redemander", "Partenaires sans nouvelles", "Conventions à renouveler")
    links(page, "Chercher une offre", "Besoins sans offre", "Chiffres", "Territoire dessiné")
    picture(page, "officer-desk", height=1000)
    page.goto("/propositions/chiffres/")
    links(page, "Tableur (.xlsx)")
    page.goto("/reseau/")
    links(page, "Partenaires", "Offres", "Carte", "Annuaire")
    page.locator("main a[href^='/reseau/partenaires/']:not([href*=nouveau])").first.click()
    headings(page, "Offres et places", "Échanges", "Contacts", "Conventions", "Établissements")
    links(page, "Noter un échange", "Dire les places", "Ajouter un contact", "Noter une convention")
    picture(page, "officer-partner", height=1000)


@pytest.mark.parametrize("role", ["funder", "evaluator"])
def test_those_who_read_figures_go_to_the_evaluations(enter: Callable[..., Page], role: str) -> None:
    page = enter(role)
    assert pages_open_to(page) == ["Aujourd’hui", "Évaluation"]
    page.get_by_role("link", name="Ouvrir les évaluations").click()
    headings(page, "Évaluation")
    if role == "evaluator":
        headings(page, "Jeux de données")
        page.get_by_role("link", name="Apporter un jeu").first.click()
        buttons(page, "Garder ce jeu")


# -- Those who support ---------------------------------------------------------------------------------------------


def test_the_counsellors_day(enter: Callable[..., Page]) -> None:
    page = enter("counsellor")
    headings(page, "En retard", "D’ici un mois")
    links(page, "Tout le chantier", "Appeler", "Noter le renouvellement")
    buttons(page, re.compile("^Pas de réponse · "))
    expect(page.get_by_text(re.compile("^et une autre chose$")).first).to_be_visible()
    assert pages_open_to(page) == ["Aujourd’hui", "Personnes", "Rendez-vous", "Réseau", "Candidatures", "Heures"]
    picture(page, "counsellor-today", height=1000)


def test_a_call_without_an_answer_is_taken_back(enter: Callable[..., Page]) -> None:
    page = enter("support_worker")
    page.get_by_role("button", name=re.compile("^(Appelé, pas|Pas) de réponse · ")).first.click()
    page.get_by_role("button", name="Annuler").click()
    expect(page.get_by_text("C’est annulé")).to_be_visible()


def test_the_list_of_people(enter: Callable[..., Page]) -> None:
    page = enter("counsellor")
    page.goto("/personnes/")
    for name in ("referent", "etape", "logement", "besoin"):
        expect(page.locator(f"#filtres select[name={name}]")).to_be_visible()
    links(page, "Accueillir quelqu’un", "Importer une liste", "Exporter cette liste")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    picture(page, "counsellor-people", height=800)


def test_a_persons_page_and_what_is_noted_there(enter: Callable[..., Page]) -> None:
    page = enter("counsellor")
    open_somebody(page)
    headings(page, "Ce qui compte maintenant", "Ligne de vie", "Aujourd’hui, dans sa vie", "Contrats", "Besoins")
    headings(page, "Noter un changement", "Une note", "Dernières notes", "Autour de la personne")
    links(page, "5 ans", "1 an", "3 mois", "Noter un contact", "Identité", "Ajouter un contrat")
    links(page, "Dire qui suit cette personne", "Ajouter un référent extérieur", "Toutes les notes")
    links(page, "Confier aussi à un autre chantier", "Noter la fin")
    buttons(page, "Appelé, pas de réponse", "Enregistrer la nouvelle situation", "Enregistrer la note")
    expect(page.get_by_text("Lire la même chose en liste")).to_be_visible()
    expect(page.get_by_role("list", name="Qui lira cette note").get_by_role("listitem").first).to_be_visible()
    picture(page, "counsellor-person", height=1500)
    page.reload()
    page.get_by_text("Un autre changement").click()
    page.get_by_role("link", name="Titre de séjour").last.click()
    for label in ("Depuis le", "Valable jusqu’au", "Information à vérifier"):
        expect(page.get_by_label(label)).to_be_visible()
    buttons(page, "Enregistrer la nouvelle situation")
    page.get_by_role("radio", name="Carte d’un an").check()
    picture(page, "counsellor-record", height=1260)


def test_what_is_noted_opens_on_its_correction(enter: Callable[..., Page]) -> None:
    page = enter("counsellor")
    open_somebody(page)
    page.locator("dl.facts a").first.click()
    headings(page, "Histoire de cette information")
    links(page, "Corriger")
    buttons(page, "Retirer : notée par erreur")
    page.go_back()
    page.get_by_role("link", name="Identité", exact=True).click()
    links(page, "Ajouter un autre nom ou une autre orthographe")
    expect(page.get_by_text("une année seule")).to_be_visible()


def test_a_persons_page_on_a_telephone(enter: Callable[..., Page]) -> None:
    page = enter("counsellor", width=375)
    open_somebody(page)
    bar = page.get_by_role("navigation", name="Principal").last
    for name in ("Aujourd’hui", "Personnes"):
        expect(bar.get_by_role("link", name=name)).to_be_visible()
    headings(page, "Ce qui compte maintenant")
    picture(page, "telephone-person", height=812)


def test_a_list_is_checked_before_anything_is_written(enter: Callable[..., Page], tmp_path: Path) -> None:
    page = enter("counsellor")
    page.goto("/personnes/")
    known = ""
    for name in page.get_by_role("rowheader").get_by_role("link").all_inner_texts()[:3]:
        given, *family = name.split(" ")
        known += f"{' '.join(family)};{given};;06 39 98 10 05;;;;;;;\n"
    (tmp_path / "liste du chantier.csv").write_text(NEW_PEOPLE + known, encoding="utf-8")
    page.get_by_role("link", name="Importer une liste").click()
    expect(page.get_by_text("20 Mo et 3 000 lignes au plus")).to_be_visible()
    links(page, "Télécharger le modèle")
    page.get_by_label("Votre fichier").set_input_files(tmp_path / "liste du chantier.csv")
    page.get_by_role("button", name="Lire ce fichier").click()
    headings(page, "Les colonnes de votre fichier")
    page.get_by_role("button", name="Vérifier les lignes").click()
    headings(page, "Vérifier avant d’importer", "À regarder", "Personnes à ajouter")
    expect(page.get_by_text("Rien n’est encore écrit")).to_be_visible()
    expect(page.get_by_text("il est effacé à la fin de l’import")).to_be_visible()
    links(page, "Lignes à corriger")
    buttons(page, "Importer")
    picture(page, "import-preview", height=1200)
    page.get_by_role("button", name="Abandonner cet import").click()
    headings(page, "Importer une liste")


# -- The rest of the site, and the territory -----------------------------------------------------------------------


def test_the_work_supervisors_day(enter: Callable[..., Page]) -> None:
    page = enter("work_supervisor")
    headings(page, "Mon équipe")
    expect(page.locator("#equipe > .names a").first).to_be_visible()
    others = page.locator("#equipe details .names a").first
    expect(others).to_be_hidden()
    picture(page, "work-supervisor-today", height=720)
    page.get_by_text("Tout le chantier").click()
    expect(others).to_be_visible()
    page.goto("/personnes/")
    page.get_by_role("rowheader").get_by_role("link").first.click()
    headings(page, "Autour de la personne")
    for hidden in ("Contrats", "Une note", "Noter un changement", "Besoins, et chemin parcouru"):
        expect(page.get_by_role("heading", name=hidden)).to_have_count(0)
    expect(page.locator("a[href^='tel:']")).to_have_count(0)


def test_the_site_managers_day(enter: Callable[..., Page]) -> None:
    page = enter("site_manager")
    headings(page, "Contrats qui prennent fin", "Dossiers à compléter")
    expect(page.locator("summary").get_by_text("Plus tard")).to_be_visible()
    rail = ["Aujourd’hui", "Personnes", "Réseau", "Candidatures", "Heures", "Évaluation", "Réglages"]
    assert pages_open_to(page) == rail
    picture(page, "site-manager-today")
    page.get_by_role("rowheader").get_by_role("link").first.click()
    headings(page, "Contrats", "Une note")
    links(page, "Ajouter un contrat", "Identité", "Dire qui suit cette personne", "Noter la fin")
    expect(page.locator("dl.facts").get_by_text("Logement")).to_have_count(0)
    expect(page.get_by_role("heading", name="Besoins, et chemin parcouru")).to_have_count(0)


def test_the_site_managers_means(enter: Callable[..., Page]) -> None:
    page = enter("site_manager")
    page.goto("/reglages/")
    links(page, "Choix de vocabulaire", "Mise en route")
    page.get_by_role("link", name="Moyens humains").first.click()
    headings(page, "Moyens humains")
    expect(page.get_by_text(re.compile("ETP aujourd’hui"))).to_be_visible()
    page.get_by_role("rowheader").get_by_role("link").first.click()
    links(page, "Noter un changement", "Corriger, ou donner une fin")


def test_the_coordinators_day(enter: Callable[..., Page]) -> None:
    page = enter("coordinator")
    headings(page, "Les chantiers du territoire, aujourd’hui")
    for title in ("Personnes accompagnées", "Sous contrat", "Fin d’ici 3 mois", "Logement non connu"):
        expect(page.get_by_role("columnheader", name=title)).to_be_visible()
    expect(page.get_by_text("inférieur à 5")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_count(0)
    picture(page, "coordinator-today", height=640)
    page.goto("/reglages/")
    headings(page, "Équipe mutualisée")
    links(page, "Mise en route", "Choix de vocabulaire")
    page.get_by_role("link", name="Moyens humains").click()
    links(page, "Ajouter un poste")


def test_what_an_administrator_keeps(enter: Callable[..., Page]) -> None:
    page = enter("administrator")
    assert pages_open_to(page) == ["Aujourd’hui", "Réglages"]
    page.goto("/reglages/")
    links(page, "Mise en route", "Chantiers", "Territoires", "Structures porteuses", "Financeurs")
    picture(page, "settings", height=820)
    page.get_by_role("link", name="Comptes et missions").click()
    links(page, "Ouvrir un compte")
    page.get_by_role("row").filter(has_text="Insertion professionnelle").get_by_role("link").first.click()
    links(page, "Donner une mission", "Donner une fin", "Modifier le nom ou l’adresse", "Fermer le compte")
    buttons(page, re.compile("^Envoyer (un lien pour choisir un mot de passe|l’invitation de nouveau)$"))
    picture(page, "account", height=640)
