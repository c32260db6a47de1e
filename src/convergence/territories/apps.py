from django.apps import AppConfig


class TerritoriesConfig(AppConfig):
    name = "convergence.territories"
    label = "territories"
