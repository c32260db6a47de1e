from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PeopleConfig(AppConfig):
    name = "convergence.people"
    label = "people"

    def ready(self) -> None:
        post_migrate.connect(follow_rights, sender=self)


def follow_rights(using: str, plan: Any = None, **_: Any) -> None:
    """After every migration, the database holds the table of rights of this code, and ``readable`` follows."""
    from convergence.people.rights import write_rights

    write_rights(using)
