from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "convergence.reports"
    label = "reports"
