"""Free words about a meeting, before they are sealed."""

from django.utils.translation import gettext as _

from convergence.platform.errors import Refused

LONGEST = 1000


def kept_words(text: str) -> str:
    """The text as it is kept.

    :raises Refused: it is too long.
    """
    kept = text.replace("\x00", "").strip()
    if len(kept) > LONGEST:
        raise Refused(_("Ce texte est trop long : %(most)s caractères au plus.") % {"most": LONGEST})
    return kept
