from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "convergence.support"
    label = "support"
