"""Addresses of the people's pages."""

from django.urls import path

from convergence.web.people import coming_back, contracts, export, facts, identity, official, referents, supports, views

urlpatterns = [
    path("", views.people, name="people"),
    path("exporter/", export.export, name="export-people"),
    path("accueillir/", identity.admission, name="admit-person"),
    path("reprendre/", coming_back.come_back, name="come-back"),
    path("<int:person_id>/", views.person, name="person"),
    path("<int:person_id>/identite/", identity.identity, name="identity"),
    path("<int:person_id>/autre-nom/", identity.other_name, name="other-name"),
    path("<int:person_id>/noter/<slug:aspect>/", facts.record, name="record-situation"),
    path("<int:person_id>/faits/<int:fact_id>/", facts.fact, name="fact"),
    path("<int:person_id>/faits/<int:fact_id>/corriger/", facts.correct, name="correct-fact"),
    path("<int:person_id>/faits/<int:fact_id>/retirer/", facts.withdraw_fact, name="withdraw-fact"),
    path("<int:person_id>/contrats/nouveau/", contracts.new, name="new-contract"),
    path("<int:person_id>/contrats/<int:contract_id>/", contracts.contract, name="contract"),
    path("<int:person_id>/contrats/<int:contract_id>/modifier/", contracts.correct, name="correct-contract"),
    path("<int:person_id>/contrats/<int:contract_id>/retirer/", contracts.withdraw_contract, name="withdraw-contract"),
    path("<int:person_id>/emplois/", official.official, name="official-sayings"),
    path("<int:person_id>/chantiers/confier/", supports.hand_over, name="hand-over"),
    path("<int:person_id>/chantiers/<int:site_id>/terminer/", supports.end, name="end-support"),
    path("<int:person_id>/referent/", referents.referent, name="assign-referent"),
    path("<int:person_id>/autour/ajouter/", referents.outside_referent, name="add-outside-referent"),
    path(
        "<int:person_id>/autour/<int:referent_id>/terminer/",
        referents.end_outside_referent,
        name="end-outside-referent",
    ),
]
