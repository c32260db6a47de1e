"""A column that holds a code of the vocabulary."""

from typing import Any

from django.db import models


class TermField(models.CharField):  # type: ignore[type-arg]  # generic for the type checker only
    """A code of one of the vocabulary's lists, given as ``choices``.

    The list stays out of the migrations: a word that changes on screen changes nothing in the database.
    """

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, arguments, options = super().deconstruct()
        options.pop("choices", None)
        return name, "django.db.models.CharField", list(arguments), options
