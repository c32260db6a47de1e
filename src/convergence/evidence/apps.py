from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "convergence.evidence"
    label = "evidence"

    def ready(self) -> None:
        from convergence.evidence import running  # noqa: F401 - registers the work that its jobs ask for
