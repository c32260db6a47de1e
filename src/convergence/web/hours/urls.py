"""Addresses of hours: months of a site, the grid of one, its closing."""

from django.urls import path

from convergence.web.hours import addresses, grid, imports, months, year

__all__ = ["addresses", "urlpatterns"]

urlpatterns = [
    path("", months.months, name="hours"),
    path("<int:site_id>/importer/", imports.upload, name="import-hours"),
    path("<int:site_id>/importer/ecrire/", imports.write_hours, name="write-hours"),
    path("<int:site_id>/annee/<int:year>/", year.year_page, name="site-year"),
    path("<int:site_id>/annee/<int:year>/etp/", year.agreed, name="agreed-posts"),
    path("<int:site_id>/<month:month>/", grid.grid, name="hours-month"),
    path("<int:site_id>/<month:month>/clore/", months.close, name="close-month"),
    path("<int:site_id>/<month:month>/rouvrir/", months.reopen, name="reopen-month"),
]
