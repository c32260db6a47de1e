"""Pairs of files that may be one person's, what was decided of them, and when they were last looked for.

A pair is written by definer functions only (people/migrations): by the search, which proposes, and by those who
decide. Nothing of a person is copied here: what was compared is told by the ids of the versions compared.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from convergence.access.models import User
from convergence.people.sealed import SealedTextField
from convergence.platform.fields import TermField
from convergence.platform.policies import SCOPES, SIGNED_IN, TODAY, RowPolicy, holds_role
from convergence.territories.models import Territory
from convergence.vocabulary.likeness import LikenessState, Verdict
from convergence.vocabulary.roles import Role


def reached_pairs(table: str) -> str:
    """SQL condition: the actor may see and decide this pair today.

    Those who keep the files of a site that supports both; where no site does, the territory's coordinator.
    """
    both = " AND ".join(
        f"{side}.compartment = 'contact' AND {side}.may_write AND {side}.valid @> {TODAY}" for side in ("a", "b")
    )
    return (
        f"EXISTS (SELECT 1 FROM access_readable a JOIN access_readable b ON b.scope_id = a.scope_id"  # noqa: S608
        f" WHERE a.person_id = {table}.low_id AND b.person_id = {table}.high_id"
        f" AND a.scope_id = ANY ({SCOPES}) AND {both})"
        f" OR ({table}.across AND holds_on_territory({table}.territory_id, '{Role.COORDINATOR}'))"
    )


class PairRows(RowPolicy):
    """Rows about two persons: read by those who may decide whether they are one, and by data protection."""

    def conditions(self, table: str) -> dict[str, str]:
        return {"SELECT": f"{reached_pairs(table)} OR {holds_role(Role.DATA_PROTECTION_OFFICER)}"}


class Likeness(models.Model):
    """Two files, the lower id first, and whether they are one person's.

    ``across``: no site supports both on the day of the search, so that only the territory's coordinator may say.
    ``probability`` is in percent. ``compared`` holds how each part agrees and, by their ids, the versions of names
    and civil status that were compared. ``version`` grows with every change: a decision names the one it was made on.
    """

    territory = models.ForeignKey(Territory, on_delete=models.RESTRICT, related_name="+")
    low = models.ForeignKey("people.Person", on_delete=models.RESTRICT, related_name="+")
    high = models.ForeignKey("people.Person", on_delete=models.RESTRICT, related_name="+")
    across = models.BooleanField()
    state = TermField(_("état"), max_length=8, choices=LikenessState.choices(), default=LikenessState.OPEN)
    probability = models.PositiveSmallIntegerField()
    compared = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    found_at = models.DateTimeField(db_default=Now())
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="likeness_of_two_in_order"),
            models.UniqueConstraint(fields=["low", "high"], name="likeness_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in LikenessState]), name="likeness_state"
            ),
            models.CheckConstraint(condition=Q(probability__range=(0, 100)), name="likeness_probability"),
            models.CheckConstraint(
                condition=Q(state__in=[LikenessState.OPEN, LikenessState.GONE], decided_at=None, decided_by=None)
                | Q(
                    state__in=[LikenessState.UNSURE, LikenessState.LINKED, LikenessState.APART],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="likeness_decided_by_somebody",
            ),
            PairRows(name="likeness"),
        ]
        indexes = [
            models.Index(fields=["territory", "state", "-probability"], name="likeness_to_decide"),
            models.Index(fields=["high"], name="likeness_by_higher", condition=Q(state=LikenessState.LINKED)),
        ]


class LikenessDecision(models.Model):
    """One decision about a pair, kept for good: who, when, on what evidence, in which words.

    The words are sealed under the key of the pair's lower person.
    """

    likeness = models.ForeignKey(Likeness, on_delete=models.RESTRICT, related_name="decisions")
    verdict = TermField(_("décision"), max_length=8, choices=Verdict.choices())
    decided_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="+")
    probability = models.PositiveSmallIntegerField()
    compared = models.JSONField()
    words = SealedTextField(verbose_name=_("précisions"))

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=[v.value for v in Verdict]), name="likeness_verdict"),
            RowPolicy(
                name="likeness_decision",
                read="EXISTS (SELECT 1 FROM people_likeness l WHERE l.id = people_likenessdecision.likeness_id)",
            ),
        ]

    @property
    def person_id(self) -> int:
        """Whose key seals the words."""
        return int(self.likeness.low_id)


class LikenessSearch(models.Model):
    """When a territory's files were last compared: all of them, and those entered or corrected since."""

    territory = models.OneToOneField(Territory, on_delete=models.RESTRICT, primary_key=True, related_name="+")
    searched_at = models.DateTimeField()
    refreshed_at = models.DateTimeField()

    class Meta:
        constraints = [RowPolicy(name="likeness_search", read=SIGNED_IN)]
