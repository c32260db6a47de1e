"""A human decides whether two files are one person's; a decision is kept with its evidence, and can be undone."""

from django.db import connection, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from convergence.people.keys import bring_key, key_of
from convergence.people.likeness.models import Likeness, LikenessDecision
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.sealing import seal
from convergence.vocabulary.likeness import LikenessState, Verdict

MOST_WORDS = 1_000
JOINED_BY_OTHERS = "done, joined by others"
"""What the database answers where a link is taken back and the two files stay joined."""


@transaction.atomic
def decide(pair: Likeness, seen: int, verdict: Verdict, words: str = "") -> bool:
    """Say whether two files are one person's, or take back what was said.

    :param seen: the pair's version on which the decision is made.
    :returns: a link was taken back, and other links still make the two files one person's.
    :raises ChangedMeanwhile: somebody decided first, or one of the two was corrected.
    :raises Refused: what the link would join cannot be one person; a pair that the actor does not reach.
    """
    sealed = _seal(pair, words.strip()[:MOST_WORDS])
    with connection.cursor() as cursor:
        cursor.execute("SELECT decide_likeness(%s, %s, %s, %s)", [pair.pk, seen, verdict.value, sealed])
        (answer,) = cursor.fetchone()
    if answer == "changed":
        fresh = Likeness.objects.filter(pk=pair.pk).select_related("decided_by").first()
        raise ChangedMeanwhile(_what_happened(fresh), fresh)
    if answer not in {"done", JOINED_BY_OTHERS}:
        raise Refused(_REFUSALS[answer]())
    return bool(answer == JOINED_BY_OTHERS)


_REFUSALS = {
    "missing": lambda: _("Ces deux dossiers ne sont plus à comparer par vous."),
    "years": lambda: _(
        "Ce lien réunirait trois dossiers dont les années de naissance ne sont pas les mêmes : "
        "faites d’abord corriger l’identité, ou défaites un lien."
    ),
    "apart": lambda: _(
        "Ce lien réunirait deux dossiers dont quelqu’un a dit que ce sont deux personnes : "
        "revoyez d’abord cette décision."
    ),
    "joined": lambda: _("D’autres liens réunissent déjà ces deux dossiers : défaites-les d’abord."),
}


def _what_happened(fresh: Likeness | None) -> str:
    """Who decided what meanwhile, and when."""
    if fresh is None or fresh.decided_by is None or fresh.decided_at is None:
        return _("L’un des deux dossiers a changé, ou la décision a été défaite : relisez avant de décider.")
    return _("%(who)s a décidé le %(when)s : « %(what)s ». Votre décision n’est pas enregistrée.") % {
        "who": fresh.decided_by,
        "when": date_format(timezone.localtime(fresh.decided_at), "j F Y à H:i"),
        "what": LikenessState(fresh.state).label,
    }


def _seal(pair: Likeness, words: str) -> bytes | None:
    """The words of a decision under the key of the pair's lower person, which the decider may not read herself."""
    if not words:
        return None
    lend_key(pair)
    place = LikenessDecision._meta.get_field("words").place(pair.low_id)
    return seal(words, key_of(pair.low_id), place)


def lend_key(pair: Likeness) -> None:
    """Have at hand the key that seals the words about this pair, whoever reads them here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT likeness_key(%s)", [pair.pk])
        row = cursor.fetchone()
    bring_key(pair.low_id, row[0] if row else None)
