from django.apps import AppConfig


class SituationsConfig(AppConfig):
    name = "convergence.situations"
    label = "situations"
