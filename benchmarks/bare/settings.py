"""Settings of the bare page: no session, no user, no middleware; the same PostgreSQL, in a schema of its own."""

import os
import secrets

import dj_database_url

from benchmarks.bare import SCHEMA

SECRET_KEY = secrets.token_hex()
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "benchmarks.bare.pages"
INSTALLED_APPS = ["benchmarks.bare"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
_database = dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=600)
_options = {**_database.get("OPTIONS", {}), "options": f"-c search_path={SCHEMA}"}
DATABASES = {"default": {**_database, "OPTIONS": _options}}
