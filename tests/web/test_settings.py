"""Accounts and missions, and one's own account, as people use the pages."""

import html
import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from convergence.access.models import User
from convergence.platform.identity import assume
from convergence.platform.models import OutgoingMail
from convergence.platform.outbox import PLACE
from convergence.platform.sealing import unseal_for_instance
from convergence.territories.models import Mission, SettingChange
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, PASSWORD, TODAY, World, handed_over


@pytest.fixture(autouse=True)
def _on_that_day(time_machine: Any) -> None:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)


@pytest.fixture(autouse=True)
def _letters_go_to_the_outbox(settings: Any) -> None:
    # The test runner replaces the backend by one that keeps letters in memory.
    settings.EMAIL_BACKEND = "convergence.platform.outbox.OutboxBackend"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def client(world: World) -> Client:
    """The administrator's browser; what the tests themselves read, they read as she does."""
    assume(world.users[Role.ADMINISTRATOR].pk, TODAY)
    return signed_in(world.users[Role.ADMINISTRATOR])


def page_of(response: Any) -> str:
    content: bytes = response.content
    return html.unescape(content.decode()).replace("\u00a0", " ")


def seen_at(client: Client, address: str) -> str:
    """The hidden code of what a form shows."""
    found = re.search(r'name="seen" value="([^"]+)"', client.get(address).content.decode())
    assert found
    return str(found[1])


def letters(acting_as: Any) -> list[dict[str, Any]]:
    """Letters that wait in the outbox."""
    with acting_as("maint"):
        return [
            json.loads(unseal_for_instance(bytes(letter.sealed), PLACE))
            for letter in OutgoingMail.objects.order_by("pk")
            if letter.sealed
        ]


NEW = {"given_name": "Capucine", "family_name": "Inventée", "email": "Capucine@Convergence.example"}


def test_a_new_account_receives_an_invitation_and_its_owner_chooses_the_password(
    client: Client, acting_as: Any
) -> None:
    shown = client.get(reverse("open-account"))
    assert "password" not in shown.content.decode()
    response = client.post(reverse("open-account"), NEW)
    account = User.objects.get(email="capucine@convergence.example")
    assert response.url == reverse("account", args=[account.pk])  # type: ignore[attr-defined]
    assert not account.has_usable_password()
    (letter,) = letters(acting_as)
    assert letter["to"] == ["capucine@convergence.example"]
    assert "Ici-administrator Exemple vous a ouvert un compte" in letter["body"]

    link = re.search(r"http://testserver(\S+)", letter["body"])
    assert link
    newcomer = Client()
    form = newcomer.get(link[1], follow=True)
    chosen = "une phrase longue et fictive"
    newcomer.post(form.redirect_chain[-1][0], {"password1": chosen, "password2": chosen})
    account.refresh_from_db()
    assert account.check_password(chosen)
    assert Client().get(link[1], follow=True).context["token_fail"]


def test_an_account_refused_sends_no_letter(client: Client, world: World, acting_as: Any) -> None:
    taken = world.users[Role.FUNDER].email
    response = client.post(reverse("open-account"), NEW | {"email": taken.upper()})
    assert response.status_code == 409
    assert "Un compte existe déjà à cette adresse" in page_of(response)
    assert letters(acting_as) == []


def test_the_same_form_sent_twice_opens_one_account(client: Client, acting_as: Any) -> None:
    form = NEW | {"submission": str(uuid4())}
    first, second = client.post(reverse("open-account"), form), client.post(reverse("open-account"), form)
    assert first.url == second.url  # type: ignore[attr-defined]
    assert len(letters(acting_as)) == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("email", "pas une adresse", "valide"),
        ("email", "", "obligatoire"),
        ("given_name", "x" * 81, "80"),
        ("family_name", "a\x00b", "nul"),
    ],
)
def test_a_wrong_field_is_told_beside_it(client: Client, field: str, value: str, sentence: str) -> None:
    response = client.post(reverse("open-account"), NEW | {field: value})
    assert response.status_code == 422
    assert sentence in page_of(response)


def test_an_invitation_is_sent_again_but_not_to_a_closed_account(client: Client, world: World, acting_as: Any) -> None:
    user = world.users[Role.FUNDER]
    client.post(reverse("send-invitation", args=[user.pk]))
    assert len(letters(acting_as)) == 1
    with acting_as("maint"):
        User.objects.filter(pk=user.pk).update(is_active=False)
    shown = client.post(reverse("send-invitation", args=[user.pk]), follow=True)
    assert "Ce compte est fermé : rouvrez-le" in page_of(shown)
    assert len(letters(acting_as)) == 1


def test_the_list_says_who_works_where_today_and_finds_by_name(client: Client, world: World) -> None:
    shown = page_of(client.get(reverse("accounts")))
    assert f"{Role.COUNSELLOR.label}, Chantier des Saules" in shown
    found = page_of(client.get(reverse("accounts"), {"q": "AILLEURS-couns"}))
    assert "Ailleurs-counsellor Exemple" in found
    assert "Ici-counsellor Exemple" not in found
    assert "Aucun compte ouvert ne correspond" in page_of(client.get(reverse("accounts"), {"q": "zz\x00%_'"}))


def test_the_address_that_an_administrator_replaced_no_longer_signs_in(client: Client, world: World) -> None:
    user = world.users[Role.COUNSELLOR]
    former = user.email
    address = reverse("change-account", args=[user.pk])
    given = {"given_name": "Ici", "family_name": "Exemple", "email": "neuve@convergence.example"}
    client.post(address, given | {"seen": seen_at(client, address)})

    def signs_in(email: str) -> bool:
        response = Client().post(reverse("account_login"), {"login": email, "password": PASSWORD})
        return response.status_code == 302

    assert signs_in("neuve@convergence.example")
    assert not signs_in(former)


def test_whoever_signs_in_with_an_account_is_told_at_her_former_address_that_it_is_replaced(
    client: Client, world: World, acting_as: Any
) -> None:
    user = world.users[Role.COUNSELLOR]
    address = reverse("change-account", args=[user.pk])

    def change(**given: str) -> None:
        same = {"given_name": "Ici", "family_name": "Exemple", "email": "neuve@convergence.example"}
        sent = client.post(address, same | given | {"seen": seen_at(client, address)})
        assert sent.status_code == 302

    change()
    assert letters(acting_as) == [], "nobody signed in with it yet"
    with acting_as("maint"):
        User.objects.filter(pk=user.pk).update(last_login=timezone.now())
    change(given_name="Autre")
    assert letters(acting_as) == []
    change(email="encore@convergence.example")
    (letter,) = letters(acting_as)
    assert letter["to"] == ["neuve@convergence.example"]
    assert "encore@" not in letter["body"], "the new address is nobody else's to read"
    assert "Prévenez tout de suite une autre personne" in letter["body"]


def test_the_second_of_two_editors_sees_what_the_first_wrote_and_may_go_on(client: Client, world: World) -> None:
    user = world.users[Role.COUNSELLOR]
    address = reverse("change-account", args=[user.pk])
    seen = seen_at(client, address)
    given = {"given_name": "Ici", "family_name": "Exemple", "email": user.email}
    client.post(address, given | {"given_name": "Première", "seen": seen})
    response = client.post(address, given | {"given_name": "Seconde", "seen": seen})
    shown = page_of(response)
    assert response.status_code == 409
    assert "Quelqu’un a modifié cette fiche" in shown
    assert "Valeur enregistrée entre-temps : Première" in shown
    assert 'value="Seconde"' in shown
    renewed = re.search(r'name="seen" value="([^"]+)"', shown)
    assert renewed
    assert client.post(address, given | {"given_name": "Seconde", "seen": renewed[1]}).status_code == 302
    user.refresh_from_db()
    assert user.given_name == "Seconde"


MISSION = {"role": Role.COUNSELLOR.value, "since": "2026-11-23", "last_day": ""}


def test_a_mission_is_given_and_shown(client: Client, world: World) -> None:
    user = world.users[Role.FUNDER]
    given = MISSION | {"place": f"site-{world.other_site.pk}", "last_day": "2026-12-31"}
    shown = page_of(client.post(reverse("give-mission", args=[user.pk]), given, follow=True))
    assert "Chantier des Tilleuls" in shown
    mission = user.missions.get(role=Role.COUNSELLOR)
    assert (mission.since, mission.last_day) == (TODAY, date(2026, 12, 31))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"last_day": "2026-11-22"}, "Le dernier jour vient avant le premier."),
        ({"since": "3026-11-23"}, "vérifiez l’année"),
        ({"since": "hier"}, "date valide"),
        ({"place": "all"}, "Cette fonction s’exerce sur un chantier"),
        ({"role": "coordinator"}, "Cette fonction s’exerce sur un territoire"),
        ({"role": "administrator"}, "On administre un territoire, ou toute l’instance"),
        ({"role": "evaluator"}, "Cette fonction vaut pour toute l’instance"),
        ({"place": "site-999999999999999999999999"}, "choix"),
        ({"role": "emperor"}, "choix"),
    ],
)
def test_a_mission_that_makes_no_sense_is_refused_in_a_sentence(
    client: Client, world: World, changed: dict[str, str], sentence: str
) -> None:
    user = world.users[Role.FUNDER]
    given = MISSION | {"place": f"site-{world.site.pk}"} | changed
    response = client.post(reverse("give-mission", args=[user.pk]), given)
    assert response.status_code == 422
    assert sentence in page_of(response)
    assert user.missions.count() == 1


def test_the_same_mission_twice_is_refused_in_a_sentence(client: Client, world: World) -> None:
    given = MISSION | {"place": f"site-{world.site.pk}"}
    response = client.post(reverse("give-mission", args=[world.users[Role.COUNSELLOR].pk]), given)
    assert response.status_code == 409
    assert "Cette personne exerce déjà cette fonction à cet endroit à ces dates." in page_of(response)


def test_nobody_gives_herself_a_mission(client: Client, world: World) -> None:
    own = world.users[Role.ADMINISTRATOR]
    shown = page_of(client.get(reverse("account", args=[own.pk])))
    assert reverse("give-mission", args=[own.pk]) not in shown
    assert "Personne ne se donne de mission" in shown
    response = client.post(reverse("give-mission", args=[own.pk]), MISSION | {"place": f"site-{world.site.pk}"})
    assert response.status_code == 409
    assert "Personne ne change ses propres missions" in page_of(response)
    assert own.missions.count() == 1


def test_a_mission_ends_on_a_day_and_is_folded_afterwards(
    client: Client, world: World, time_machine: Any, acting_as: Callable[[str], AbstractContextManager[None]]
) -> None:
    user = world.users[Role.COUNSELLOR]
    with acting_as("maint"):
        handed_over(user, world.users[Role.SUPPORT_WORKER])
    mission = user.missions.get()
    address = reverse("change-mission", args=[mission.pk])
    given = {"since": LONG_AGO.isoformat(), "last_day": "2026-11-30", "seen": seen_at(client, address)}
    client.post(address, given)
    mission.refresh_from_db()
    assert mission.last_day == date(2026, 11, 30)
    time_machine.move_to("2026-12-01T10:00:00+01:00", tick=False)
    shown = page_of(signed_in(world.users[Role.ADMINISTRATOR]).get(reverse("account", args=[user.pk])))
    assert "Une mission terminée" in shown
    assert "Dates de la mission : depuis le 8 janvier 2024" in shown
    assert "Aucune mission aujourd’hui" in shown


def test_an_account_is_closed_its_missions_end_and_it_opens_again(
    client: Client, world: World, acting_as: Callable[[str], AbstractContextManager[None]]
) -> None:
    user = world.users[Role.COUNSELLOR]
    with acting_as("maint"):
        handed_over(user, world.users[Role.SUPPORT_WORKER])
    address = reverse("close-account", args=[user.pk])
    other = signed_in(user)
    assert client.post(address, {"last_day": "2026-12-31", "seen": seen_at(client, address)}).status_code == 422
    client.post(address, {"last_day": TODAY.isoformat(), "seen": seen_at(client, address)})
    assert user.missions.get().last_day == TODAY
    assert other.get(reverse("today")).status_code == 302
    client.post(reverse("reopen-account", args=[user.pk]))
    assert User.objects.get(pk=user.pk).is_active


def test_an_administrator_does_not_close_her_own_account(client: Client, world: World) -> None:
    own = world.users[Role.ADMINISTRATOR]
    address = reverse("close-account", args=[own.pk])
    response = client.post(address, {"last_day": TODAY.isoformat(), "seen": seen_at(client, address)})
    assert response.status_code == 409
    assert "Vous ne pouvez pas fermer votre propre compte." in page_of(response)


def test_no_page_of_the_settings_deletes_an_account_or_a_mission(client: Client, world: World) -> None:
    user = world.users[Role.COUNSELLOR]
    assert client.delete(reverse("account", args=[user.pk])).status_code == 405
    for table in ("access_user", "territories_mission", "territories_site"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_table_privilege('convergence_web', %s, 'DELETE')", [table])
            assert cursor.fetchone() == (False,), table


@pytest.mark.parametrize(
    "name", ["account", "change-account", "close-account", "remove-second-factor", "give-mission", "change-mission"]
)
def test_what_does_not_exist_is_not_found(client: Client, name: str) -> None:
    assert client.get(reverse(name, args=[999_999_999_999_999_999])).status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_everybody_changes_her_own_name_and_finds_her_account_pages(world: World, role: Role) -> None:
    user = world.users[role]
    client = signed_in(user)
    shown = client.get(reverse("my-account")).content.decode()
    for name in ("account_change_password", "mfa_index"):
        assert reverse(name) in shown
    assert reverse("my-account") in client.get(reverse("today")).content.decode()
    given = {"given_name": "Nouveau", "family_name": "Exemple", "seen": seen_at(client, reverse("my-account"))}
    assert "Votre nom est enregistré." in page_of(client.post(reverse("my-account"), given, follow=True))
    user.refresh_from_db()
    assert user.get_full_name() == "Nouveau Exemple"


def test_nobody_adds_an_address_of_her_own_and_a_former_one_no_longer_signs_in(world: World, acting_as: Any) -> None:
    user = world.users[Role.COUNSELLOR]
    former = user.email
    client = Client()
    assert client.post(reverse("account_login"), {"login": former, "password": PASSWORD}).status_code == 302
    given = {"email": "autre@convergence.example", "action_add": ""}
    assert client.post(reverse("account_email"), given).status_code == 403
    with acting_as("maint"):
        User.objects.filter(pk=user.pk).update(email="nouvelle@convergence.example")
    entered = Client().post(reverse("account_login"), {"login": "nouvelle@convergence.example", "password": PASSWORD})
    assert entered.status_code == 302
    assert Client().post(reverse("account_login"), {"login": former, "password": PASSWORD}).status_code == 200


def test_a_second_factor_can_be_set_up_after_signing_in(world: World) -> None:
    client = Client()
    client.post(reverse("account_login"), {"login": world.users[Role.COUNSELLOR].email, "password": PASSWORD})
    again = client.get(reverse("mfa_activate_totp"))
    page = client.post(again["Location"], {"password": PASSWORD}, follow=True)
    assert page.resolver_match.view_name == "mfa_activate_totp"
    assert "<svg" in page.content.decode() or "data:image" in page.content.decode()


def sign_in(user: User) -> str:
    """Where the right password leads."""
    response = Client().post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return str(response["Location"]).partition("?")[0]


def test_the_code_of_a_lost_telephone_is_removed_its_holder_told_and_the_history_says_by_whom(
    client: Client, world: World, acting_as: Any
) -> None:
    user, other = world.users[Role.COUNSELLOR], world.users[Role.FUNDER]
    for each in (user, other):
        TOTP.activate(each, generate_totp_secret())
        RecoveryCodes.activate(each)
    assert sign_in(user) == reverse("mfa_authenticate")
    account, address = reverse("account", args=[user.pk]), reverse("remove-second-factor", args=[user.pk])
    assert address in client.get(account).content.decode()
    assert "vous ne pourrez pas remettre son code" in page_of(client.get(address))
    assert sign_in(user) == reverse("mfa_authenticate")

    shown = page_of(client.post(address, {"submission": str(uuid4())}, follow=True))
    assert f"Le code de connexion est retiré ; un message part à l’adresse {user.email}." in shown
    assert address not in shown
    assert re.search(
        r"Ici-administrator Exemple</strong>.*a changé le 23 novembre.*Code à la connexion : oui", shown, re.S
    )
    assert sign_in(user) == reverse("today")
    assert not Authenticator.objects.filter(user=user).exists()
    (letter,) = letters(acting_as)
    assert letter["to"] == [user.email]
    assert "Ici-administrator Exemple a retiré le code demandé à la connexion" in letter["body"]
    assert sign_in(other) == reverse("mfa_authenticate")

    # A second click, or a code that its holder has just removed: nothing to do, and no second letter.
    again = client.post(address, {"submission": str(uuid4())})
    assert again.status_code == 409
    assert "Ce compte n’a pas de code de connexion." in page_of(again)
    assert len(letters(acting_as)) == 1


def test_an_administrator_does_not_remove_her_own_code_without_her_password(
    client: Client, world: World, acting_as: Any
) -> None:
    own = world.users[Role.ADMINISTRATOR]
    TOTP.activate(own, generate_totp_secret())
    address = reverse("remove-second-factor", args=[own.pk])
    assert address not in client.get(reverse("account", args=[own.pk])).content.decode()
    response = client.post(address)
    assert response.status_code == 409
    assert "Votre propre code se retire depuis « Mon compte »" in page_of(response)
    assert Authenticator.objects.filter(user=own).count() == 1
    assert letters(acting_as) == []


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_else_removes_the_code_of_a_colleague(world: World, role: Role) -> None:
    user = world.elsewhere[Role.COUNSELLOR]
    TOTP.activate(user, generate_totp_secret())
    response = signed_in(world.users[role]).post(reverse("remove-second-factor", args=[user.pk]))
    assert response.status_code == 403
    assert Authenticator.objects.filter(user=user).count() == 1


def test_the_history_says_who_was_named_on_the_command_line(client: Client, world: World, acting_as: Any) -> None:
    user = world.users[Role.FUNDER]
    with acting_as("maint"):
        SettingChange.objects.create(setting="access_user", row_id=user.pk, before={"administers": False})
    shown = page_of(client.get(reverse("account", args=[user.pk])))
    assert re.search(r"La ligne de commande</strong>.*Administre Convergence : non", shown, re.S)


@pytest.mark.parametrize("role", list(Role))
def test_the_rail_leads_to_the_settings_those_who_have_some(world: World, role: Role) -> None:
    keeps = role in {Role.ADMINISTRATOR, Role.COORDINATOR, Role.SITE_MANAGER}
    client = signed_in(world.users[role])
    assert (reverse("settings") in client.get(reverse("today")).content.decode()) is keeps
    assert client.get(reverse("settings")).status_code == (200 if keeps else 403)


def test_missions_of_a_list_of_accounts_take_a_fixed_number_of_queries(
    client: Client, world: World, acting_as: Any, django_assert_num_queries: Any
) -> None:
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as before:
        client.get(reverse("accounts"))
    with acting_as("maint"):
        for number in range(5):
            user = User.objects.create(
                email=f"{number}@convergence.example", given_name=str(number), family_name="Factice"
            )
            Mission.objects.create(user=user, role=Role.COUNSELLOR, site=world.site, valid=(LONG_AGO, None))
    with django_assert_num_queries(len(before)):
        client.get(reverse("accounts"))
