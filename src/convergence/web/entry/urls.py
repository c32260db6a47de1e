"""Addresses of the candidacies of the sites, and of one person's entry."""

from django.urls import path

from convergence.web.entry import candidacies, decisions, eligibility, listing

listed = [
    path("", listing.candidacies, name="candidacies"),
    path("nouvelle/", candidacies.new, name="new-candidacy"),
    path("<int:person_id>/<int:candidacy_id>/", candidacies.candidacy, name="candidacy"),
    path("<int:person_id>/<int:candidacy_id>/orientation/", candidacies.correct, name="correct-orientation"),
    path("<int:person_id>/<int:candidacy_id>/rencontre/", candidacies.met, name="meet-candidate"),
    path(
        "<int:person_id>/<int:candidacy_id>/rencontres/<int:meeting_id>/retirer/",
        candidacies.withdraw_meeting,
        name="withdraw-candidate-meeting",
    ),
    path("<int:person_id>/<int:candidacy_id>/decision/", decisions.decision, name="decide-candidacy"),
    path(
        "<int:person_id>/<int:candidacy_id>/decision/retirer/",
        decisions.withdraw_decision,
        name="withdraw-candidacy-decision",
    ),
    path("<int:person_id>/<int:candidacy_id>/demarrage/", decisions.started, name="start-candidate"),
]

urlpatterns = [
    path("<int:person_id>/embauches/<int:hiring_id>/<slug:step>/", decisions.step_done, name="hiring-step"),
    path("<int:person_id>/eligibilite/", eligibility.page_of, name="eligibility"),
    path("<int:person_id>/eligibilite/<int:site_id>/piece/", eligibility.add_proof, name="add-proof"),
    path(
        "<int:person_id>/eligibilite/pieces/<int:proof_id>/retirer/",
        eligibility.withdraw_proof,
        name="withdraw-proof",
    ),
    path("<int:person_id>/eligibilite/<int:site_id>/controle/", eligibility.new_control, name="open-control"),
    path("<int:person_id>/controles/<int:control_id>/", eligibility.control, name="eligibility-control"),
    path("<int:person_id>/controles/<int:control_id>/retirer/", eligibility.withdraw_control, name="withdraw-control"),
]
