"""Sites of one name are told apart by their territory, and only they."""

from typing import Any

from convergence.platform.identity import assume
from convergence.territories.models import SettingChange, Site, Territory
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.territories.elsewhere import build_elsewhere


def label(site: Site) -> str:
    return str(Site.objects.get(pk=site.pk))


def test_a_name_shared_by_two_territories_carries_the_territory(world: World, acting_as: Any) -> None:
    assume(world.users[Role.ADMINISTRATOR].pk, TODAY)
    assert label(world.site) == "Chantier des Saules"
    with acting_as("maint"):
        other = build_elsewhere(world).site
    assert label(world.site) == "Chantier des Saules (Territoire Exemple)"
    assert label(other) == "Chantier des Saules (Pays Modèle)"
    assert label(world.other_site) == "Chantier des Tilleuls"


def test_the_label_follows_the_names_and_is_no_change_of_the_site(world: World, acting_as: Any) -> None:
    with acting_as("maint"):
        other = build_elsewhere(world).site
    assume(world.users[Role.ADMINISTRATOR].pk, TODAY)
    Territory.objects.filter(pk=world.territory.pk).update(name="Plaine Fictive")
    assert label(world.site) == "Chantier des Saules (Plaine Fictive)"
    Site.objects.filter(pk=other.pk).update(name="chantier des SAULES")
    assert label(other) == "chantier des SAULES (Pays Modèle)"
    Site.objects.filter(pk=other.pk).update(name="Chantier des Aulnes")
    assert (label(world.site), label(other)) == ("Chantier des Saules", "Chantier des Aulnes")
    changed = SettingChange.objects.filter(setting="territories_site").values_list("row_id", "before")
    assert {(row, *before) for row, before in changed} == {(other.pk, "name")}
