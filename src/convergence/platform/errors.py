"""Errors that carry a sentence for the person who meets them."""

from typing import Any


class Refused(Exception):
    """What was asked cannot be done; ``str(error)`` is one plain French sentence for the screen."""


class ChangedMeanwhile(Refused):
    """Somebody changed the same thing since it was shown.

    :param fresh: the row as it stands now (None when it was withdrawn).
    """

    def __init__(self, sentence: str, fresh: Any = None) -> None:
        super().__init__(sentence)
        self.fresh = fresh
