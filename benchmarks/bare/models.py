"""One table."""

from django.db import models


class Row(models.Model):
    """As many columns as a row of the list of people shows."""

    name = models.CharField(max_length=80)
    site = models.CharField(max_length=80)
    stage = models.CharField(max_length=40)
    ends = models.DateField()
    referent = models.CharField(max_length=80)
    housing = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name
