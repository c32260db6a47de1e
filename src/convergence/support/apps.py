from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "convergence.support"
    label = "support"

    def ready(self) -> None:
        from convergence.platform.changes import follow
        from convergence.support.alerts import rewrite_alerts

        follow(rewrite_alerts)
