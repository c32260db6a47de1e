"""Letters about an account: allauth's one-use link by which its owner chooses a password; her address replaced."""

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings

from convergence.access.models import User
from convergence.web.requests import Request


def invite(request: Request, account: User, inviter: User) -> None:
    """Put the invitation in the outbox, in the running transaction: without its commit no letter leaves."""
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(account)
    adapter = get_adapter(request)
    adapter.send_mail(
        "account/email/invitation",
        account.email,
        {
            "user": account,
            "inviter": inviter,
            "url": adapter.get_reset_password_from_key_url(f"{user_pk_to_url_str(account)}-{token}"),
            "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
        },
    )


def forget_addresses(account: User) -> None:
    """Once an administrator changed the address, the former ones neither sign in nor receive a link."""
    EmailAddress.objects.filter(user=account).exclude(email=account.email).delete()


def tell_former_address(request: Request, account: User, former: str, changer: User) -> None:
    """Whoever signs in with an account learns at her former address that it is replaced; not one mistyped at first."""
    if account.last_login is not None:
        get_adapter(request).send_mail("account/email/address_changed", former, {"changer": changer})
