"""What colleagues do on the screens, in their words: sign, ask, answer, declare, hand over."""

from datetime import date, timedelta

from playwright.sync_api import Page, expect


def fill(page: Page, **fields: date | str) -> None:
    """Type in the form's fields by name; a list is chosen from, an option is ticked."""
    for name, value in fields.items():
        typed = value.isoformat() if isinstance(value, date) else value
        field = page.locator(f"form:not([method=get]) [name={name}]:not([type=hidden])")
        kind = field.first.evaluate("field => field.type")
        if kind == "select-one":
            field.select_option(typed)
        elif kind in {"radio", "checkbox"}:
            page.locator(f"[name={name}][value='{typed}']").check()
        else:
            field.fill(typed)


def send(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).click()


def refused(page: Page, button: str, sentence: str) -> None:
    """Sent as it is, the form says why not and what can be done."""
    send(page, button)
    expect(page.locator("main")).to_contain_text(sentence)


def receive(page: Page, **known: date | str) -> str:
    """Somebody is sent to the site by those who met him in the street; the address of his candidacy."""
    page.goto("/candidatures/nouvelle/")
    fill(page, referrer="outreach", **known)
    send(page, "Ouvrir la candidature")
    page.wait_for_url("**/candidatures/*/*/")
    return page.url


def meet(page: Page, candidacy: str, words: str) -> None:
    page.goto(f"{candidacy}rencontre/")
    fill(page, came="yes", words=words)
    send(page, "Enregistrer la rencontre")
    expect(page.locator("#rencontres")).to_contain_text(words)


def decide(page: Page, candidacy: str, outcome: str, **more: date | str) -> None:
    page.goto(f"{candidacy}decision/")
    fill(page, outcome=outcome, **more)
    page.locator("form .form-actions button").click()
    page.wait_for_url(candidacy)


def prove(page: Page, what: str, made_on: date) -> None:
    """A paper of eligibility, from the page of the candidacy."""
    page.get_by_role("link", name="Noter une pièce").click()
    fill(page, what=what, made_on=made_on)
    page.locator("form .form-actions button").click()
    page.wait_for_url("**/candidatures/*/*/")


def declare_hiring(page: Page, candidacy: str) -> None:
    page.goto(candidacy)
    page.get_by_role("link", name="Déclaration préalable à l’embauche (DPAE)").click()
    send(page, "Enregistrer ce jour")
    line = page.locator("#embauche li", has_text="Déclaration préalable")
    expect(line).to_contain_text("fait")


def start(page: Page, candidacy: str, **terms: date | str) -> str:
    """The first day: support, contract and PASS at once; the address of the person."""
    page.goto(f"{candidacy}demarrage/")
    fill(page, **terms)
    send(page, "Noter le démarrage")
    page.wait_for_url("**/personnes/*/")
    return page.url


def sign(page: Page, person: str, **terms: date | str) -> None:
    """A contract with an employer where the person has none."""
    page.goto(f"{person}contrats/nouveau/")
    fill(page, **terms)
    send(page, "Enregistrer le contrat")
    page.wait_for_url(person)


def renew(page: Page, person: str, **terms: date | str) -> None:
    """The contract that follows, on what the page proposes."""
    page.goto(f"{person}parcours/contrat/")
    fill(page, **terms)
    send(page, "Enregistrer le contrat")
    page.wait_for_url("**/parcours/")


def prepare(page: Page, person: str, clock: str, until: date, too_far: str = "") -> str:
    """A demand on the ground of great difficulties, as the page proposes it; the address of the demand.

    :param too_far: the sentence that refuses a day more, where that is tried first.
    """
    page.goto(f"{person}parcours/prolonger/{clock}/")
    expect(page.locator("[name=motive]")).to_have_value("difficulties")
    expect(page.locator("[name=until]")).to_have_value(until.isoformat())
    if too_far:
        fill(page, until=until + timedelta(days=1))
        refused(page, "Préparer la demande", too_far)
        fill(page, until=until)
    send(page, "Préparer la demande")
    page.wait_for_url("**/prolongations/*/")
    return page.url


def review(page: Page, months: str, done: str) -> None:
    """The one-year review, written from the record and corrected by the counsellor."""
    page.get_by_role("link", name="Le bilan d’un an").click()
    fill(page, months=months, done=done)
    send(page, "Enregistrer le bilan")
    expect(page.locator("[name=done]")).to_have_value(done)
    with page.expect_download() as printed:
        page.get_by_role("link", name="Imprimer (PDF)").click()
    assert printed.value.suggested_filename == "bilan.pdf"
    page.get_by_role("link", name="Revenir sans rien changer").click()


def ask(page: Page) -> None:
    page.get_by_role("link", name="La demande est envoyée").click()
    send(page, "Noter l’envoi")
    page.get_by_role("link", name="Elle est accordée").wait_for()


def grant(page: Page, demand: str) -> None:
    page.goto(f"{demand}accorder/")
    send(page, "Noter l’accord")
    expect(page.get_by_role("heading", level=1)).to_contain_text("accordée")


def refuse(page: Page, demand: str, decided_on: date, notified_on: date, reason: str) -> None:
    page.goto(f"{demand}refuser/")
    fill(page, decided_on=decided_on)
    refused(page, "Noter le refus", "Un refus est motivé par écrit")
    fill(page, notified_on=notified_on, reason=reason)
    send(page, "Noter le refus")
    expect(page.get_by_role("heading", level=1)).to_contain_text("refusée")
    expect(page.locator("main")).to_contain_text(reason)


def suspend(page: Page, person: str, first_day: date, last_day: date) -> None:
    """The PASS waits; a year typed wrong is refused first."""
    page.goto(f"{person}parcours/suspensions/nouvelle/")
    fill(page, first_day=first_day - timedelta(days=366), last_day=last_day)
    refused(page, "Enregistrer la suspension", "au plus tard 365 jours après son début")
    fill(page, first_day=first_day)
    send(page, "Enregistrer la suspension")
    page.wait_for_url("**/parcours/")


def plan_first_hours(page: Page, person: str) -> None:
    """From four to twenty hours a week in six months: two hours more every third week."""
    page.goto(f"{person}heures/")
    page.get_by_role("link", name="Prévoir des semaines").click()
    fill(page, start=date(2023, 2, 1), weeks="26", first="4", step="2", every="3")
    send(page, "Prévoir ces semaines")
    rise = "De 4 h la semaine du 30 janvier 2023 à 20 h celle du 24 juillet 2023"
    expect(page.locator("main")).to_contain_text(rise)


def note_week(page: Page, person: str, week: str, done: str, told: str) -> None:
    page.goto(f"{person}heures/")
    page.get_by_role("link", name=f"Semaine du {week}").click()
    fill(page, done=done, told=told)
    send(page, "Enregistrer la semaine")
    expect(page.locator("main")).to_contain_text(told)


def hand_over(page: Page, person: str, site: str) -> None:
    """Another site of the territory supports the person too."""
    page.goto(person)
    page.get_by_role("link", name="Confier aussi à un autre chantier").click()
    page.locator("[name=site]").select_option(label=site)
    send(page, "Confier à ce chantier")
    page.wait_for_url(person)


def follow(page: Page, person: str) -> None:
    """The first colleague of the list follows the person."""
    page.goto(f"{person}referent/")
    page.locator("[name=mission]").select_option(index=1)
    send(page, "Enregistrer")
    page.wait_for_url(person)


def end_support(page: Page, person: str, last_day: date) -> None:
    page.goto(person)
    page.get_by_role("link", name="Noter la fin", exact=True).click()
    fill(page, last_day=last_day)
    send(page, "Noter cette fin")
    page.wait_for_url("**/personnes/")


def type_month(page: Page, month: str, name: str, **hours: str) -> None:
    """The grid of the site's month, on a telephone; then the month is closed."""
    page.goto("/heures/")
    page.get_by_role("link", name=month, exact=True).click()
    card = page.get_by_role("group", name=name)
    card.get_by_label("Prévues").fill(hours["planned"])
    card.get_by_label("Faites").fill(hours["worked"])
    card.get_by_label("Absence", exact=False).first.select_option(label="Congés payés")
    card.get_by_label("En heures").first.fill(hours["absent"])
    send(page, "Enregistrer la grille")
    expect(page.get_by_text("1 ligne est enregistrée.")).to_be_visible()
    send(page, f"Clore {month.lower()}")
    expect(page.get_by_text(f"{month} est clos")).to_be_visible()


def note_placement(page: Page, person: str, host: str, first_day: date, last_day: date) -> None:
    page.goto(f"{person}parcours/immersions/nouvelle/")
    fill(page, host=host, purpose="recruitment", first_day=first_day, last_day=last_day, hours="56")
    send(page, "Enregistrer")
    expect(page.locator("#apprendre")).to_contain_text(host)


def tell_result(page: Page, person: str, host: str, result: str, told: str) -> None:
    page.goto(f"{person}parcours/")
    page.locator("#apprendre").get_by_role("link", name=host).click()
    page.get_by_role("link", name="Noter ce qu’il en est sorti").click()
    fill(page, result=result, told=told)
    send(page, "Enregistrer")
    expect(page.locator("main")).to_contain_text(told)


def agree_appointment(page: Page, person: str, on: date, at: str, purpose: str) -> None:
    page.goto(f"{person}rendez-vous/nouveau/")
    fill(page, kind="interview", on=on, at=at, purpose=purpose)
    send(page, "Enregistrer le rendez-vous")
    expect(page.locator("#a-venir")).to_contain_text(purpose)


def came(page: Page, person: str) -> None:
    """From *Today*, in one touch."""
    page.goto("/aujourdhui/")
    page.locator(".meetings-today").get_by_role("button", name="Présence").click()
    page.goto(f"{person}rendez-vous/")
    expect(page.locator("#passes")).to_contain_text("Présence")


def leave(page: Page, person: str, last_day: date, employer: str, starts: date) -> None:
    """The end of the path on one screen: an open-ended job, support that goes on."""
    page.goto(f"{person}suite/fin-de-parcours/")
    first = page.locator("form[method=get]").filter(has=page.locator("[name=motive]"))
    expect(first.locator("[name=last_day]")).to_have_value(last_day.isoformat())
    first.locator("[name=last_day]").fill(date(2023, 1, 31).isoformat())
    first.locator("[name=motive]").select_option("3")
    expect(page.get_by_role("alert")).to_contain_text("La fin vient avant le début du parcours")
    first.locator("[name=last_day]").fill(last_day.isoformat())
    expect(page.locator("#decompte")).to_contain_text("Compte comme : emploi durable")
    fill(page, employer=employer, kind="open_ended", starts=starts, follows="goes_on")
    send(page, "Noter la fin de parcours")
    expect(page.locator("#fin-de-parcours")).to_contain_text(employer)


def hear_news(page: Page, words: str) -> None:
    """From the tab « Après »."""
    page.get_by_role("link", name="Noter des nouvelles").click()
    fill(page, result="holds", words=words)
    send(page, "Noter ces nouvelles")
    expect(page.locator("#accompagnement")).to_contain_text(words)
