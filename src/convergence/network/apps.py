from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "convergence.network"
    label = "network"
