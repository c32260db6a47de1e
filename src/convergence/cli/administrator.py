"""`./convergence administrator`: names an administrator, most often the first, whom nobody else could name."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from convergence.cli import maintenance
from convergence.cli.errors import OperatorError
from convergence.cli.passwords import made_of_words

if TYPE_CHECKING:
    from datetime import date

    from convergence.access.models import User

WORDS_OF_A_PASSWORD = 6  # it opens every account: longer than the demonstration's


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare whose account it is, and the option of the data folder."""
    parser.add_argument("email", metavar="E-MAIL", help="adresse avec laquelle cette personne se connecte")
    parser.add_argument("given_name", metavar="PRÉNOM", help="son prénom")
    parser.add_argument("family_name", metavar="NOM", help="son nom")
    maintenance.add_data_option(parser)


def main(options: argparse.Namespace) -> int:
    """Name the administrator as *maint*, and say in one line what is so from now on."""
    with maintenance.as_maint(options.data):
        from django.db import DatabaseError

        from convergence.platform.clock import today
        from convergence.platform.errors import Refused, sentence_of

        try:
            said = _name(options.email, options.given_name, options.family_name, today())
        except Refused as error:
            raise OperatorError(str(error)) from None
        except DatabaseError as error:
            if getattr(error.__cause__, "sqlstate", None):
                raise OperatorError(sentence_of(error)) from error
            raise OperatorError("La base de données ne répond pas : vérifiez son adresse.") from error
    print(said)
    return 0


def _name(email: str, given_name: str, family_name: str, today: date) -> str:
    """Open the account if there is none and give its mission; everything or nothing.

    :raises OperatorError: the role of the database is not *maint*; the address or a name is not valid.
    :raises Refused: the account is closed.
    """
    from django.db import transaction

    from convergence.access.models import User
    from convergence.platform.identity import assume
    from convergence.territories.administering import give_mission
    from convergence.territories.models import SettingChange
    from convergence.vocabulary.roles import Role

    newcomer = _checked(email, given_name, family_name)
    with transaction.atomic():
        _refuse_unless_maint()
        assume(None, today)
        account = User.objects.select_for_update().filter(email=newcomer.email).first() or newcomer
        administers = {"role": Role.ADMINISTRATOR, "territory": None}
        if account.pk and account.is_active and account.missions.held_on(today).filter(**administers):
            return f"{account} administre déjà Convergence ({account.email}) : rien n’a été changé."
        password = None
        if not account.has_usable_password():
            password = made_of_words(WORDS_OF_A_PASSWORD)
            account.set_password(password)
            account.save()
        give_mission(account, Role.ADMINISTRATOR, today, None, actor_id=0)
        # No trigger keeps what was inserted; that somebody came in by this door has to stay readable.
        SettingChange.objects.create(setting=User._meta.db_table, row_id=account.pk, before={"administers": False})
    begins = f"{account} administre Convergence dès aujourd’hui ({account.email})"
    if password is None:
        return f"{begins}, avec son mot de passe habituel."
    return f"{begins} ; mot de passe à changer à la première connexion : {password}"


def _checked(email: str, given_name: str, family_name: str) -> User:
    """Return an account that is not saved yet, without a password."""
    from django.core.exceptions import ValidationError

    from convergence.access.models import User
    from convergence.intake.cells import visible

    words = [" ".join(visible(name).split()) for name in (given_name, family_name)]
    account = User(email=email.strip().lower(), given_name=words[0], family_name=words[1])
    account.set_unusable_password()
    try:
        account.clean_fields()
    except ValidationError as error:
        labels = {field.name: str(field.verbose_name) for field in User._meta.fields}
        name, sentences = next(iter(error.message_dict.items()))
        raise OperatorError(f"{labels[name].capitalize()} : {' '.join(sentences)}") from None
    return account


def _refuse_unless_maint() -> None:
    """Row-level security would hide from any other role what this command must see."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = current_user AND (rolbypassrls OR rolsuper)")
        if cursor.fetchone() is None:
            raise OperatorError("Cette commande demande l’adresse de convergence_maint dans DATABASE_URL.")
