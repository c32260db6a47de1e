"""Who may call which address: each view declares its rule; one without a rule answers to nobody.

A rule says who may knock; which people appear behind the door is the database's affair.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.urls import ResolverMatch

from convergence.vocabulary.roles import Role

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Rule:
    """Roles that may call a view; PUBLIC asks for nobody, SIGNED_IN for any account."""

    name: str
    roles: frozenset[str] = frozenset()

    PUBLIC: ClassVar["Rule"]
    SIGNED_IN: ClassVar["Rule"]

    def admits(self, held: frozenset[str]) -> bool:
        return self is not Rule.PUBLIC and (self is Rule.SIGNED_IN or not self.roles.isdisjoint(held))


Rule.PUBLIC = Rule("public")
Rule.SIGNED_IN = Rule("signed in")

LIBRARY_RULES: dict[str, Rule] = {
    # django-allauth: what one does without being signed in; all its other views ask for an account.
    "account_login": Rule.PUBLIC,
    "account_logout": Rule.PUBLIC,
    "account_signup": Rule.PUBLIC,
    "account_inactive": Rule.PUBLIC,
    "account_reset_password": Rule.PUBLIC,
    "account_reset_password_done": Rule.PUBLIC,
    "account_reset_password_from_key": Rule.PUBLIC,
    "account_reset_password_from_key_done": Rule.PUBLIC,
    "account_email_verification_sent": Rule.PUBLIC,
    "account_confirm_email": Rule.PUBLIC,
    "mfa_authenticate": Rule.PUBLIC,
    "account_confirm_login_code": Rule.PUBLIC,
    # An address signs in and receives one-use links: an administrator changes it, nobody adds one of her own.
    "account_email": Rule("nobody"),
    "account_change_password": Rule.SIGNED_IN,
    "account_set_password": Rule.SIGNED_IN,
    "account_reauthenticate": Rule.SIGNED_IN,
    "mfa_reauthenticate": Rule.SIGNED_IN,
    "mfa_index": Rule.SIGNED_IN,
    "mfa_activate_totp": Rule.SIGNED_IN,
    "mfa_deactivate_totp": Rule.SIGNED_IN,
    "mfa_view_recovery_codes": Rule.SIGNED_IN,
    "mfa_generate_recovery_codes": Rule.SIGNED_IN,
    "mfa_download_recovery_codes": Rule.SIGNED_IN,
}

CARE = (Role.COUNSELLOR, Role.SUPPORT_WORKER)
"""Those who support people from day to day."""

EMPLOYER = (*CARE, Role.SITE_MANAGER)
"""Those who may keep the work path of a site's people."""

SITE_TEAM = (*EMPLOYER, Role.WORK_SUPERVISOR)
"""Everybody who meets people at a site."""


def public(view: View) -> View:
    view.rule = Rule.PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    view.rule = Rule.SIGNED_IN  # type: ignore[attr-defined]
    return view


def open_to(*roles: Role) -> Callable[[View], View]:
    """The view answers to those who hold one of these roles today."""

    def declare(view: View) -> View:
        view.rule = Rule(", ".join(roles), frozenset(roles))  # type: ignore[attr-defined]
        return view

    return declare


def rule_of(match: ResolverMatch | None, view: Callable[..., Any]) -> Rule:
    """:raises ImproperlyConfigured: no rule was declared."""
    rule = getattr(view, "rule", None) or LIBRARY_RULES.get(match.view_name if match else "")
    if rule is None:
        raise ImproperlyConfigured(f"{match.view_name if match else view} declares no rule (web/rules.py).")
    return rule
