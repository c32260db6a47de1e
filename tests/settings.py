"""The deployed settings, less the static files' server: tests are seven times slower with it (browser tests use it)."""

from convergence.platform.settings import *  # noqa: F403
from convergence.platform.settings import MIDDLEWARE, STORAGES

MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("whitenoise.")]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
