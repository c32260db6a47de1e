from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "convergence.intake"
    label = "intake"

    def ready(self) -> None:
        from convergence.intake import writing  # noqa: F401 - registers the work that its jobs ask for
