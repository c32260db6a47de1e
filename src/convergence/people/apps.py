from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "convergence.people"
    label = "people"
