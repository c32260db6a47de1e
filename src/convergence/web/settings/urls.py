"""Addresses of the settings."""

from django.urls import path

from convergence.web.settings import accounts, funders, home, means, places

urlpatterns = [
    path("", home.settings, name="settings"),
    path("comptes/", accounts.accounts, name="accounts"),
    path("comptes/nouveau/", accounts.open_account, name="open-account"),
    path("comptes/<int:account_id>/", accounts.account, name="account"),
    path("comptes/<int:account_id>/modifier/", accounts.change_account, name="change-account"),
    path("comptes/<int:account_id>/inviter/", accounts.send_invitation, name="send-invitation"),
    path("comptes/<int:account_id>/fermer/", accounts.close_account, name="close-account"),
    path("comptes/<int:account_id>/code/", accounts.remove_second_factor, name="remove-second-factor"),
    path("comptes/<int:account_id>/rouvrir/", accounts.reopen_account, name="reopen-account"),
    path("comptes/<int:account_id>/mission/", accounts.give_mission, name="give-mission"),
    path("missions/<int:mission_id>/", accounts.change_mission, name="change-mission"),
    path("territoires/", places.territories, name="territories"),
    path("territoires/nouveau/", places.open_territory, name="open-territory"),
    path("territoires/<int:territory_id>/", places.territory, name="territory"),
    path("territoires/<int:territory_id>/modifier/", places.change_territory, name="change-territory"),
    path("structures/", places.operators, name="operators"),
    path("structures/nouvelle/", places.open_operator, name="open-operator"),
    path("structures/<int:operator_id>/modifier/", places.change_operator, name="change-operator"),
    path("chantiers/", places.sites, name="sites"),
    path("chantiers/nouveau/", places.open_site, name="open-site"),
    path("chantiers/<int:site_id>/", places.site, name="site"),
    path("chantiers/<int:site_id>/modifier/", places.change_site, name="change-site"),
    path("financeurs/", funders.funders, name="funders"),
    path("financeurs/nouveau/", funders.open_funder, name="open-funder"),
    path("financeurs/<int:funder_id>/", funders.funder, name="funder"),
    path("financeurs/<int:funder_id>/modifier/", funders.change_funder, name="change-funder"),
    path("financeurs/<int:funder_id>/nom/", funders.name_funder, name="name-funder"),
    path("moyens/chantier/<int:site_id>/", means.site_means, name="site-means"),
    path("moyens/chantier/<int:site_id>/nouveau/", means.open_site_post, name="open-site-post"),
    path("moyens/territoire/<int:territory_id>/", means.territory_means, name="territory-means"),
    path("moyens/territoire/<int:territory_id>/nouveau/", means.open_territory_post, name="open-territory-post"),
    path("moyens/<uuid:post>/", means.post, name="post"),
    path("moyens/<uuid:post>/changer/", means.change_post, name="change-post"),
    path("moyens/ligne/<int:means_id>/corriger/", means.correct_means, name="correct-means"),
    path("moyens/ligne/<int:means_id>/retirer/", means.withdraw_means, name="withdraw-means"),
]
