from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "convergence.network"
    label = "network"

    def ready(self) -> None:
        from convergence.network.directory import importing  # noqa: F401 - registers the work that its jobs ask for
