from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "convergence.referrals"
    label = "referrals"
