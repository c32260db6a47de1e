"""One answer to one question of the FSE+, at one of its three times, for one path."""

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonVersions
from convergence.people.models import Person
from convergence.platform.dated import Version
from convergence.platform.fields import TermField
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.funds import FUND_QUESTIONS, FundStage
from convergence.vocabulary.missing import Missing


class FundAnswer(Version):
    """``pathway`` is the series of the path; ``value`` a code of the question's list, or else ``missing`` says why."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="fund_answers")
    compartment = TermField(max_length=10, choices=Compartment.choices())
    pathway = models.UUIDField()
    stage = TermField(max_length=12, choices=FundStage.choices())
    question = models.CharField(max_length=24)
    value = models.CharField(max_length=32, blank=True)
    missing = TermField(max_length=24, blank=True, choices=Missing.choices())

    class Meta(Version.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(value="") ^ Q(missing=""), name="fund_answer_value_or_missing"),
            models.CheckConstraint(
                condition=reduce(
                    or_,
                    (
                        Q(question=question.code, compartment=question.compartment.value)
                        for question in FUND_QUESTIONS.values()
                    ),
                ),
                name="fund_answer_in_its_compartment",
            ),
            models.UniqueConstraint(
                fields=["pathway", "stage", "question"],
                condition=Q(superseded_at=None),
                name="fund_answer_once",
                violation_error_message=_("Quelqu’un vient de répondre : relisez avant d’enregistrer."),
            ),
            PersonVersions(name="fund_answer"),
        ]

    @property
    def code(self) -> str:
        return self.value or self.missing

    @property
    def label(self) -> str:
        if self.missing:
            return str(Missing(self.missing).label)
        return str(FUND_QUESTIONS[self.question].values(self.value).label)
