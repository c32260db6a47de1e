"""Settings, read once from the environment; docs/deploy.md lists every variable.

One process holds one database role: the user of its DATABASE_URL. No secret has a default here.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured


def required(name: str) -> str:
    """The variable's value; a clear error where it is missing."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"La variable d’environnement {name} manque (voir docs/deploy.md).")
    return value


def listed(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


DATA = Path(required("CONVERGENCE_DATA"))

SECRET_KEY = required("CONVERGENCE_SECRET_KEY")
MASTER_KEY = required("CONVERGENCE_MASTER_KEY")
DEBUG = False
ALLOWED_HOSTS = listed("CONVERGENCE_HOSTS") or ["127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = listed("CONVERGENCE_ORIGINS")

INSTALLED_APPS = [
    # First, so that its templates stand before those that libraries bring along.
    "convergence.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_include_bootstrap",
    "lucide",
    "procrastinate.contrib.django",
    "convergence.platform",
    "convergence.access",
    "convergence.territories",
    "convergence.people",
    "convergence.situations",
    "convergence.pathways",
    "convergence.network",
    "convergence.support",
    "convergence.reports",
    "convergence.intake",
    "convergence.referrals",
    "convergence.evidence",
]

MIDDLEWARE = [
    "convergence.web.middleware.log_requests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "convergence.web.middleware.alive",
    # The outermost of those that touch the database: everything inside, rendering included, is one
    # transaction with one identity (docs/decisions/0004-a-request.md).
    "convergence.web.middleware.one_transaction",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "convergence.web.middleware.Identify",
]

ROOT_URLCONF = "convergence.web.urls"
WSGI_APPLICATION = "convergence.platform.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "convergence.web.navigation.frame",
            ],
            "libraries": {"lucide": "convergence.web.templatetags.icons"},
        },
    }
]
# The icons' tag stands in for the one that their library brings, and is meant to.
SILENCED_SYSTEM_CHECKS = ["templates.W003"]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

_database = dj_database_url.parse(required("DATABASE_URL"), conn_max_age=600, conn_health_checks=True)
DATABASES: dict[str, Any] = {
    "default": {**_database, "ATOMIC_REQUESTS": False},
    # The progress of a job is seen while the job's own transaction is still open.
    "progress": {
        **_database,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {**_database.get("OPTIONS", {}), "options": "-c lock_timeout=2s"},
    },
}

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "convergence.web.accounts.AccountAdapter"
ACCOUNT_FORMS = {"login": "convergence.web.accounts.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "reset_password": "20/m/ip,5/m/key"}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
# Behind a proxy every request comes from its address: the limits must count the one that it names.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("CONVERGENCE_PROXIES", "0"))
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True

HTTPS = os.environ.get("CONVERGENCE_HTTPS", "0") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# An import may hold twenty megabytes; its own reader says so in a sentence before this limit is met.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
# Nothing uploaded ever lies unsealed on a disc: pages that take files bring a handler of their own.
FILE_UPLOAD_HANDLERS = ["convergence.web.receiving.NoFile"]

_email = urlsplit(os.environ.get("EMAIL_URL", ""))
EMAIL_BACKEND = "convergence.platform.outbox.OutboxBackend"
# Without a mail server, letters are files that only this account reads, not lines of a log: they hold one-use links.
MAIL_TRANSPORT = f"django.core.mail.backends.{'smtp' if _email.hostname else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = DATA / "letters"
EMAIL_HOST = _email.hostname or ""
EMAIL_PORT = _email.port or 587
EMAIL_HOST_USER = unquote(_email.username or "")
EMAIL_HOST_PASSWORD = unquote(_email.password or "")
EMAIL_USE_TLS = _email.scheme == "smtp+tls"
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "convergence@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "convergence.platform.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("CONVERGENCE_LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "procrastinate": {"level": "WARNING"},
        # A refusal has its own line (convergence.request); Django's would add the address.
        "django.request": {"level": "ERROR"},
    },
}
