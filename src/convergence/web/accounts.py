"""Sign-in: accounts are opened by an administrator, never by their holder."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.account.models import EmailAddress
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Any, **options: Any) -> HttpResponse | None:
        """The account's address is the administrator's word: it counts as verified, and it is the only one."""
        EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
        EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
        answer: HttpResponse | None = super().pre_login(request, user, **options)
        return answer

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There is none: one signs in with an e-mail address."""


class SignInForm(LoginForm):
    """allauth's form in our words, without placeholders that vanish as one types."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["login"].label = _("Adresse e-mail")
        for name in ("login", "password"):
            self.fields[name].widget.attrs.pop("placeholder", None)
