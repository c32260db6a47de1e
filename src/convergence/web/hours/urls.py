"""Addresses of hours: months of a site, the grid of one, its closing."""

from django.urls import path

from convergence.web.hours import addresses, grid, months

__all__ = ["addresses", "urlpatterns"]

urlpatterns = [
    path("", months.months, name="hours"),
    path("<int:site_id>/<month:month>/", grid.grid, name="hours-month"),
    path("<int:site_id>/<month:month>/clore/", months.close, name="close-month"),
    path("<int:site_id>/<month:month>/rouvrir/", months.reopen, name="reopen-month"),
]
