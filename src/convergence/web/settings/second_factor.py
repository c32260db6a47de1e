"""The code asked at sign-in, of somebody whose telephone is lost."""

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.utils.translation import gettext as _

from convergence.access.models import User
from convergence.platform.errors import Refused
from convergence.web.requests import Request


def has_second_factor(account: User) -> bool:
    """Whether signing in asks for more than the password."""
    return bool(is_mfa_enabled(account))


def withdraw_second_factor(request: Request, account: User, actor: User) -> None:
    """The password alone opens the account again; its holder is told, in the running transaction.

    :raises Refused: one's own, which asks for the password again and has a page for that; or there is none.
    """
    if account.pk == actor.pk:
        raise Refused(_("Votre propre code se retire depuis « Mon compte », avec votre mot de passe."))
    removed, _by_table = Authenticator.objects.filter(user=account).delete()
    if not removed:
        raise Refused(_("Ce compte n’a pas de code de connexion."))
    get_adapter(request).send_mail("account/email/second_factor_removed", account.email, {"remover": actor})
