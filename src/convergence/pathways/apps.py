from django.apps import AppConfig


class PathwaysConfig(AppConfig):
    name = "convergence.pathways"
    label = "pathways"
