"""The end of a path, with the code of its motive; what the motive counts as is read in the table of the day."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonVersions
from convergence.people.models import Person
from convergence.platform.dated import DatedFact
from convergence.vocabulary.exits import ExitMotive

MOTIVES = [(motive.value, motive.label) for motive in ExitMotive]


class Exit(DatedFact):
    """A path ended, for one motive of the ASP; ``valid`` is the last day of the path.

    :ivar pathway: series of the path that it ends.
    :ivar job: series of the contract that it led to.
    :ivar destination: name of the training or of the business, where it led to no employer.
    :ivar trace: rows that it closed and rows that it wrote, by table: what its undoing turns back.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="exits")
    pathway = models.UUIDField()
    motive = models.PositiveSmallIntegerField(_("motif"), choices=MOTIVES)
    job = models.UUIDField(null=True)
    destination = models.CharField(_("nom"), max_length=160, blank=True)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True)
    trace = models.JSONField(default=dict)

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(motive__in=[motive.value for motive in ExitMotive]),
                name="exit_motive_of_the_asp",
                violation_error_message=_("Choisissez un motif de sortie dans la liste."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False, valid__upper_inf=False),
                name="exit_on_one_day",
                violation_error_message=_("Une fin de parcours a une date."),
            ),
            models.UniqueConstraint(
                fields=["pathway"],
                condition=Q(superseded_at=None),
                name="exit_once_a_path",
                violation_error_message=_("La fin de ce parcours est déjà notée."),
            ),
            PersonVersions(name="exit", compartment="work"),
        ]

    def __str__(self) -> str:
        return self.reason.label

    @property
    def reason(self) -> ExitMotive:
        return ExitMotive(self.motive)
