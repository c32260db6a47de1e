from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "convergence.access"
    label = "access"
